/** What Parley's cost per delivery is put beside: a Socket.IO server that does nothing but `io.to(room).emit`. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

const http = createServer((_, response) => response.end());
const io = new Server(http, { wsEngine: WebSocketServer, serveClient: false, perMessageDeflate: false });
let seq = 0;

type Send = { roomId: string; cmid: string; body: string };
io.on('connection', (socket) => {
  socket.on('room:join', ({ roomId }: { roomId: string }, answer: (value: unknown) => void) => {
    void socket.join(roomId);
    answer({ ok: true });
  });
  socket.on('message:send', ({ roomId, cmid, body }: Send, answer: (value: unknown) => void) => {
    seq += 1;
    // The shape and size of Parley's own event, so that both put the same bytes on the wire.
    const event = { roomId, epoch: 1, seq, id: '01JD0000000000000000000000', type: 'message.created', by: 'u01jd0000000000000000000000', at: Date.now(), data: { name: 'bench', body }, cmid };
    answer({ ok: true, epoch: 1, seq, id: event.id });
    io.to(roomId).emit('room:events', { roomId, epoch: 1, events: [event] });
  });
});
http.listen(Number(process.env.PORT), '127.0.0.1');
