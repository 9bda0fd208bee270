-- The room again was deleted and made anew; gone was only deleted; of lobby the first row has had its time.
INSERT INTO audit (room_id, at, user_id, action, version, targets, detail, previous) VALUES
    ('again', 1700000000100, 'alice', 'ROOM_CREATE', 1, '["bob"]', NULL, NULL),
    ('gone', 1700000000200, 'bob', 'ROOM_CREATE', 1, NULL, NULL, NULL),
    ('again', 1700000000300, 'alice', 'ROOM_DELETE', NULL, NULL, NULL, 1),
    ('gone', 1700000000400, 'bob', 'ROOM_DELETE', NULL, NULL, NULL, 2),
    ('lobby', 1700000002000, 'alice', 'ROOM_CREATE', 1, '["dave"]', NULL, NULL),
    ('lobby', 1700000004000, 'bob', 'ROOM_JOIN', 3, NULL, NULL, 5);

INSERT INTO rooms (id, name, slug, join_policy, created_at, created_by, version, updated_at, member_count) VALUES
    ('again', 'Again', 'again', 0, 1700000008000, 'erin', 1, 1700000008000, 1);
INSERT INTO members (position, room_id, user_id, role, joined_at) VALUES (9, 'again', 'erin', 0, 1700000008000);

INSERT INTO audit (room_id, at, user_id, action, version, targets, detail, previous) VALUES
    ('again', 1700000008000, 'erin', 'ROOM_CREATE', 1, NULL, NULL, NULL),
    ('lobby', 1700000009000, 'alice', 'ROOM_SET_ROLE', 5, '["bob"]', 'ADMIN', 6),
    ('again', 1700000009100, 'erin', 'ROOM_BOARD_DELETE', 1, NULL, 'sketch', 7),
    ('gone', 1700000009200, 'bob', 'ROOM_CREATE', 1, NULL, NULL, NULL);
DELETE FROM audit WHERE id IN (5, 10);
