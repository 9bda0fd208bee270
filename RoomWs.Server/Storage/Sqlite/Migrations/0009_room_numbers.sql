-- The tables as they are from here on. What belongs to a room is keyed by the room's number, which is never used twice: of a room that is deleted the row goes
-- at once, and what belonged to it in steps, while a room made again under its id meets none of it. No foreign keys: they would delete it all at once.
-- Each old table goes as soon as its rows are copied, so that what comes next is written into its place. The rooms go last: others refer to them.

-- What there is one of, changed with every batch. position counts the batches, next_number gives out the numbers of rooms and boards.
CREATE TABLE head (
    only        INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    position    INTEGER NOT NULL,
    next_number INTEGER NOT NULL,
    room_count  INTEGER NOT NULL
);

-- What each batch did, for whoever follows: a row a batch, without the words of messages.
CREATE TABLE feed (
    position INTEGER NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    body     BLOB    NOT NULL
);

-- Rooms and boards whose row is gone, and of which something may be left.
CREATE TABLE remains (
    number INTEGER NOT NULL PRIMARY KEY
);

CREATE TABLE numbered_rooms (
    number             INTEGER NOT NULL PRIMARY KEY,
    id                 TEXT    NOT NULL UNIQUE,
    epoch              TEXT    NOT NULL DEFAULT '',
    name               TEXT    NOT NULL,
    thumbnail_url      TEXT,
    slug               TEXT    UNIQUE,
    join_policy        INTEGER NOT NULL,
    active_board_id    TEXT,
    created_at         INTEGER NOT NULL,
    created_by         TEXT    NOT NULL,
    version            INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    -- Kept with every change, so that a limit or a list never counts what is there.
    member_count       INTEGER NOT NULL,
    join_request_count INTEGER NOT NULL DEFAULT 0,
    board_count        INTEGER NOT NULL DEFAULT 0,
    -- The last numbers given out in the room: of a joining, a message, and an edit of one.
    member_seq         INTEGER NOT NULL DEFAULT 0,
    message_seq        INTEGER NOT NULL DEFAULT 0,
    edit_seq           INTEGER NOT NULL DEFAULT 0,
    -- The first message that is kept.
    first_seq          INTEGER NOT NULL DEFAULT 1
);

INSERT INTO numbered_rooms (
    number, id, epoch, name, thumbnail_url, slug, join_policy, active_board_id, created_at, created_by, version, updated_at,
    member_count, join_request_count, board_count, member_seq, message_seq)
SELECT
    row_number() OVER (ORDER BY created_at, id), id, epoch, name, thumbnail_url, slug, join_policy, active_board_id, created_at, created_by, version, updated_at,
    member_count, join_request_count, (SELECT COUNT(*) FROM boards b WHERE b.room_id = r.id), (SELECT COALESCE(MAX(position), 0) FROM members m WHERE m.room_id = r.id), message_seq
FROM rooms r;

INSERT INTO head (only, position, next_number, room_count)
SELECT 1, 0, 1 + (SELECT COUNT(*) FROM rooms) + (SELECT COUNT(*) FROM boards), (SELECT COUNT(*) FROM rooms);

-- position is the order of joining. room_id is the room's, for the user's rooms in the order of a list.
CREATE TABLE numbered_members (
    room_number INTEGER NOT NULL,
    user_id     TEXT    NOT NULL,
    room_id     TEXT    NOT NULL,
    role        INTEGER NOT NULL,
    joined_at   INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    -- Whether others put the member into the room. Such memberships have a limit of their own, so that nobody can use up another's.
    was_added   INTEGER NOT NULL DEFAULT 0,
    -- The last message that the member has read.
    read_seq    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room_number, user_id)
) WITHOUT ROWID;

INSERT INTO numbered_members
SELECT r.number, m.user_id, r.id, m.role, m.joined_at, m.position, m.was_added, r.message_seq
FROM numbered_rooms r CROSS JOIN members m ON m.room_id = r.id;

DROP TABLE members;
ALTER TABLE numbered_members RENAME TO members;

CREATE INDEX members_by_user ON members (user_id, room_id);

-- The rooms whose requests a user decides, without the rooms where it is a MEMBER, which is 2.
CREATE INDEX members_of_staff ON members (user_id, room_id) WHERE role <= 1;

-- Counts a user's memberships of either kind without reading them.
CREATE INDEX members_by_origin ON members (user_id, was_added);

CREATE TABLE numbered_requests (
    room_number  INTEGER NOT NULL,
    user_id      TEXT    NOT NULL,
    request_id   TEXT    NOT NULL,
    requested_at INTEGER NOT NULL,
    PRIMARY KEY (room_number, user_id)
) WITHOUT ROWID;

INSERT INTO numbered_requests
SELECT r.number, q.user_id, q.request_id, q.requested_at FROM numbered_rooms r CROSS JOIN join_requests q ON q.room_id = r.id;

DROP TABLE join_requests;
ALTER TABLE numbered_requests RENAME TO join_requests;

-- Ids of requests and of invites begin with the time: their order is that of asking, and of making.
CREATE INDEX join_requests_in_order ON join_requests (room_number, request_id);

CREATE TABLE numbered_denials (
    room_number INTEGER NOT NULL,
    user_id     TEXT    NOT NULL,
    denied_at   INTEGER NOT NULL,
    PRIMARY KEY (room_number, user_id)
) WITHOUT ROWID;

INSERT INTO numbered_denials
SELECT r.number, d.user_id, d.denied_at FROM numbered_rooms r CROSS JOIN join_denials d ON d.room_id = r.id;

DROP TABLE join_denials;
ALTER TABLE numbered_denials RENAME TO join_denials;

-- For the sweep of old ones.
CREATE INDEX join_denials_by_age ON join_denials (denied_at);

CREATE TABLE numbered_invites (
    id          TEXT    NOT NULL PRIMARY KEY,
    room_number INTEGER NOT NULL,
    code_hash   BLOB    NOT NULL UNIQUE,
    created_by  TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    used_by     TEXT
);

INSERT INTO numbered_invites
SELECT i.id, r.number, i.code_hash, i.created_by, i.created_at, i.expires_at, i.used_at, i.used_by FROM invites i JOIN numbered_rooms r ON r.id = i.room_id;

DROP TABLE invites;
ALTER TABLE numbered_invites RENAME TO invites;

-- For the sweep of old ones.
CREATE INDEX invites_by_expiry ON invites (expires_at);
CREATE INDEX invites_by_use ON invites (used_at);

CREATE INDEX invites_in_order ON invites (room_number, id);

-- Those that nobody has used, by maker: a code counts only while its maker could make it.
CREATE INDEX invites_unused ON invites (room_number, created_by, expires_at) WHERE used_at IS NULL;

-- In order of arrival, so that what is written together lies together. A message that was deleted keeps its seq, and has neither words nor sender.
CREATE TABLE numbered_messages (
    number            INTEGER NOT NULL PRIMARY KEY,
    room_number       INTEGER NOT NULL,
    seq               INTEGER NOT NULL,
    id                TEXT    NOT NULL,
    sender_id         TEXT,
    username          TEXT,
    content           TEXT,
    message_type      TEXT    NOT NULL,
    client_message_id TEXT,
    sent_at           INTEGER NOT NULL,
    reply_to          INTEGER,
    metadata          TEXT,
    -- The number of its last edit, deletion or reaction in the room; none where nothing has happened to it.
    edit              INTEGER,
    edited_at         INTEGER,
    deleted_at        INTEGER
);

INSERT INTO numbered_messages (room_number, seq, id, sender_id, username, content, message_type, client_message_id, sent_at)
SELECT r.number, m.seq, m.id, m.sender_id, m.username, m.content, m.message_type, m.client_message_id, m.sent_at
FROM numbered_rooms r CROSS JOIN messages m ON m.room_id = r.id;

DROP TABLE messages;
ALTER TABLE numbered_messages RENAME TO messages;

CREATE UNIQUE INDEX messages_in_order ON messages (room_number, seq);

-- Makes sending a message again safe, for as long as the message is there.
CREATE UNIQUE INDEX messages_by_client_id ON messages (room_number, sender_id, client_message_id) WHERE client_message_id IS NOT NULL;

-- What a client has missed of edits.
CREATE UNIQUE INDEX messages_by_edit ON messages (room_number, edit) WHERE edit IS NOT NULL;

CREATE TABLE numbered_boards (
    number           INTEGER NOT NULL PRIMARY KEY,
    room_number      INTEGER NOT NULL,
    board_id         TEXT    NOT NULL,
    epoch            TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    created_by       TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    seq              INTEGER NOT NULL,
    -- The bytes of all updates that there ever were: what lies behind a snapshot is the difference to the same number of its last update.
    bytes            INTEGER NOT NULL DEFAULT 0,
    -- The clients' compaction of all updates up to this number.
    snapshot_seq     INTEGER NOT NULL DEFAULT 0,
    snapshot_bytes   INTEGER NOT NULL DEFAULT 0,
    snapshot_payload TEXT,
    -- The snapshot before the last, with the updates between the two still there: a way back from a bad snapshot.
    previous_seq     INTEGER NOT NULL DEFAULT 0,
    previous_payload TEXT
);

INSERT INTO numbered_boards (number, room_number, board_id, epoch, name, created_by, created_at, seq, snapshot_seq, snapshot_payload, previous_seq, previous_payload)
SELECT (SELECT COUNT(*) FROM rooms) + row_number() OVER (ORDER BY r.number, b.created_at, b.board_id),
    r.number, b.board_id, b.epoch, b.name, b.created_by, b.created_at, b.seq, b.snapshot_seq, b.snapshot_payload, b.previous_seq, b.previous_payload
FROM boards b JOIN numbered_rooms r ON r.id = b.room_id;

CREATE UNIQUE INDEX boards_by_id ON numbered_boards (room_number, board_id);

CREATE TABLE numbered_updates (
    number       INTEGER NOT NULL PRIMARY KEY,
    board_number INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    user_id      TEXT    NOT NULL,
    payload      TEXT    NOT NULL,
    -- The board's bytes with this update.
    bytes_to     INTEGER NOT NULL DEFAULT 0
);

INSERT INTO numbered_updates (board_number, seq, user_id, payload, bytes_to)
SELECT b.number, u.seq, u.user_id, u.payload, SUM(octet_length(u.payload)) OVER (PARTITION BY b.number ORDER BY u.seq)
FROM numbered_rooms r CROSS JOIN board_updates u ON u.room_id = r.id JOIN numbered_boards b ON b.room_number = r.number AND b.board_id = u.board_id;

CREATE UNIQUE INDEX board_updates_in_order ON numbered_updates (board_number, seq);

UPDATE numbered_boards SET
    bytes = COALESCE((SELECT u.bytes_to FROM numbered_updates u WHERE u.board_number = numbered_boards.number ORDER BY u.seq DESC LIMIT 1), 0),
    snapshot_bytes = COALESCE((SELECT u.bytes_to FROM numbered_updates u WHERE u.board_number = numbered_boards.number AND u.seq <= snapshot_seq ORDER BY u.seq DESC LIMIT 1), 0);

-- The updates first: they refer to the boards.
DROP TABLE board_updates;
ALTER TABLE numbered_updates RENAME TO board_updates;
DROP TABLE boards;
ALTER TABLE numbered_boards RENAME TO boards;

-- The boards of a room in the order of the list.
CREATE INDEX boards_by_age ON boards (room_number, created_at, board_id);

-- The number is of the room as it was then. Rows outlive their room, so that an operator can still read them here; they go by age alone. AUTOINCREMENT: no
-- number may ever stand for another row.
CREATE TABLE numbered_audit (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    room_number INTEGER NOT NULL,
    room_id     TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    user_id     TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    -- The room's version after the change; none where the change ended the room.
    version     INTEGER,
    -- The users whom it was done to, a JSON array.
    targets     TEXT,
    -- What it was about: a role, the names of fields, the id of an invite, a request or a board.
    detail      TEXT
);

-- Of rooms that are gone nobody knows the number; 0 is none's.
INSERT INTO numbered_audit
SELECT a.id, CASE WHEN a.id >= old.audit_first THEN r.number ELSE 0 END, a.room_id, a.at, a.user_id, a.action, a.version, a.targets, a.detail
FROM audit a LEFT JOIN rooms old ON old.id = a.room_id LEFT JOIN numbered_rooms r ON r.id = a.room_id
ORDER BY a.id;

-- A number that was given out is not given out again, also where the newest rows are gone.
DELETE FROM sqlite_sequence WHERE name = 'numbered_audit';
INSERT INTO sqlite_sequence (name, seq) SELECT 'numbered_audit', seq FROM sqlite_sequence WHERE name = 'audit';

DROP TABLE audit;
ALTER TABLE numbered_audit RENAME TO audit;

-- A room's trail, newest first.
CREATE INDEX audit_of_room ON audit (room_number, id);

DROP TABLE rooms;
ALTER TABLE numbered_rooms RENAME TO rooms;

-- The rooms that ROOM_LIST shows to everybody, in the order of the list: a page is read without the hidden rooms between. 2 is INVITE.
CREATE INDEX rooms_shown ON rooms (id) WHERE join_policy <> 2;

-- Replies that were kept are of the tables as they were.
DELETE FROM idempotency;
