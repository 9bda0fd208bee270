-- Whether others put the member into the room. Such memberships have a limit of their own, so that nobody can use up another's. Older ones count as the user's own.
ALTER TABLE members ADD COLUMN was_added INTEGER NOT NULL DEFAULT 0;

-- Counts a user's memberships of either kind without reading them.
CREATE INDEX members_by_origin ON members (user_id, was_added);
