-- Who asks to be let into a room. A request ends when it is decided, or its user becomes a member; so a row is a pending one.
CREATE TABLE join_requests (
    room_id      TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user_id      TEXT    NOT NULL,
    request_id   TEXT    NOT NULL,
    requested_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
);

-- Codes that let one user in each. Of the code there is only the hash, so that nobody who reads the file can use it.
CREATE TABLE invites (
    id         TEXT    NOT NULL PRIMARY KEY,
    room_id    TEXT    NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    code_hash  BLOB    NOT NULL UNIQUE,
    created_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    used_by    TEXT
);

CREATE INDEX invites_by_room ON invites (room_id, created_at);

-- For the sweep of old ones.
CREATE INDEX invites_by_expiry ON invites (expires_at);
CREATE INDEX invites_by_use ON invites (used_at);
