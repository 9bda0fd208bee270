'use strict';

// ws with the least that does the work: a set of sockets for a room, a loop to tell them, nothing stored.
const { WebSocketServer } = require('ws');
const { message, room, untilParentEnds } = require('./shared');

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, clientTracking: false });
const rooms = new Map();

server.on('connection', (socket, request) => {
  const user = new URL(request.url, 'http://localhost').searchParams.get('user');
  socket.on('message', (data) => {
    const asked = JSON.parse(data);
    switch (asked.type) {
      case 'HELLO':
        socket.send(JSON.stringify({ type: 'HELLO_ACK', userId: user }));
        break;
      case 'JOIN':
        if (!rooms.has(asked.roomId)) rooms.set(asked.roomId, new Set());
        rooms.get(asked.roomId).add(socket);
        socket.on('close', () => rooms.get(asked.roomId).delete(socket));
        socket.send(JSON.stringify({ type: 'JOINED', roomId: asked.roomId }));
        break;
      case 'CHAT': {
        const text = JSON.stringify(message(asked.roomId, user, asked.content));
        for (const member of rooms.get(asked.roomId)) member.send(text);
        break;
      }
      case 'INFO':
        socket.send(JSON.stringify({ type: 'ROOM_CREATED', room: room(asked.roomId) }));
        break;
    }
  });
});
server.on('listening', () => console.log(`Listening on ws://127.0.0.1:${server.address().port}/`));
untilParentEnds();
