# What the walks share: two wscats, alice's and bob's, and what each of them should receive. Sourced by the scripts beside it, with the
# arguments of the script: [URL], which is ws://127.0.0.1:8080/ws where absent.

url=${1:-ws://127.0.0.1:8080/ws}
here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
patience=20

# The file descriptors of each user's wscat: what it is given, and what it prints.
alice_in=3 alice_out=4
bob_in=5 bob_out=6

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

end() {
    local pid
    for pid in "$work"/*.pid; do
        if [[ -f $pid ]]; then kill "$(cat "$pid")" 2>/dev/null || true; fi
    done
    rm -rf "$work"
}

# Sends a line without showing it.
put() {
    local in=$1_in
    printf '%s\n' "$2" >&"${!in}"
}

# Reads the next message of a user into $line; false when none comes. wscat puts a prompt before it for each line that it has sent.
take() {
    local out=$1_out
    IFS= read -r -t "$2" -u "${!out}" line || return 1
    while [[ $line == '> '* ]]; do line=${line#'> '}; done
}

# Starts a wscat whose input and output are pipes, and waits until it is connected: until then it drops what it is given.
connect() {
    local user=$1 in=$1_in out=$1_out attempt
    rm -f "$work/$user.in" "$work/$user.out"
    mkfifo "$work/$user.in" "$work/$user.out"

    # Open for both ways, so that the input does not end, with which wscat would end, and writing to it never waits for a reader.
    eval "exec ${!in}<>\"\$work/\$user.in\""
    "$here/node_modules/.bin/wscat" --no-color --connect "$url?user=$user" <&"${!in}" >"$work/$user.out" 2>"$work/$user.err" &
    echo $! >"$work/$user.pid"
    disown
    eval "exec ${!out}<\"\$work/\$user.out\""

    for ((attempt = 0; attempt < patience; attempt++)); do
        put "$user" '{"type":"PING"}'
        if take "$user" 1 && [[ $line == *'"PONG"'* ]]; then return; fi
        if [[ -s $work/$user.err ]]; then fail "$user cannot connect to $url: $(cat "$work/$user.err")"; fi
    done
    fail "$user cannot connect to $url"
}

# Ends a user's wscat, as Ctrl+C does.
disconnect() {
    echo "$1 disconnects"
    kill "$(cat "$work/$1.pid")"
    rm "$work/$1.pid"
}

# Sends a line, with the code of the last invite in the place of CODE.
send() {
    local text=${2//CODE/$code}
    echo "$1 > $text"
    put "$1" "$text"
}

# The next message of a user has to be of a type, and to hold some texts.
expect() {
    local user=$1 type=$2 text
    shift 2
    while true; do
        take "$user" "$patience" || fail "$user waits for $type, and nothing comes"
        # The answers to the pings of connect.
        if [[ $line != '{"type":"PONG"'* ]]; then break; fi
    done
    echo "$user < $line"
    if [[ $line =~ $code_pattern ]]; then code=${BASH_REMATCH[1]}; fi
    [[ $line == "{\"type\":\"$type\""* ]] || fail "$user should have received $type"
    for text in "$@"; do
        [[ $line == *"$text"* ]] || fail "$type should hold $text"
    done
}

# The code of the last invite that came.
code= code_pattern='"code":"([0-9A-Z]{20})"'

command -v npm >/dev/null || fail 'npm is missing; it comes with Node.js, https://nodejs.org'
if [[ ! -d $here/node_modules ]]; then (cd "$here" && npm ci --no-fund --no-audit >&2); fi

work=$(mktemp -d)
trap end EXIT
connect alice
connect bob
