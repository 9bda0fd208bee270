-- Rooms of each policy, two of them made in the same millisecond. Of carol's leaving and bob's joining after her the order of joining is not that of the rows.
INSERT INTO rooms (id, name, thumbnail_url, slug, join_policy, active_board_id, created_at, created_by, version, updated_at, member_count) VALUES
    ('vault', 'Vault', NULL, 'the-vault', 2, NULL, 1700000002000, 'carol', 3, 1700000002500, 1),
    ('lobby', 'Lobby äöü', 'https://example.com/lobby.png', 'lobby', 0, 'plan', 1700000002000, 'alice', 5, 1700000009000, 3),
    ('council', 'Council', NULL, NULL, 1, NULL, 1700000001000, 'bob', 2, 1700000003000, 2);

INSERT INTO members (position, room_id, user_id, role, joined_at) VALUES
    (1, 'council', 'bob', 0, 1700000001000),
    (3, 'lobby', 'alice', 0, 1700000002000),
    (4, 'vault', 'carol', 0, 1700000002000),
    (5, 'lobby', 'dave', 2, 1700000002100),
    (6, 'council', 'alice', 1, 1700000003000),
    (8, 'lobby', 'bob', 1, 1700000004000);

INSERT INTO users (id, username, thumbnail_url, updated_at) VALUES
    ('alice', 'Alice', 'https://example.com/alice.png', 1700000001500),
    ('bob', 'Bob', NULL, 1700000001000),
    ('carol', 'Çarol', NULL, 1700000002000),
    ('erin', 'Erin', NULL, 1700000005000);

INSERT INTO idempotency (user_id, key, fingerprint, reply_type, reply, created_at) VALUES
    ('alice', 'k1', x'01', 'ROOM_CREATED', CAST('{"room":{"id":"lobby","version":1,"members":["alice"]}}' AS BLOB), 1700000002000),
    ('bob', 'k1', x'02', 'ROOM_JOIN_RESPONSE', CAST('{"roomId":"lobby","alreadyMember":false,"timestamp":1700000004000}' AS BLOB), 1700000004000),
    ('alice', 'k2', x'03', 'ROOM_UPDATED', CAST('{"room":{"id":"lobby","version":2}}' AS BLOB), 1700000005000);
