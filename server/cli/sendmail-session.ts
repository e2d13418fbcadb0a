/**
 * `sendmail -bs`: SMTP on standard input and output, by joining them to the
 * listener octet for octet. When the input ends without QUIT, says it, so
 * that what was sent whole is still answered; a message cut off in the middle
 * is given up, and not taken.
 */
import { connect } from 'node:net';
import { EX, Failure } from './options.ts';
import type { Io } from './verb.ts';

export function speakSmtp({ host, port }: { host: string; port: number }, io: Io): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    const input = io.stdin;
    const client = follow();
    let heard = ''; // the end of what the server said
    let ended = false;

    const settle = (code: number) => {
      input.pause();
      socket.destroy();
      resolve(code);
    };
    /** After the end of the input: what is left to do, given the last reply. */
    const conclude = () => {
      const reply = /(?:^|\n)(\d)\d\d(?: [^\n]*)?\r?\n$/.exec(heard)?.[1];
      if (!client.inMessage) {
        if (!client.quit) socket.write('QUIT\r\n');
        client.quit = true;
      } else if (reply === '3') settle(EX.IOERR); // the server waits for a final dot that will not come
      else if (reply === '4' || reply === '5') client.inMessage = false; // DATA was refused, so there is no message
    };
    input.on('data', (chunk: Buffer | string) => {
      client.saw(String(chunk));
      if (!socket.write(chunk)) {
        input.pause();
        socket.once('drain', () => input.resume());
      }
    });
    input.on('end', () => {
      ended = true;
      conclude();
    });
    input.on('error', () => settle(EX.IOERR));
    socket.on('data', (chunk: Buffer) => {
      heard = (heard + chunk.toString('latin1')).slice(-1024);
      io.stdout.write(chunk);
      if (ended) conclude();
    });
    socket.on('close', () => settle(EX.OK));
    socket.on('error', (error) => {
      if (heard !== '') return settle(EX.TEMPFAIL);
      socket.destroy();
      input.pause();
      reject(new Failure(EX.TEMPFAIL, `${host}:${port} cannot be reached: ${error.message}`));
    });
  });
}

/** Whether the client is within a message, and whether it said QUIT, from its lines as they go by. */
function follow() {
  let rest = '';
  const state = {
    inMessage: false,
    quit: false,
    saw(text: string) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!.slice(0, 1024);
      for (const line of lines) {
        if (state.inMessage) state.inMessage = line !== '.\r';
        else if (/^data[ \t]*\r?$/i.test(line)) state.inMessage = true;
        else if (/^quit[ \t]*\r?$/i.test(line)) state.quit = true;
      }
    },
  };
  return state;
}
