#!/usr/bin/env bash
# Chat and a live room, of the README, played by two wscats: alice and bob talk, draw, and bob is away for a while.
#
#     ./live.sh [URL]        URL is ws://127.0.0.1:8080/ws where absent; the server has to be in development mode
#
# Prints what each of them sends and receives. Ends with 1 at the first reply that is not the expected one.
set -euo pipefail
# shellcheck source=wscat.sh
source "$(dirname "${BASH_SOURCE[0]}")/wscat.sh"

send alice '{"type":"ROOM_CREATE","correlationId":"a1","roomId":"studio","memberIds":["bob"]}'
expect alice ROOM_CREATED '"members":["alice","bob"]'
expect bob ROOM_MEMBERS_UPDATED '"version":1'

send alice '{"type":"ROOM_MESSAGE","correlationId":"a2","roomId":"studio","content":"Hello, Bob","clientMessageId":"m1"}'
expect alice ROOM_MESSAGE_RESPONSE '"correlationId":"a2"' '"seq":1' '"duplicate":false'
expect bob ROOM_MESSAGE '"seq":1' '"senderId":"alice"' '"content":"Hello, Bob"'

send alice '{"type":"ROOM_MESSAGE","correlationId":"a3","roomId":"studio","content":"Hello, Bob","clientMessageId":"m1"}'
expect alice ROOM_MESSAGE_RESPONSE '"correlationId":"a3"' '"seq":1' '"duplicate":true'

send alice '{"type":"ROOM_ENTER","correlationId":"a4","roomId":"studio"}'
expect alice ROOM_STATE '"correlationId":"a4"' '"userId":"bob","username":"bob","role":"MEMBER","online":true' '"content":"Hello, Bob"'

send bob '{"type":"ROOM_ENTER","correlationId":"b1","roomId":"studio"}'
expect bob ROOM_STATE '"correlationId":"b1"' '"typing":[]' '"board":null'

send bob '{"type":"ROOM_TYPING","roomId":"studio","typing":true}'
expect alice ROOM_TYPING '"userId":"bob"' '"typing":true'

send bob '{"type":"ROOM_TYPING","roomId":"studio","typing":false}'
expect alice ROOM_TYPING '"userId":"bob"' '"typing":false'

send bob '{"type":"ROOM_MESSAGE","correlationId":"b2","roomId":"studio","content":"Hello, Alice"}'
expect bob ROOM_MESSAGE_RESPONSE '"correlationId":"b2"' '"seq":2'
expect alice ROOM_MESSAGE '"seq":2' '"senderId":"bob"'

send bob '{"type":"ROOM_CURSOR","roomId":"studio","x":120,"y":80.5}'
expect alice ROOM_CURSORS '"cursors":[{"userId":"bob","x":120,"y":80.5,'

send bob '{"type":"ROOM_BOARD_CREATE","correlationId":"b3","roomId":"studio","boardId":"sketch"}'
expect bob ROOM_BOARD_CREATED '"correlationId":"b3"'
expect alice ROOM_BOARD_CREATED '"boardId":"sketch"'

send bob '{"type":"ROOM_BOARD_UPDATE","correlationId":"b4","roomId":"studio","boardId":"sketch","payload":"line 0,0 10,10"}'
expect bob ROOM_BOARD_UPDATE_RESPONSE '"correlationId":"b4"' '"seq":1'
expect alice ROOM_BOARD_UPDATED '"seq":1' '"userId":"bob"' '"payload":"line 0,0 10,10"'

disconnect bob
expect alice ROOM_CURSORS '"cursors":[]' '"gone":["bob"]'
expect alice ROOM_PRESENCE '"userId":"bob"' '"status":"OFFLINE"'

send alice '{"type":"ROOM_MESSAGE","correlationId":"a5","roomId":"studio","content":"Are you there?"}'
expect alice ROOM_MESSAGE_RESPONSE '"correlationId":"a5"' '"seq":3'

connect bob
expect alice ROOM_PRESENCE '"userId":"bob"' '"status":"ONLINE"'

send bob '{"type":"RESUME","correlationId":"b5","rooms":[{"roomId":"studio","afterSeq":2}]}'
expect bob RESYNC_START '"correlationId":"b5"'
expect bob ROOM_MESSAGE '"correlationId":"b5"' '"seq":3' '"content":"Are you there?"'
expect bob RESYNC_COMPLETE '"messageCount":1' '"truncated":false'
expect bob ROOMS_SNAPSHOT '"id":"studio"' '"myRole":"MEMBER"'

send bob '{"type":"ROOM_HISTORY","correlationId":"b6","roomId":"studio","limit":2}'
expect bob ROOM_HISTORY_RESPONSE '"seq":2' '"seq":3' '"hasMore":true'

send bob '{"type":"ROOM_BOARD_STATE","correlationId":"b7","roomId":"studio","boardId":"sketch"}'
expect bob ROOM_BOARD_STATE_RESPONSE '"snapshot":null' '"payload":"line 0,0 10,10"'

send alice '{"type":"ROOM_DELETE","correlationId":"a6","roomId":"studio"}'
expect alice ROOM_DELETED '"correlationId":"a6"'
expect bob ROOM_DELETED '"roomId":"studio"'
echo 'All as expected.'
