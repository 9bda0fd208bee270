#!/usr/bin/env bash
# The walk of the README, played by two wscats: alice makes a room, bob comes in, both change it and leave.
#
#     ./walk.sh [URL]        URL is ws://127.0.0.1:8080/ws where absent; the server has to be in development mode
#
# Prints what each of them sends and receives. Ends with 1 at the first reply that is not the expected one.
set -euo pipefail

url=${1:-ws://127.0.0.1:8080/ws}
here=$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)
patience=20

# The file descriptors of each user's wscat: what it is given, and what it prints.
alice_in=3 alice_out=4
bob_in=5 bob_out=6

fail() {
    echo "walk.sh: $*" >&2
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

send() {
    echo "$1 > $2"
    put "$1" "$2"
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
    [[ $line == "{\"type\":\"$type\""* ]] || fail "$user should have received $type"
    for text in "$@"; do
        [[ $line == *"$text"* ]] || fail "$type should hold $text"
    done
}

command -v npm >/dev/null || fail 'npm is missing; it comes with Node.js, https://nodejs.org'
if [[ ! -d $here/node_modules ]]; then (cd "$here" && npm ci --no-fund --no-audit >&2); fi

work=$(mktemp -d)
trap end EXIT
connect alice
connect bob

send alice '{"type":"ROOM_CREATE","correlationId":"a1","roomId":"lobby","name":"Lobby"}'
expect alice ROOM_CREATED '"correlationId":"a1"' '"version":1' '"roles":{"alice":"OWNER"}'

send bob '{"type":"ROOM_JOIN","correlationId":"b1","roomId":"lobby"}'
expect bob ROOM_JOIN_RESPONSE '"correlationId":"b1"' '"members":["alice","bob"]' '"alreadyMember":false'
expect alice ROOM_MEMBER_JOINED '"userId":"bob"'
expect alice ROOM_MEMBERS_UPDATED '"version":2' '"bob":"MEMBER"'

send bob '{"type":"ROOM_UPDATE_META","correlationId":"b2","roomId":"lobby","patch":{"name":"Foyer"}}'
expect bob ERROR '"correlationId":"b2"' '"code":"FORBIDDEN"'

send alice '{"type":"ROOM_SET_ROLE","correlationId":"a2","roomId":"lobby","userId":"bob","role":"ADMIN"}'
expect alice ROOM_MEMBERS_UPDATED '"correlationId":"a2"' '"version":3' '"bob":"ADMIN"'
expect bob ROOM_MEMBERS_UPDATED '"version":3' '"bob":"ADMIN"'

send bob '{"type":"ROOM_UPDATE_META","correlationId":"b3","roomId":"lobby","patch":{"name":"Foyer"}}'
expect bob ROOM_UPDATED '"correlationId":"b3"' '"patch":{"name":"Foyer"}' '"version":4'
expect alice ROOM_UPDATED '"patch":{"name":"Foyer"}' '"version":4'

send alice '{"type":"ROOM_LEAVE","correlationId":"a3","roomId":"lobby"}'
expect alice ROOM_LEAVE_RESPONSE '"correlationId":"a3"' '"success":true'
expect bob ROOM_MEMBER_LEFT '"userId":"alice"' '"reason":"LEFT"'
expect bob ROOM_MEMBERS_UPDATED '"version":5' '"roles":{"bob":"OWNER"}'

send bob '{"type":"ROOM_LEAVE","correlationId":"b4","roomId":"lobby"}'
expect bob ROOM_LEAVE_RESPONSE '"correlationId":"b4"' '"success":true'

send alice '{"type":"ROOM_INFO","correlationId":"a4","roomId":"lobby"}'
expect alice ERROR '"correlationId":"a4"' '"code":"NOT_FOUND"'
echo 'All as expected.'
