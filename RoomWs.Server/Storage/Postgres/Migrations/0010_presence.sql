-- Readable by 9.
--
-- Who is online, and on which node: a user is as long as there is a row of it. A row stays while the user has connections to the node, and for a grace after. Not
-- logged, for it says nothing of tomorrow: a crash or a failover of PostgreSQL empties it, and every node writes its own users again.
CREATE UNLOGGED TABLE presence (
    user_id     text   COLLATE "C" NOT NULL,
    node        text   COLLATE "C" NOT NULL,
    connections bigint NOT NULL,
    -- Its name there.
    username    text   COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, node)
);

CREATE INDEX presence_by_node ON presence (node, user_id);

-- Tells whether the table above was emptied: it is emptied too then, and whoever finds that makes another mark, of that time. The first is as old as can be: nobody
-- was online before it.
CREATE UNLOGGED TABLE presence_mark (
    single  boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (single),
    mark    text    COLLATE "C" NOT NULL,
    made_at bigint  NOT NULL
);

INSERT INTO presence_mark (mark, made_at) VALUES ('', 0);
