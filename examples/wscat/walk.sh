#!/usr/bin/env bash
# The walk of the README, played by two wscats: alice makes a room, bob comes in, both change it and leave.
#
#     ./walk.sh [URL]        URL is ws://127.0.0.1:8080/ws where absent; the server has to be in development mode
#
# Prints what each of them sends and receives. Ends with 1 at the first reply that is not the expected one.
set -euo pipefail
# shellcheck source=wscat.sh
source "$(dirname "${BASH_SOURCE[0]}")/wscat.sh"

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
