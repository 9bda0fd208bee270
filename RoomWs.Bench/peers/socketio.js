'use strict';

// Socket.IO with the least that does the work: its rooms, its acknowledgements, nothing stored.
const { createServer } = require('http');
const { Server } = require('socket.io');
const { message, room, untilParentEnds } = require('./shared');

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });

io.on('connection', (socket) => {
  const user = socket.handshake.query.user;
  socket.on('join', (roomId, done) => {
    socket.join(roomId);
    done();
  });
  socket.on('chat', (roomId, content) => io.to(roomId).emit('message', message(roomId, user, content)));
  socket.on('info', (roomId, done) => done(room(roomId)));
});
http.listen(0, '127.0.0.1', () => console.log(`Listening on ws://127.0.0.1:${http.address().port}/socket.io/`));
untilParentEnds();
