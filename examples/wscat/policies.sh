#!/usr/bin/env bash
# The three ways into a room, of the README, played by two wscats: open to all, by a request, by an invite.
#
#     ./policies.sh [URL]        URL is ws://127.0.0.1:8080/ws where absent; the server has to be in development mode
#
# Prints what each of them sends and receives. Ends with 1 at the first reply that is not the expected one.
set -euo pipefail
# shellcheck source=wscat.sh
source "$(dirname "${BASH_SOURCE[0]}")/wscat.sh"

send alice '{"type":"ROOM_CREATE","correlationId":"a1","roomId":"plaza","joinPolicy":"OPEN"}'
expect alice ROOM_CREATED '"joinPolicy":"OPEN"'

send bob '{"type":"ROOM_JOIN","correlationId":"b1","roomId":"plaza"}'
expect bob ROOM_JOIN_RESPONSE '"correlationId":"b1"' '"members":["alice","bob"]'
expect alice ROOM_MEMBER_JOINED '"roomId":"plaza"' '"userId":"bob"'
expect alice ROOM_MEMBERS_UPDATED '"version":2'

send alice '{"type":"ROOM_CREATE","correlationId":"a2","roomId":"council","joinPolicy":"APPROVAL"}'
expect alice ROOM_CREATED '"joinPolicy":"APPROVAL"'

send bob '{"type":"ROOM_JOIN","correlationId":"b2","roomId":"council"}'
expect bob ROOM_JOIN_PENDING '"correlationId":"b2"' '"requestId":"request_'
expect alice ROOM_JOIN_REQUESTED '"roomId":"council"' '"userId":"bob"'

send alice '{"type":"ROOM_JOIN_APPROVE","correlationId":"a3","roomId":"council","userId":"bob"}'
expect alice ROOM_MEMBERS_UPDATED '"correlationId":"a3"' '"members":["alice","bob"]' '"version":2'
expect bob ROOM_JOIN_APPROVED '"roomId":"council"'
expect bob ROOM_MEMBER_JOINED '"userId":"bob"'
expect bob ROOM_MEMBERS_UPDATED '"version":2'

send alice '{"type":"ROOM_CREATE","correlationId":"a4","roomId":"den","joinPolicy":"INVITE"}'
expect alice ROOM_CREATED '"joinPolicy":"INVITE"'

send bob '{"type":"ROOM_JOIN","correlationId":"b3","roomId":"den"}'
expect bob ERROR '"correlationId":"b3"' '"code":"FORBIDDEN"' 'Room is private. Invitation code required.'

send alice '{"type":"ROOM_INVITE_CREATE","correlationId":"a5","roomId":"den","expiresInSeconds":3600}'
expect alice ROOM_INVITE_CREATED '"correlationId":"a5"' '"code":"'

send bob '{"type":"ROOM_INVITE_ACCEPT","correlationId":"b4","code":"CODE"}'
expect bob ROOM_JOIN_RESPONSE '"correlationId":"b4"' '"members":["alice","bob"]'
expect alice ROOM_MEMBER_JOINED '"roomId":"den"' '"userId":"bob"'
expect alice ROOM_MEMBERS_UPDATED '"version":2'

send bob '{"type":"ROOM_INVITE_ACCEPT","correlationId":"b5","code":"CODE"}'
expect bob ERROR '"correlationId":"b5"' '"code":"CONFLICT"' 'Invitation already used'

send alice '{"type":"ROOM_DELETE","correlationId":"a6","roomId":"plaza"}'
expect alice ROOM_DELETED '"correlationId":"a6"'
expect bob ROOM_DELETED '"roomId":"plaza"'

send alice '{"type":"ROOM_DELETE","correlationId":"a7","roomId":"council"}'
expect alice ROOM_DELETED '"correlationId":"a7"'
expect bob ROOM_DELETED '"roomId":"council"'

send alice '{"type":"ROOM_DELETE","correlationId":"a8","roomId":"den"}'
expect alice ROOM_DELETED '"correlationId":"a8"'
expect bob ROOM_DELETED '"roomId":"den"'
echo 'All as expected.'
