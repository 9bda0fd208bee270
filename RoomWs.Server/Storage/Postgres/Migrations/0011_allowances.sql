-- Readable by 9.
--
-- What users have used up of what they may do so often in a minute, over all nodes: of membership actions, of rooms that they make, of users whom they add. Only
-- what comes back is here: a row whose time is over stands for a whole allowance, as no row does, and is deleted in time. SQLite has no such table: its only node
-- has this in memory.
CREATE TABLE allowances (
    user_id text   COLLATE "C" NOT NULL,
    -- Of which limit: MembershipActions, Creates or Adds.
    kind    text   COLLATE "C" NOT NULL,
    -- When the allowance will be whole again, in tenths of a microsecond since 1970 by the database's clock.
    full_at bigint NOT NULL,
    PRIMARY KEY (user_id, kind)
) WITH (fillfactor = 70);
