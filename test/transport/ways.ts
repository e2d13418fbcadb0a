/**
 * Remotes that fail, each in a way of its own, over real sockets: what the
 * wall is made of, at length and end to end. `GREETING` is the line before
 * the first.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { foundAuthority } from './authority.ts';

export const NAME = 'mx.script.test';
export const authority = foundAuthority();
const good = authority.issue(NAME);
const expired = authority.expired(NAME);

type Way = (line: string, say: (text: string) => void, socket: Socket) => 'tls-good' | 'tls-expired' | void;
const LINES: Record<string, string> = { GREETING: '220 hi', EHLO: '250-hi\r\n250-PIPELINING\r\n250 STARTTLS', MAIL: '250 ok', RCPT: '250 ok', DATA: '354 go', RSET: '250 ok', QUIT: '221 bye', STARTTLS: '220 go' };
const usual = (line: string, say: (text: string) => void) => {
  const verb = line.split(' ', 1)[0]!;
  const said = LINES[verb];
  if (said) say(`${said}\r\n`);
};
/** As usual up to this line, and then something else. */
const at = (verb: string, does: (say: (text: string) => void, socket: Socket) => void): Way => (line, say, socket) => {
  if (line.startsWith(verb)) does(say, socket);
  else usual(line, say);
};
const silent = () => {};
/** From this line on it says nothing, to what was pipelined behind it either. */
const deafAt = (verb: string): Way => at(verb, (_say, socket) => { socket.removeAllListeners('data').resume(); });
const close = (_say: unknown, socket: Socket) => { socket.destroy(); };
const flood = (text: string) => (_say: unknown, socket: Socket) => {
  // After an error a socket asks for the callbacks of what waits before it is destroyed: more of it would wait for ever.
  const more = (error?: Error | null) => { if (!error && !socket.destroyed) socket.write(text.repeat(100), more); };
  more();
};
const drip = (_say: unknown, socket: Socket) => {
  const one = () => { if (!socket.destroyed) socket.write('2', () => setTimeout(one, 10)); };
  one();
};
const plain = (way: Way): Way => (line, say, socket) => (line.startsWith('EHLO') ? say('250-hi\r\n250 PIPELINING\r\n') : way(line, say, socket));

export const WAYS: Record<string, Way> = {
  'hangs at greeting': at('GREETING', silent), 'hangs at ehlo': at('EHLO', silent), 'hangs at starttls': at('STARTTLS', silent), 'hangs in the handshake': at('STARTTLS', (say) => say('220 go\r\n')),
  'hangs at mail': plain(deafAt('MAIL')), 'hangs at rcpt': plain(deafAt('RCPT')), 'hangs at data': plain(at('DATA', silent)), 'hangs at the dot': plain(at('.', silent)),
  'closes at greeting': at('GREETING', close), 'closes at data': plain(at('DATA', close)), 'closes after 354': plain(at('DATA', (say, socket) => { say('354 go\r\n'); socket.end(); })), 'closes after the dot': plain(at('.', close)),
  resets: plain(at('RCPT', (_say, socket) => { socket.resetAndDestroy(); })),
  garbage: at('GREETING', (say) => say('\0\x07 nothing\r\n')), 'endless banner': at('GREETING', flood('220 hello ')), 'endless reply': plain(at('MAIL', flood('250-ok\r\n'))),
  drips: at('GREETING', drip), 'drips after the dot': plain(at('.', drip)), 'speaks early': at('GREETING', (say) => say('220 hi\r\n250 hello\r\n')),
  'injects at starttls': at('STARTTLS', (say) => say('220 go\r\n250 what?\r\n')), 'breaks in the handshake': at('STARTTLS', (say, socket) => { say('220 go\r\n'); socket.once('data', () => socket.write('no TLS')); }),
  'says 421': at('EHLO', (say, socket) => { say('421 4.3.2 bye\r\n'); socket.end(); }), 'says 554': at('GREETING', (say) => say('554 no\r\n')),
  'shows an expired certificate': (line, say) => { usual(line, say); return line.startsWith('STARTTLS') ? 'tls-expired' : undefined; },
  'is good, with TLS': (line, say) => { usual(line, say); return line.startsWith('STARTTLS') ? 'tls-good' : undefined; },
  'is good, in plaintext': plain((line, say) => (line === '.' ? say('250 taken\r\n') : usual(line, say))),
};

/** Sockets of the remotes that are open. */
export const theirs = new Set<Socket>();

export function serve(socket: Socket, name: string): void {
  theirs.add(socket);
  socket.on('close', () => theirs.delete(socket)).on('error', () => {});
  const way = WAYS[name]!;
  let stream: Socket | TLSSocket = socket;
  let rest = '';
  const hear = (line: string) => {
    const turn = way(line, (text) => { if (!stream.destroyed) stream.write(text, 'latin1'); }, stream as Socket);
    if (turn === undefined) return;
    socket.removeAllListeners('data');
    const secure = new TLSSocket(socket, { isServer: true, ...(turn === 'tls-good' ? good : expired) });
    secure.on('error', () => {});
    stream = secure;
    rest = '';
    secure.on('data', (chunk: Buffer) => lines(chunk, (line) => (line === '.' ? secure.write('250 taken\r\n') : usual(line.startsWith('EHLO') ? 'RSET' : line, (text) => secure.write(text)))));
  };
  const lines = (chunk: Buffer, take: (line: string) => void) => {
    rest = (rest + chunk.toString('latin1')).slice(-100_000);
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (stream.listenerCount('data') > 0) take(line);
    }
  };
  socket.on('data', (chunk) => lines(chunk, hear));
  hear('GREETING');
}
