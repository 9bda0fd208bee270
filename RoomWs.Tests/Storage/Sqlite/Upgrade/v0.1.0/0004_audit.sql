-- Who changed what in which room. Rows outlive their room, so that an operator can still read them here; they go by age alone.

-- Appended to and read along previous, from a room's newest row to its oldest: an index by room would have every change of a busy
-- server write a page of its own. AUTOINCREMENT: no number may ever stand for another row.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    room_id  TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    user_id  TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    -- The room's version after the change; none where the change ended the room.
    version  INTEGER,
    -- The users whom it was done to, a JSON array.
    targets  TEXT,
    -- What it was about: a role, the names of fields, the id of an invite, a request or a board.
    detail   TEXT,
    -- The room's row before this one.
    previous INTEGER
);

-- In the room's own row, so that a room made anew under the id of an earlier one begins with no history.
ALTER TABLE rooms ADD COLUMN audit_first INTEGER;
ALTER TABLE rooms ADD COLUMN audit_last INTEGER;

CREATE TRIGGER audit_follows AFTER INSERT ON audit BEGIN
    UPDATE rooms SET audit_first = COALESCE(audit_first, NEW.id), audit_last = NEW.id WHERE id = NEW.room_id;
END;
