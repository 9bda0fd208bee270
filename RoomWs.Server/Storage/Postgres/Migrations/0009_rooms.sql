-- Readable by 9.
--
-- The tables as SQLite has them after its 0009: one numbering for both, and PostgreSQL begins here. What belongs to a room is keyed by the room's number, which
-- is never used twice. No foreign keys: they would delete all of a room at once. Text that is compared or sorted says COLLATE "C", so that any collation of the
-- database will do and both have one order. Scripts only add: nodes of an older program run on.

-- What there is one of, changed last in every batch and locked until its commit: positions have no gap, and are in the order of the commits. Nearly empty pages,
-- so that a new version of the row lies beside the old one.
CREATE TABLE head (
    single     boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (single),
    position   bigint  NOT NULL,
    room_count bigint  NOT NULL
) WITH (fillfactor = 10);

INSERT INTO head (position, room_count) VALUES (0, 0);

-- Gives out the numbers of rooms and boards: a node takes 65,536 at a time, from the value on.
CREATE SEQUENCE numbers AS bigint INCREMENT BY 65536 MINVALUE 1 START WITH 1;

-- What each batch did, for whoever follows: a row a batch, without the words of messages. n counts the batches of the node.
CREATE TABLE feed (
    position bigint NOT NULL PRIMARY KEY,
    node     text   COLLATE "C" NOT NULL,
    n        bigint NOT NULL,
    at       bigint NOT NULL,
    body     bytea  NOT NULL,
    UNIQUE (node, n)
);

-- Bodies are short-lived: compressing them is not worth the time of the commit.
ALTER TABLE feed ALTER COLUMN body SET STORAGE EXTERNAL;

-- Rooms and boards whose row is gone, and of which something may be left.
CREATE TABLE remains (
    number bigint NOT NULL PRIMARY KEY
);

CREATE TABLE rooms (
    number             bigint NOT NULL PRIMARY KEY,
    id                 text   COLLATE "C" NOT NULL UNIQUE,
    epoch              text   COLLATE "C" NOT NULL DEFAULT '',
    name               text   COLLATE "C" NOT NULL,
    thumbnail_url      text   COLLATE "C",
    slug               text   COLLATE "C" UNIQUE,
    join_policy        bigint NOT NULL,
    active_board_id    text   COLLATE "C",
    created_at         bigint NOT NULL,
    created_by         text   COLLATE "C" NOT NULL,
    version            bigint NOT NULL,
    updated_at         bigint NOT NULL,
    -- Kept with every change, so that a limit or a list never counts what is there.
    member_count       bigint NOT NULL,
    join_request_count bigint NOT NULL DEFAULT 0,
    board_count        bigint NOT NULL DEFAULT 0,
    -- The last numbers given out in the room: of a joining, a message, and an edit of one.
    member_seq         bigint NOT NULL DEFAULT 0,
    message_seq        bigint NOT NULL DEFAULT 0,
    edit_seq           bigint NOT NULL DEFAULT 0,
    -- The first message that is kept.
    first_seq          bigint NOT NULL DEFAULT 1
) WITH (fillfactor = 70);

-- The rooms that ROOM_LIST shows to everybody, in the order of the list: a page is read without the hidden rooms between. 2 is INVITE.
CREATE INDEX rooms_shown ON rooms (id) WHERE join_policy <> 2;

-- position is the order of joining. room_id is the room's, for the user's rooms in the order of a list.
CREATE TABLE members (
    room_number bigint NOT NULL,
    user_id     text   COLLATE "C" NOT NULL,
    room_id     text   COLLATE "C" NOT NULL,
    role        bigint NOT NULL,
    joined_at   bigint NOT NULL,
    position    bigint NOT NULL,
    -- Whether others put the member into the room, 1 or 0. Such memberships have a limit of their own, so that nobody can use up another's.
    was_added   bigint NOT NULL DEFAULT 0,
    -- The last message that the member has read.
    read_seq    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (room_number, user_id)
);

CREATE INDEX members_by_user ON members (user_id, room_id);

-- The rooms whose requests a user decides, without the rooms where it is a MEMBER, which is 2.
CREATE INDEX members_of_staff ON members (user_id, room_id) WHERE role <= 1;

-- Counts a user's memberships of either kind without reading them.
CREATE INDEX members_by_origin ON members (user_id, was_added);

-- Name and picture as the user's last token gave them.
CREATE TABLE users (
    id            text   COLLATE "C" NOT NULL PRIMARY KEY,
    username      text   COLLATE "C" NOT NULL,
    thumbnail_url text   COLLATE "C",
    updated_at    bigint NOT NULL
);

-- The first reply to each request that carried an idempotencyKey, written with the change that it reports. room_id is the room that the reply shows: of such a
-- reply the room itself is not kept, but shown as it is when the reply is given again.
CREATE TABLE idempotency (
    user_id     text   COLLATE "C" NOT NULL,
    key         text   COLLATE "C" NOT NULL,
    fingerprint bytea  NOT NULL,
    reply_type  text   COLLATE "C" NOT NULL,
    reply       bytea  NOT NULL,
    created_at  bigint NOT NULL,
    room_id     text   COLLATE "C",
    PRIMARY KEY (user_id, key)
);

CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Who asks to be let into a room. A request ends when it is decided, or its user becomes a member; so a row is a pending one.
CREATE TABLE join_requests (
    room_number  bigint NOT NULL,
    user_id      text   COLLATE "C" NOT NULL,
    request_id   text   COLLATE "C" NOT NULL,
    requested_at bigint NOT NULL,
    PRIMARY KEY (room_number, user_id)
);

-- Ids of requests and of invites begin with the time: their order is that of asking, and of making.
CREATE INDEX join_requests_in_order ON join_requests (room_number, request_id);

-- Whose request was denied, and when: for a while it may not ask that room again.
CREATE TABLE join_denials (
    room_number bigint NOT NULL,
    user_id     text   COLLATE "C" NOT NULL,
    denied_at   bigint NOT NULL,
    PRIMARY KEY (room_number, user_id)
);

-- For the sweep of old ones.
CREATE INDEX join_denials_by_age ON join_denials (denied_at);

-- Codes that let one user in each. Of the code there is only the hash, so that nobody who reads the tables can use it.
CREATE TABLE invites (
    id          text   COLLATE "C" NOT NULL PRIMARY KEY,
    room_number bigint NOT NULL,
    code_hash   bytea  NOT NULL UNIQUE,
    created_by  text   COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    expires_at  bigint NOT NULL,
    used_at     bigint,
    used_by     text   COLLATE "C"
);

-- For the sweep of old ones.
CREATE INDEX invites_by_expiry ON invites (expires_at);
CREATE INDEX invites_by_use ON invites (used_at);

CREATE INDEX invites_in_order ON invites (room_number, id);

-- Those that nobody has used, by maker: a code counts only while its maker could make it.
CREATE INDEX invites_unused ON invites (room_number, created_by, expires_at) WHERE used_at IS NULL;

-- A message that was deleted keeps its seq, and has neither words nor sender.
CREATE TABLE messages (
    room_number       bigint NOT NULL,
    seq               bigint NOT NULL,
    id                text   COLLATE "C" NOT NULL,
    sender_id         text   COLLATE "C",
    username          text   COLLATE "C",
    content           text   COLLATE "C",
    message_type      text   COLLATE "C" NOT NULL,
    client_message_id text   COLLATE "C",
    sent_at           bigint NOT NULL,
    reply_to          bigint,
    metadata          text   COLLATE "C",
    -- The number of its last edit, deletion or reaction in the room; none where nothing has happened to it.
    edit              bigint,
    edited_at         bigint,
    deleted_at        bigint,
    PRIMARY KEY (room_number, seq)
);

-- Makes sending a message again safe, for as long as the message is there.
CREATE UNIQUE INDEX messages_by_client_id ON messages (room_number, sender_id, client_message_id) WHERE client_message_id IS NOT NULL;

-- What a client has missed of edits.
CREATE UNIQUE INDEX messages_by_edit ON messages (room_number, edit) WHERE edit IS NOT NULL;

CREATE TABLE boards (
    number           bigint NOT NULL PRIMARY KEY,
    room_number      bigint NOT NULL,
    board_id         text   COLLATE "C" NOT NULL,
    epoch            text   COLLATE "C" NOT NULL,
    name             text   COLLATE "C" NOT NULL,
    created_by       text   COLLATE "C" NOT NULL,
    created_at       bigint NOT NULL,
    seq              bigint NOT NULL,
    -- The bytes of all updates that there ever were: what lies behind a snapshot is the difference to the same number of its last update.
    bytes            bigint NOT NULL DEFAULT 0,
    -- The clients' compaction of all updates up to this number.
    snapshot_seq     bigint NOT NULL DEFAULT 0,
    snapshot_bytes   bigint NOT NULL DEFAULT 0,
    snapshot_payload text   COLLATE "C",
    -- The snapshot before the last, with the updates between the two still there: a way back from a bad snapshot.
    previous_seq     bigint NOT NULL DEFAULT 0,
    previous_payload text   COLLATE "C"
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX boards_by_id ON boards (room_number, board_id);

-- The boards of a room in the order of the list.
CREATE INDEX boards_by_age ON boards (room_number, created_at, board_id);

CREATE TABLE board_updates (
    board_number bigint NOT NULL,
    seq          bigint NOT NULL,
    user_id      text   COLLATE "C" NOT NULL,
    payload      text   COLLATE "C" NOT NULL,
    -- The board's bytes with this update.
    bytes_to     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (board_number, seq)
);

-- Who changed what in which room. The number is of the room as it was then. Rows outlive their room, so that an operator can still read them here; they go by
-- age alone. No number ever stands for another row.
CREATE TABLE audit (
    id          bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    room_number bigint NOT NULL,
    room_id     text   COLLATE "C" NOT NULL,
    at          bigint NOT NULL,
    user_id     text   COLLATE "C" NOT NULL,
    action      text   COLLATE "C" NOT NULL,
    -- The room's version after the change; none where the change ended the room.
    version     bigint,
    -- The users whom it was done to, a JSON array.
    targets     text   COLLATE "C",
    -- What it was about: a role, the names of fields, the id of an invite, a request or a board.
    detail      text   COLLATE "C"
);

-- A room's trail, newest first.
CREATE INDEX audit_of_room ON audit (room_number, id);
