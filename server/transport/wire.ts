/**
 * One connection's octets: writes lines, reads replies, keeps the one deadline
 * that is running and the transcript. It knows no SMTP state: whoever listens
 * (opening.ts, then session.ts) is told each reply in order, or once why there
 * will be none. After that it is silent: timers are over, listeners are gone,
 * and a late 'error' of the stream is heard by nobody but swallowed.
 */
import type { Duplex } from 'node:stream';
import type { Fault } from '../mail/reply.ts';
import type { TranscriptLine } from '../mail/session.ts';
import type { Talk } from '../network/talk.ts';
import type { Deadlines } from './deadlines.ts';
import { type ReplyReader, replyReader, type Said } from './reply-reader.ts';
import type { Transcript } from './transcript.ts';

export type Break = { fault: Extract<Fault['fault'], 'timeout' | 'disconnect' | 'malformed-reply'>; detail: string };

export type Listener = {
  reply(said: Said): void;
  /** Once, and nothing after it. The stream is destroyed already. */
  broke(why: Break): void;
  /** What was written has been taken; write() answered false before. */
  drain?(): void;
};

export type Wire = {
  listener: Listener;
  readonly isOpen: boolean;
  /** Of the stream's own last reading. */
  readonly now: number;
  /** Something was said that nobody asked for yet. */
  readonly ahead: boolean;
  /** Sends command lines in one write. A remote that spoke before it was asked breaks the wire instead. May be answered before it returns. */
  say(lines: readonly string[]): void;
  /** Says one line and shows another. */
  whisper(line: string, shown: string): void;
  /** Is shown as `***` from now on, also where the remote says it. */
  hide(secrets: readonly string[]): void;
  /** Octets of a message; false when a drain is to be waited for. With `line`, they begin with that command. */
  write(octets: Buffer, line?: string): boolean;
  note(line: string): void;
  /** The running deadline, instead of the one before: `late` is the sentence when it passes. */
  wait(ms: number, late: string): void;
  /** No deadline runs. */
  rest(): void;
  /** A limit that no wait goes beyond; null for none. */
  within(limit: { at: number; late: string } | null): void;
  take(): TranscriptLine[];
  /** Lets go of the stream for another protocol; answers what was said ahead. */
  detach(): { stream: Duplex; ahead: string };
  attach(stream: Duplex): void;
  /** QUIT, without waiting for its answer; the end by force soon after. */
  quit(): void;
  destroy(): void;
  /** Resolves when the stream is gone: its talk can be ended. */
  readonly closed: Promise<void>;
};

const swallow = () => {};

export function createWire(first: Duplex, talk: Talk, transcript: Transcript, deadlines: Deadlines): Wire {
  let stream = first;
  let reader: ReplyReader = replyReader();
  let isOpen = true;
  let isReading = false;
  let now = talk.now();
  let cancel: (() => void) | undefined;
  let wanted: { at: number; late: string } | undefined;
  let limit: { at: number; late: string } | null = null;
  let secrets: readonly string[] = [];
  const clean = (text: string) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
  const { promise: closed, resolve: gone } = Promise.withResolvers<void>();

  const disarm = () => {
    cancel?.();
    cancel = undefined;
  };
  /** Arms the deadline that is wanted; while a chunk is being read only the last one counts. */
  const arm = () => {
    disarm();
    if (!wanted || isReading || !isOpen) return;
    const due = limit && limit.at < wanted.at ? limit : wanted;
    cancel = talk.after(Math.max(0, due.at - now), () => {
      now = talk.now();
      broke({ fault: 'timeout', detail: due.late });
    });
  };
  const broke = ({ fault, detail }: Break) => {
    if (!isOpen) return;
    const why: Break = { fault, detail: clean(detail) };
    transcript.add('*', why.detail, talk.now());
    shut();
    stream.destroy();
    wire.listener.broke(why);
  };
  /** A question begins; who has answered it already does not listen. */
  const mayAsk = (): boolean => {
    if (isOpen && reader.ahead) broke({ fault: 'malformed-reply', detail: `the remote spoke before it was asked: ${reader.peek()}` });
    if (!isReading) now = talk.now();
    return isOpen;
  };
  const shut = () => {
    isOpen = false;
    wanted = undefined;
    disarm();
    unhear();
  };

  const data = (chunk: Buffer) => {
    reader.push(chunk);
    // A remote in this process may answer while we write.
    if (isReading) return;
    isReading = true;
    now = talk.now();
    for (;;) {
      const said = isOpen ? reader.next() : undefined;
      if (said === undefined) break;
      if ('malformed' in said) {
        transcript.add('S', clean(said.heard), now);
        broke({ fault: 'malformed-reply', detail: `not a reply (${said.malformed}): ${said.heard}` });
        break;
      }
      if (secrets.length > 0) said.lines = said.lines.map(clean);
      for (const line of said.lines) transcript.add('S', line, now);
      wire.listener.reply(said);
    }
    isReading = false;
    arm();
  };
  const end = () => {
    const part = reader.peek();
    broke({ fault: 'disconnect', detail: part === '' ? 'the remote closed the connection' : `the remote closed the connection in the middle of a reply: ${part}` });
  };
  const error = (problem: Error & { code?: string }) =>
    broke({ fault: 'disconnect', detail: problem.code === 'ECONNRESET' || problem.code === 'EPIPE' ? 'the remote reset the connection' : `the connection broke: ${problem.message}` });
  const drain = () => wire.listener.drain?.();

  const hear = () => {
    stream.on('data', data).on('end', end).on('close', end).on('error', error).on('drain', drain);
    // Gone before anybody listened: no event will come.
    if (stream.destroyed || stream.readableEnded) queueMicrotask(() => (stream.errored ? error(stream.errored) : end()));
  };
  const unhear = () => {
    stream.off('data', data).off('end', end).off('close', end).off('error', error).off('drain', drain);
    if (!stream.listeners('error').includes(swallow)) stream.on('error', swallow);
    if (stream.closed) gone();
    else stream.once('close', gone);
  };

  const wire: Wire = {
    listener: { reply: swallow, broke: swallow },
    get isOpen() { return isOpen; },
    get now() { return now; },
    get ahead() { return reader.ahead; },
    say(lines) {
      if (!mayAsk()) return;
      let text = '';
      for (const line of lines) {
        transcript.add('C', line, now);
        text += `${line}\r\n`;
      }
      stream.write(text);
    },
    whisper(line, shown) {
      if (!mayAsk()) return;
      transcript.add('C', shown, now);
      stream.write(`${line}\r\n`);
    },
    hide(next) {
      secrets = next;
    },
    write(octets, line) {
      if (line !== undefined) {
        if (!mayAsk()) return false;
        transcript.add('C', line, now);
      }
      return isOpen && stream.write(octets);
    },
    note: (line) => transcript.add('*', line, isReading ? now : talk.now()),
    wait(ms, late) {
      if (!isReading) now = talk.now();
      wanted = { at: now + ms, late };
      arm();
    },
    rest() {
      wanted = undefined;
      disarm();
    },
    within(next) {
      limit = next;
    },
    take: () => transcript.take(),
    detach() {
      const ahead = reader.ahead || stream.readableLength > 0 ? reader.peek() || '…' : '';
      stream.pause();
      stream.off('data', data).off('end', end).off('close', end).off('error', error).off('drain', drain);
      if (!stream.listeners('error').includes(swallow)) stream.on('error', swallow);
      reader = replyReader();
      return { stream, ahead };
    },
    attach(next) {
      stream = next;
      hear();
    },
    quit() {
      if (!isOpen) return;
      shut();
      if (stream.destroyed || stream.writableEnded) {
        stream.destroy();
        return;
      }
      // Once it is handed over there is nothing to wait for; a remote that takes no octets is left by force.
      const over = talk.after(deadlines.quit, () => stream.destroy());
      stream.once('close', over);
      stream.resume();
      stream.end('QUIT\r\n', () => stream.destroy());
    },
    destroy() {
      if (!isOpen) return;
      shut();
      stream.destroy();
    },
    closed,
  };
  hear();
  return wire;
}
