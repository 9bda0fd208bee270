'use strict';

let messages = 0;

// The fields of a ROOM_MESSAGE.
function message(roomId, user, content) {
  messages += 1;
  const id = 'message_' + String(messages).padStart(26, '0');
  return {
    type: 'ROOM_MESSAGE',
    roomId,
    roomMessageId: id,
    messageId: id,
    seq: messages,
    senderId: user,
    username: user,
    content,
    messageType: 'text',
    timestamp: Date.now(),
  };
}

// The fields of a room of ten members.
const users = Array.from({ length: 10 }, (_, i) => 'user-' + String(i).padStart(6, '0'));
const sample = {
  id: 'bench',
  meta: {
    name: 'bench', thumbnailUrl: null, slug: null, joinPolicy: 'OPEN', activeBoardId: null, createdAt: 1760000000000, createdBy: users[0],
  },
  version: 1,
  updatedAt: 1760000000000,
  members: users,
  roles: Object.fromEntries(users.map((user, i) => [user, i === 0 ? 'OWNER' : 'MEMBER'])),
};
const rooms = new Map([[sample.id, sample]]);

function room(roomId) {
  return rooms.get(roomId);
}

// The benchmark holds the other end of standard input, also when it is killed.
function untilParentEnds() {
  process.stdin.on('end', () => process.exit(0)).resume();
}

module.exports = { message, room, untilParentEnds };
