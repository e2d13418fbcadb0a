/**
 * Two ends of a connection inside the process, with the manners of a TCP
 * connection: octets in order, back-pressure (a write is done when the other
 * end has taken it), half-close, and an end that is destroyed while there is
 * something unread, or with an error, resets the other. What is written
 * arrives in a later turn of the loop, never inside the write: TLS relies on
 * that, and so no conversation can keep the others from their turn. A chunk
 * goes over as it is: who writes it must not change it afterwards.
 */
import { Duplex } from 'node:stream';

/** Octets that an end takes before it asks the other to wait. */
const HELD = 64 * 1024;

type Done = (error?: Error | null) => void;
type Chunks = Buffer | { chunk: Buffer }[];

export class PairEnd extends Duplex {
  /** Absent once it is gone. */
  #peer: PairEnd | undefined;
  /** The write that is under way. */
  #writing: Done | undefined;
  /** It was carried over, and the peer has no room for more. */
  #full = false;
  #saidEnd = false;

  constructor() {
    super({ readableHighWaterMark: HELD, writableHighWaterMark: HELD, allowHalfOpen: true });
    // Nobody may be listening yet, or any more, when the other end resets: that is no reason to end the process.
    this.on('error', () => {});
  }

  static join(a: PairEnd, b: PairEnd): void {
    a.#peer = b;
    b.#peer = a;
  }

  /** As `net.Socket#resetAndDestroy`: the other end sees ECONNRESET. */
  resetAndDestroy(): this {
    const peer = this.#peer;
    this.#part();
    peer?.destroy(fault('ECONNRESET', 'The other end reset the connection'));
    return this.destroy();
  }

  override _read(): void {
    const peer = this.#peer;
    if (peer && peer.#full) peer.#written();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#begin(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this.#begin(chunks, done);
  }

  override _final(done: Done): void {
    this.#sayEnd();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    const peer = this.#peer;
    if (peer) {
      const unread = this.readableLength > 0 || peer.#writing !== undefined;
      if (!error && !unread) this.#sayEnd();
      this.#part();
      if (error || unread) peer.destroy(fault('ECONNRESET', 'The other end reset the connection'));
    }
    // An error costs a stack trace: none for nobody.
    if (this.#writing) this.#written(error ?? fault('ECONNRESET', 'The connection was closed'));
    this.#full = false;
    done(error);
  }

  #begin(chunks: Chunks, done: Done): void {
    if (!this.#peer) return done(fault('EPIPE', 'The other end is closed'));
    this.#writing = done;
    setImmediate(PairEnd.#carry, this, chunks);
  }

  static #carry(this: void, end: PairEnd, chunks: Chunks): void {
    const done = end.#writing;
    if (!done) return; // destroyed meanwhile
    const peer = end.#peer;
    if (!peer) return end.#written(fault('EPIPE', 'The other end is closed'));
    let room = true;
    // Set before: the peer may read on while it is given, and then the next write has begun.
    end.#full = true;
    if (Array.isArray(chunks)) for (const { chunk } of chunks) room = peer.push(chunk);
    else room = peer.push(chunks);
    if (room && end.#writing === done) end.#written();
  }

  #written(error?: Error): void {
    const done = this.#writing;
    this.#writing = undefined;
    this.#full = false;
    done?.(error);
  }

  #sayEnd(): void {
    if (this.#saidEnd) return;
    this.#saidEnd = true;
    if (this.#peer && !this.#peer.destroyed) this.#peer.push(null);
  }

  #part(): void {
    const peer = this.#peer;
    if (!peer) return;
    this.#peer = undefined;
    peer.#peer = undefined;
  }
}

/** Without a trace: a connection that ends is no news, and Node would have the text of each made. */
function fault(code: string, message: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return Object.assign(new Error(message), { code });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

export function pair(): [PairEnd, PairEnd] {
  const ends: [PairEnd, PairEnd] = [new PairEnd(), new PairEnd()];
  PairEnd.join(...ends);
  return ends;
}
