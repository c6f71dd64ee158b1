import { connect } from 'node:net';

const ANSWER_MS = 5_000;

/** One command in Redis' inline form; resolves with the first line of its answer. */
export const redisCommand = (port: number, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    let answer = '';
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`Redis does not answer ${command}`)));
    socket.on('error', reject);
    socket.on('data', (piece) => {
      answer += piece.toString();
      const line = answer.slice(0, answer.indexOf('\r\n'));
      if (!answer.includes('\r\n')) return;
      socket.destroy();
      if (line.startsWith('-')) reject(new Error(`${command}: ${line}`));
      else resolve(line);
    });
  });
