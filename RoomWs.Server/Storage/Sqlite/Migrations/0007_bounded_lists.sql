-- What makes lists and notices cost what is shown of them, however many requests and invites a room has.

-- How many join requests are pending, in the room's own row: a notice says so, and nobody counts 30,000 of them for it.
ALTER TABLE rooms ADD COLUMN join_request_count INTEGER NOT NULL DEFAULT 0;

UPDATE rooms SET join_request_count = (SELECT COUNT(*) FROM join_requests q WHERE q.room_id = rooms.id)
WHERE id IN (SELECT room_id FROM join_requests);

CREATE TRIGGER join_request_made AFTER INSERT ON join_requests BEGIN
    UPDATE rooms SET join_request_count = join_request_count + 1 WHERE id = NEW.room_id;
END;

CREATE TRIGGER join_request_ended AFTER DELETE ON join_requests BEGIN
    UPDATE rooms SET join_request_count = join_request_count - 1 WHERE id = OLD.room_id;
END;

-- Ids of requests and of invites begin with the time: their order is that of asking, and of making.
CREATE INDEX join_requests_in_order ON join_requests (room_id, request_id);

-- The rooms whose requests a user decides, without the rooms where it is a MEMBER, which is 2.
CREATE INDEX members_of_staff ON members (user_id, room_id) WHERE role <= 1;

-- Whose request was denied, and when: for a while it may not ask that room again.
CREATE TABLE join_denials (
    room_id   TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id   TEXT    NOT NULL,
    denied_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

-- For the sweep of old ones.
CREATE INDEX join_denials_by_age ON join_denials (denied_at);

DROP INDEX invites_by_room;
CREATE INDEX invites_in_order ON invites (room_id, id);

-- Those that nobody has used, by maker: a code counts only while its maker could make it.
CREATE INDEX invites_unused ON invites (room_id, created_by, expires_at) WHERE used_at IS NULL;
