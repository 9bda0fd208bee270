INSERT INTO messages (room_id, seq, id, sender_id, username, content, message_type, client_message_id, sent_at) VALUES
    ('lobby', 1, 'message_01', 'alice', 'Alice', 'Hello', 'text', 'c1', 1700000006000),
    ('council', 1, 'message_02', 'bob', 'Bob', 'Order!', 'text', 'c1', 1700000006100),
    ('lobby', 2, 'message_03', 'bob', 'Bob', 'Grüß Gott 👋', 'text', 'c1', 1700000006200),
    ('lobby', 3, 'message_04', 'carol', 'Çarol', 'I leave', 'notice', NULL, 1700000006300),
    ('lobby', 4, 'message_05', 'alice', 'Alice', '', 'text', 'c2', 1700000006400);

UPDATE rooms SET message_seq = 4 WHERE id = 'lobby';
UPDATE rooms SET message_seq = 1 WHERE id = 'council';

-- One with a snapshot, of whose updates those are left that came after it; one of the same id elsewhere; one in which everything is in the snapshot; an empty one.
INSERT INTO boards (room_id, board_id, name, created_by, created_at, seq, snapshot_seq, snapshot_payload) VALUES
    ('lobby', 'plan', 'Plan', 'alice', 1700000007000, 5, 3, 'snapshot of plan'),
    ('council', 'plan', 'Other plan', 'bob', 1700000007100, 2, 0, NULL),
    ('lobby', 'done', 'Done', 'bob', 1700000007200, 2, 2, 'snapshot of done'),
    ('lobby', 'blank', 'Blank', 'bob', 1700000007200, 0, 0, NULL);

INSERT INTO board_updates (room_id, board_id, seq, user_id, payload) VALUES
    ('lobby', 'plan', 4, 'alice', 'four'),
    ('council', 'plan', 1, 'bob', 'a'),
    ('lobby', 'plan', 5, 'bob', 'fünf'),
    ('council', 'plan', 2, 'alice', 'bc');
