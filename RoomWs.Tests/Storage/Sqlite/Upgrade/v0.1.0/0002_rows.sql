INSERT INTO join_requests (room_id, user_id, request_id, requested_at) VALUES
    ('council', 'erin', 'request_01', 1700000005000),
    ('council', 'dave', 'request_02', 1700000005100),
    ('lobby', 'erin', 'request_03', 1700000005200);

-- One that can be used, one that has been, one that has expired.
INSERT INTO invites (id, room_id, code_hash, created_by, created_at, expires_at, used_at, used_by) VALUES
    ('invite_01', 'vault', x'0A01', 'carol', 1700000002100, 4102444800000, NULL, NULL),
    ('invite_02', 'lobby', x'0A02', 'alice', 1700000002200, 4102444800000, 1700000004000, 'bob'),
    ('invite_03', 'vault', x'0A03', 'carol', 1700000002300, 1700000002400, NULL, NULL);
