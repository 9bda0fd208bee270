#!/usr/bin/env bash
# Builds RoomWs when its sources have changed, and runs it. ./run.sh --help says how.
set -euo pipefail

usage() {
    cat <<'TEXT'
./run.sh                       try it out: the same as ./run.sh serve --dev
./run.sh serve [FLAG...]       run the server; ./run.sh serve --help lists the flags
./run.sh FLAG...               the same as ./run.sh serve FLAG...
./run.sh token --user ID       print a token for a user, signed with ROOMWS_JwtSecret
./run.sh health                ask the server at OpsPort whether it is healthy
./run.sh check-config          print the settings in effect, or what is wrong with them
./run.sh backup FILE           copy the database to FILE, while the server runs; --database names another than data/roomws.db
./run.sh restore FILE          make a database from a backup, where there is none; --database names where
./run.sh compact               give back what was deleted from the database of a stopped server; --database names which
./run.sh check-database        read the whole database and say whether it is whole; --database names which
./run.sh move                  copy the database of a stopped server into an empty PostgreSQL; --database and --postgres name them
./run.sh cluster [--nodes N] [--port P] [FLAG...]
                               run several nodes on this machine, from port P (8080) on, over the PostgreSQL of ROOMWS_Postgres, or one of
                               their own that ends with them where PostgreSQL is installed
./run.sh test [ARG...]         run the tests; ARG goes to dotnet test
./run.sh test --long [ARG...]  the same, with many more rounds of those that kill, load and surprise the server
./run.sh test --postgres [ARG...]  run on PostgreSQL those that need no SQLite file: on a server of their own, where PostgreSQL is installed,
                               or on that of ROOMWS_TEST_POSTGRES; --nodes N behind it: with the clients of each test over N servers
./run.sh bench [FLAG...]       measure it beside other servers (Linux); ./run.sh bench load --help lists the flags
./run.sh bench micro [ARG...]  run the micro-benchmarks; ARG goes to BenchmarkDotNet

The server listens on ws://127.0.0.1:8080/ws and keeps its rooms in data/roomws.db. That path, like
every relative one, starts at the directory you are in: start the server from the same one each time,
or name the file with --database.
TEXT
}

# The script may be run through a link from anywhere, and readlink -f is not on every macOS.
repository() {
    local script=${BASH_SOURCE[0]} folder
    while [[ -L $script ]]; do
        folder=$(cd -P "$(dirname "$script")" && pwd)
        script=$(readlink "$script")
        [[ $script == /* ]] || script=$folder/$script
    done
    cd -P "$(dirname "$script")" && pwd
}

require_sdk() {
    local newest=0
    if command -v dotnet >/dev/null; then
        newest=$(dotnet --list-sdks | cut -d. -f1 | sort -n | tail -n 1)
    fi
    if ((${newest:-0} >= 10)); then return; fi

    cat >&2 <<'TEXT'
RoomWs needs the .NET SDK 10 or newer, and none is on the PATH. Get it from
https://dotnet.microsoft.com/download/dotnet/10.0, or with one of
    sudo apt-get install dotnet-sdk-10.0
    sudo dnf install dotnet-sdk-10.0
    brew install dotnet
    winget install Microsoft.DotNet.SDK.10
TEXT
    exit 1
}

# A folder is newer than the last build when a file was added to it or deleted from it.
is_stale() {
    [[ -f $server && -f $built ]] || return 0
    local changed
    changed=$(find "$root/RoomWs.Server" "$root/RoomWs.Protocol" "$root"/Directory.*.props \
        \( -name bin -o -name obj \) -prune -o \
        \( -type d -o -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.sql' \) -newer "$built" -print)
    [[ -n $changed ]]
}

# Prints nothing to standard output, which belongs to the command: `token` must print only the token.
build() {
    if ! is_stale; then return; fi

    # The stamp has the time before the build, so that a file saved during the build counts as changed. The folders that a build makes
    # are there before the stamp: making them later would make the folders around them look changed.
    mkdir -p "$root"/RoomWs.{Server,Protocol}/{bin,obj}
    touch "$built.begun"
    echo 'Building RoomWs...' >&2
    local log
    if ! log=$(dotnet build "$root/RoomWs.Server/RoomWs.Server.csproj" --configuration Release --nologo --verbosity quiet 2>&1); then
        printf '%s\n' "$log" >&2
        exit 1
    fi
    mv "$built.begun" "$built"
}

# Builds every time, because a benchmark of old sources would mislead. A build server would stay behind and disturb the measurement.
build_bench() {
    echo 'Building RoomWs.Bench...' >&2
    local log
    if ! log=$(dotnet build "$root/RoomWs.Bench/RoomWs.Bench.csproj" --configuration Release --nologo --verbosity quiet --disable-build-servers 2>&1); then
        printf '%s\n' "$log" >&2
        exit 1
    fi
}

# $1 is which tests to run, as a filter; the others are the arguments of dotnet test, whose own filter is about these tests then.
run_tests() {
    local filter=$1 args=()
    shift
    while (($# > 0)); do
        case $1 in
            --filter) filter="($filter)&(${2:?--filter needs an expression})" && shift ;;
            --filter=*) filter="($filter)&(${1#*=})" ;;
            *) args+=("$1") ;;
        esac
        shift
    done
    dotnet test "$root/RoomWs.sln" --configuration Release --nologo --filter "$filter" ${args[@]+"${args[@]}"}
}

# Not exec: the scratch server ends with this script, however that ends. A signal ends the tests first.
run_tests_on_postgres() {
    # shellcheck source=RoomWs.Tests/postgres.sh
    . "$root/RoomWs.Tests/postgres.sh"
    if [[ -z ${ROOMWS_TEST_POSTGRES:-} ]]; then
        if ! find_postgres; then
            echo 'The tests on PostgreSQL were skipped, all of them:' >&2
            postgres_hint >&2
            exit 1
        fi
        trap drop_scratch_postgres EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        make_scratch_postgres
        export ROOMWS_TEST_POSTGRES=$postgres_connection
    fi
    if [[ ${1:-} == --nodes ]]; then
        export TEST_NODES=${2:?--nodes needs a number}
        run_tests 'TestCategory=EitherDatabase&TestCategory!=FileOnly&TestCategory!=OneNode' "${@:3}"
    else
        run_tests '(TestCategory=EitherDatabase&TestCategory!=FileOnly)|TestCategory=Postgres' "$@"
    fi
}

# Several nodes over one PostgreSQL, for trying them out on one machine. Ends them all when this ends, or when one of them does.
run_cluster() {
    local nodes=3 port=8080 node
    while [[ ${1:-} == --nodes || ${1:-} == --port ]]; do
        if [[ ! ${2:-} =~ ^[0-9]+$ ]]; then
            echo "$1 needs a number." >&2
            exit 2
        fi
        if [[ $1 == --nodes ]]; then nodes=$2; else port=$2; fi
        shift 2
    done
    if ((nodes < 1)); then
        echo '--nodes needs a number of at least 1.' >&2
        exit 2
    fi
    # Before the server's own traps, which end it together with the nodes.
    trap 'end_cluster' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [[ -z ${ROOMWS_Postgres:-} ]]; then
        # shellcheck source=RoomWs.Tests/postgres.sh
        . "$root/RoomWs.Tests/postgres.sh"
        if ! find_postgres; then
            postgres_hint | sed 's/ROOMWS_TEST_POSTGRES/ROOMWS_Postgres/; s/whose user may make databases/with a database for it/' >&2
            exit 1
        fi
        make_scratch_postgres
        export ROOMWS_Postgres=$postgres_connection
        echo "PostgreSQL runs for as long as this does: $ROOMWS_Postgres" >&2
    fi
    for ((node = 0; node < nodes; node++)); do
        dotnet "$server" serve --dev --port "$((port + node))" --node-name "node$((node + 1))" "$@" &
        cluster_pids+=($!)
    done
    wait -n "${cluster_pids[@]}"
}

cluster_pids=()
end_cluster() {
    if ((${#cluster_pids[@]} > 0)); then
        kill "${cluster_pids[@]}" 2>/dev/null || true
        wait "${cluster_pids[@]}" 2>/dev/null || true
    fi
    if declare -F drop_scratch_postgres >/dev/null; then drop_scratch_postgres; fi
}

root=$(repository)
server=$root/RoomWs.Server/bin/Release/net10.0/RoomWs.Server.dll
built=$root/RoomWs.Server/obj/run.sh.built

if (($# == 0)); then set -- serve --dev; fi
case $1 in
    --help | -h)
        usage
        ;;
    serve | token | check-config | health | backup | restore | compact | check-database | move | -*)
        require_sdk
        build
        # It is the tests' alone, and no setting.
        unset ROOMWS_TEST_POSTGRES
        # exec, so that signals reach the server itself, which then drains.
        exec dotnet "$server" "$@"
        ;;
    test)
        require_sdk
        shift
        on_postgres=false
        while [[ ${1:-} == --long || ${1:-} == --postgres ]]; do
            if [[ $1 == --postgres ]]; then
                on_postgres=true
                shift
                continue
            fi
            shift
            export LONG_TESTS=1
            # Shows the lines in which the long tests sum up what they did.
            set -- "$@" --logger 'console;verbosity=normal'
        done
        if $on_postgres; then
            run_tests_on_postgres "$@"
        else
            unset ROOMWS_TEST_POSTGRES
            run_tests 'TestCategory!=Postgres' "$@"
        fi
        ;;
    cluster)
        require_sdk
        build
        unset ROOMWS_TEST_POSTGRES
        run_cluster "${@:2}"
        ;;
    bench)
        require_sdk
        build_bench
        exec dotnet "$root/RoomWs.Bench/bin/Release/net10.0/RoomWs.Bench.dll" "${@:2}"
        ;;
    *)
        echo "Unknown command $1; there are serve, token, check-config, health, backup, restore, compact, check-database, move, cluster, test and bench. ./run.sh --help says more." >&2
        exit 2
        ;;
esac
