# shellcheck shell=bash
# PostgreSQL on this machine for a while, for scripts that source this file: nothing is installed, and nothing of it stays.
#
#   find_postgres                       sets postgres_bin to the programs of PostgreSQL 14 or newer; 1 where there are none
#   start_postgres FOLDER               starts a server whose data are in FOLDER, makes them where they are missing, and sets postgres_connection
#   stop_postgres FOLDER                ends it on the spot, and leaves the data
#   make_scratch_postgres, drop_scratch_postgres    the same in a folder that is made and deleted

postgres_oldest=14

# For people who have none.
postgres_hint() {
    cat <<TEXT
PostgreSQL $postgres_oldest or newer is not installed. Get it with one of
    sudo apt-get install postgresql
    sudo dnf install postgresql-server
    brew install postgresql@17
or set ROOMWS_TEST_POSTGRES to the connection string of a server whose user may make databases, such as
    Host=db.example;Username=tester;Password=...;Database=postgres
TEXT
}

find_postgres() {
    local folder version newest=0
    postgres_bin=''
    for folder in "$(dirname "$(command -v initdb || echo /nowhere/initdb)")" "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        {/opt/homebrew,/usr/local,/home/linuxbrew/.linuxbrew}/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
        if [[ ! -x $folder/initdb || ! -x $folder/pg_ctl || ! -x $folder/postgres ]]; then continue; fi
        version=$("$folder/postgres" --version | sed -n 's/^[^0-9]*\([0-9]*\).*/\1/p')
        if ((${version:-0} >= postgres_oldest && version > newest)); then postgres_bin=$folder newest=$version; fi
    done
    [[ -n $postgres_bin ]]
}

# Runs a program of PostgreSQL, which refuses to be root. It also has to find the name of its user; where other users may not read
# /etc/passwd, that works only for root under the name of nobody, in a namespace.
as_postgres() {
    if ((EUID != 0)); then
        "$@"
        return
    fi
    if [[ -z ${postgres_runner+set} ]]; then
        local user
        postgres_user='' postgres_runner=''
        for user in postgres nobody; do
            if ! runuser -u "$user" -- id -un &>/dev/null; then continue; fi
            postgres_user=$user postgres_runner="runuser -u $user --"
            break
        done
        if [[ -z $postgres_user ]]; then postgres_runner='unshare --user --'; fi
    fi
    # shellcheck disable=SC2086 # It is several words.
    $postgres_runner "$@"
}

# What is committed is on the disk, as in production: the server refuses a PostgreSQL that does not see to it. No limit of the tests' is
# in the way of many servers at a time, and little of the log is kept, for the folder may be in memory.
postgres_settings() {
    cat <<'TEXT'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 400
shared_buffers = 128MB
fsync = on
full_page_writes = on
min_wal_size = 80MB
max_wal_size = 256MB
TEXT
}

# Sorts as people do where it can, so that a text that is compared without COLLATE "C" shows.
init_postgres() {
    local data=$1 locales
    for locales in '--locale-provider=icu --icu-locale=en-US --locale=C' '--locale=C'; do
        # shellcheck disable=SC2086 # It is several words.
        if as_postgres "$postgres_bin/initdb" --pgdata="$data" --username=roomws --auth=trust --encoding=UTF8 $locales >"$1.log" 2>&1; then
            postgres_settings | as_postgres tee -a "$data/postgresql.conf" >/dev/null
            return 0
        fi
        as_postgres rm -rf "$data"
    done
    cat "$1.log" >&2
    return 1
}

# The port is taken by trying: whoever looks for a free one first may find it taken a moment later.
start_postgres() {
    local folder=$1 port
    # Sets the user too, whom the folder then belongs to.
    as_postgres true
    if [[ -n ${postgres_user:-} ]]; then chown "$postgres_user" "$folder"; fi
    if [[ ! -f $folder/data/PG_VERSION ]]; then init_postgres "$folder/data" || return; fi
    for _ in {1..10}; do
        port=$((20000 + RANDOM % 12000))
        if as_postgres "$postgres_bin/pg_ctl" --pgdata="$folder/data" --options="-p $port" --log="$folder/log" --timeout=60 --wait start </dev/null &>/dev/null; then
            # For whoever sources this.
            # shellcheck disable=SC2034
            postgres_connection="Host=127.0.0.1;Port=$port;Username=roomws;Database=postgres"
            return 0
        fi
    done
    tail -n 20 "$folder/log" >&2
    return 1
}

stop_postgres() {
    if [[ ! -f $1/data/postmaster.pid ]]; then return 0; fi
    as_postgres "$postgres_bin/pg_ctl" --pgdata="$1/data" --mode=immediate --timeout=60 --wait stop &>/dev/null || true
}

# In memory where a gigabyte is free there: what is flushed then costs nothing.
make_scratch_postgres() {
    local base=${TMPDIR:-/tmp} free
    free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }' || true)
    if [[ -w /dev/shm ]] && ((${free:-0} >= 1048576)); then base=/dev/shm; fi
    drop_left_postgres "$base"
    postgres_scratch=$(mktemp -d "$base/roomws-postgres.$$.XXXXXX")
    start_postgres "$postgres_scratch"
}

drop_scratch_postgres() {
    if [[ -z ${postgres_scratch:-} ]]; then return 0; fi
    stop_postgres "$postgres_scratch"
    rm -rf "$postgres_scratch"
    postgres_scratch=''
}

# What scripts left that were killed: the number in the name is that of the script.
drop_left_postgres() {
    local folder script
    for folder in "$1"/roomws-postgres.*; do
        script=${folder#"$1"/roomws-postgres.}
        script=${script%%.*}
        if [[ ! -O $folder && $EUID != 0 ]] || [[ ! -d $folder ]] || kill -0 "$script" 2>/dev/null; then continue; fi
        stop_postgres "$folder"
        rm -rf "$folder"
    done
}
