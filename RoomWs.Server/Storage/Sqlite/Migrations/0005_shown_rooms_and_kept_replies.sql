-- The rooms that ROOM_LIST shows to everybody, in the order of the list: a page is read without the hidden rooms between. 2 is INVITE.
CREATE INDEX rooms_shown ON rooms (id) WHERE join_policy <> 2;

-- The room that a kept reply shows. Of such a reply the room itself is not kept, with its members, but shown as it is when the reply is given again.
ALTER TABLE idempotency ADD COLUMN room_id TEXT;

UPDATE idempotency SET
    room_id = COALESCE(json_extract(CAST(reply AS TEXT), '$.roomId'), json_extract(CAST(reply AS TEXT), '$.room.id')),
    reply_type = CASE reply_type WHEN 'ROOM_MEMBERS_CHANGED' THEN 'ROOM_MEMBERS_UPDATED' ELSE reply_type END,
    reply = CAST(CASE reply_type
        WHEN 'ROOM_JOIN_RESPONSE' THEN json_object(
            'alreadyMember', json(CASE json_extract(CAST(reply AS TEXT), '$.alreadyMember') WHEN 1 THEN 'true' ELSE 'false' END),
            'timestamp', json_extract(CAST(reply AS TEXT), '$.timestamp'))
        ELSE '{}' END AS BLOB)
WHERE reply_type IN ('ROOM_CREATED', 'ROOM_JOIN_RESPONSE', 'ROOM_MEMBERS_UPDATED', 'ROOM_MEMBERS_CHANGED');
