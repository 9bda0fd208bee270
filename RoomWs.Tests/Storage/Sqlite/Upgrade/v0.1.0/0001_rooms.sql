-- Rooms, who is in them, and what is known of users.

CREATE TABLE rooms (
    id              TEXT    NOT NULL PRIMARY KEY,
    name            TEXT    NOT NULL,
    thumbnail_url   TEXT,
    slug            TEXT    UNIQUE,
    join_policy     INTEGER NOT NULL,
    active_board_id TEXT,
    created_at      INTEGER NOT NULL,
    created_by      TEXT    NOT NULL,
    version         INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    -- Kept with every change, so that a limit or a list never counts members.
    member_count    INTEGER NOT NULL
) WITHOUT ROWID;

-- position rises with every joining on the whole server: it is the order of joining within a room.
CREATE TABLE members (
    position  INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id   TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id   TEXT    NOT NULL,
    role      INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    UNIQUE (room_id, user_id)
);

CREATE INDEX members_by_user ON members (user_id, room_id);

-- Finds an OWNER's successor, and the members of a room in order, without reading the others.
CREATE INDEX members_by_standing ON members (room_id, role, position);

-- Name and picture as the user's last token gave them.
CREATE TABLE users (
    id            TEXT    NOT NULL PRIMARY KEY,
    username      TEXT    NOT NULL,
    thumbnail_url TEXT,
    updated_at    INTEGER NOT NULL
) WITHOUT ROWID;

-- The first reply to each request that carried an idempotencyKey, written with the change that it reports.
CREATE TABLE idempotency (
    user_id     TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    reply_type  TEXT    NOT NULL,
    reply       BLOB    NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
);

CREATE INDEX idempotency_by_age ON idempotency (created_at);
