-- What is said in rooms, and what is drawn on their boards.

-- The number of the room's last message. In the room's own row, so that giving out the next one is one small update.
ALTER TABLE rooms ADD COLUMN message_seq INTEGER NOT NULL DEFAULT 0;

CREATE TABLE messages (
    room_id           TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    seq               INTEGER NOT NULL,
    id                TEXT    NOT NULL,
    sender_id         TEXT    NOT NULL,
    username          TEXT    NOT NULL,
    content           TEXT    NOT NULL,
    message_type      TEXT    NOT NULL,
    client_message_id TEXT,
    sent_at           INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;

-- Makes sending a message again safe, for as long as the message is there.
CREATE UNIQUE INDEX messages_by_client_id ON messages (room_id, sender_id, client_message_id) WHERE client_message_id IS NOT NULL;

CREATE TABLE boards (
    room_id          TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    board_id         TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    created_by       TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    seq              INTEGER NOT NULL,
    -- The clients' compaction of all updates up to this number, which are gone from board_updates.
    snapshot_seq     INTEGER NOT NULL DEFAULT 0,
    snapshot_payload TEXT,
    PRIMARY KEY (room_id, board_id)
);

CREATE TABLE board_updates (
    room_id  TEXT    NOT NULL,
    board_id TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    user_id  TEXT    NOT NULL,
    payload  TEXT    NOT NULL,
    PRIMARY KEY (room_id, board_id, seq),
    FOREIGN KEY (room_id, board_id) REFERENCES boards (room_id, board_id) ON DELETE CASCADE
) WITHOUT ROWID;
