-- Positions of clients, such as the seq of the last message that they have, mean something under one epoch only: of a room that was made again
-- under its id, or comes from a backup, the numbers begin anew.
ALTER TABLE rooms ADD COLUMN epoch TEXT NOT NULL DEFAULT '';
UPDATE rooms SET epoch = hex(randomblob(8));

ALTER TABLE boards ADD COLUMN epoch TEXT NOT NULL DEFAULT '';

-- The bytes of the updates past snapshot_seq, so that the limit never sums them up.
ALTER TABLE boards ADD COLUMN update_bytes INTEGER NOT NULL DEFAULT 0;

-- The snapshot before the last, with the updates between the two still in board_updates: a way back from a bad snapshot.
ALTER TABLE boards ADD COLUMN previous_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE boards ADD COLUMN previous_payload TEXT;

UPDATE boards SET
    epoch = hex(randomblob(8)),
    update_bytes = (SELECT COALESCE(SUM(length(CAST(u.payload AS BLOB))), 0) FROM board_updates u WHERE u.room_id = boards.room_id AND u.board_id = boards.board_id);

-- The boards of a room in the order of the list.
CREATE INDEX boards_by_age ON boards (room_id, created_at, board_id);
