/**
 * What comes from a client: command lines, and after DATA the octets of a
 * message. One command is out at a time; the rest of the input waits, and so,
 * through the socket, does the client. A command ends at LF, with or without a
 * CR before it (people type them with netcat); a message only at CR LF . CR LF.
 * A line beyond the limit is passed over without being collected. A command
 * without its line end is none: it is dropped when the input ends.
 */
import { EventEmitter } from 'node:events';
import { bodyScanner, type Scanned } from './body-scanner.ts';

export type BodySink = {
  /** A piece of the message. A promise is back-pressure and never rejects. */
  write(piece: Buffer): void | Promise<void>;
  /** The final dot was read; `done` lets the next command come. */
  end(done: () => void): void;
};

export type WireEvents = {
  /** Without its end. Octets that are no UTF-8 are U+FFFD. */
  command(line: string, done: () => void): void;
  tooLong(done: () => void): void;
  /** The client will send no more; everything it sent has been answered. */
  ended(): void;
};

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);
const HELD_CR = Buffer.alloc(1, CR);
/** Octets of a message that are kept in one buffer, where they come in small pieces. */
const TOGETHER = 4_096;
/** Commands taken before other connections have a turn. */
const TURN = 100;
/** Octets that may wait for us before the client has to. */
const WAITING_MOST = 64 * 1024;

function copyOf(octets: Buffer): Buffer {
  if (octets.length === 0) return EMPTY; // after nearly every message
  const copy = Buffer.allocUnsafeSlow(octets.length);
  octets.copy(copy);
  return copy;
}

/** As much of a Writable as `pipe` needs: a whole one makes a tick and a record of each chunk. */
export class Wire extends EventEmitter {
  /** Once true, what still comes is read and thrown away. */
  isClosed = false;
  readonly #limit: number;
  readonly #events: WireEvents;
  #chunk: Buffer = EMPTY;
  #at = 0;
  /** Of a line: a string, so that one that comes octet by octet is not many buffers. Latin-1, and so every octet. */
  #partial = '';
  #partialLength = 0;
  /** What a message that comes in is copied into, and how far that is used. */
  #own = EMPTY;
  #used = 0;
  /** Chunks behind the one that is being read, and the octets of all of them. */
  #waiting: Buffer[] = [];
  #held = 0;
  #isReading = false;
  #isFull = false;
  #isEnded = false;
  #body: { scan: (chunk: Buffer) => Scanned; sink: BodySink } | undefined;
  #pressed = false;

  constructor(limit: number, events: WireEvents) {
    super();
    this.#limit = limit;
    this.#events = events;
  }

  /** From the next octet on it is a message. */
  beginBody(sink: BodySink): void {
    this.#body = { scan: bodyScanner(), sink };
  }

  /** A message is coming in and it is the client that is waited for. */
  get wantsBody(): boolean {
    return this.#body !== undefined && !this.#pressed;
  }

  /** The chunk is the caller's again afterwards, and is written over. False when enough is waiting: no more until `drain`. */
  write(chunk: Buffer): boolean {
    // Also while a command is still with us: it must not keep the client's end from being read.
    if (this.isClosed) return true;
    this.#held += chunk.length;
    if (this.#isReading) this.#waiting.push(copyOf(chunk));
    else {
      this.#isReading = true;
      this.#chunk = chunk;
      this.#at = 0;
      this.#pump();
      if (this.#isReading) this.#keepRest();
    }
    if (this.#held >= WAITING_MOST) this.#isFull = true;
    return this.isClosed || !this.#isFull;
  }

  /** What could not be read to its end yet waits here. */
  #keepRest(): void {
    this.#held -= Math.min(this.#at, this.#chunk.length);
    this.#chunk = copyOf(this.#chunk.subarray(this.#at));
    this.#at = 0;
  }

  end(): void {
    this.#isEnded = true;
    if (!this.#isReading && !this.isClosed) this.#events.ended();
  }

  #pump(): void {
    for (let turn = 0; ; turn++) {
      if ((this.isClosed || this.#at >= this.#chunk.length) && !this.#nextChunk()) return;
      if (turn >= TURN) {
        setImmediate(() => this.#pump());
        return;
      }
      if (!(this.#body ? this.#readBody() : this.#readLine())) return;
    }
  }

  /** False when there is none. */
  #nextChunk(): boolean {
    const next = this.isClosed ? undefined : this.#waiting.shift();
    if (next) {
      this.#held -= this.#chunk.length;
      this.#chunk = next;
      this.#at = 0;
      return true;
    }
    this.#chunk = EMPTY;
    this.#waiting = [];
    this.#held = 0;
    this.#isReading = false;
    if (this.#isEnded && !this.isClosed) this.#events.ended();
    if (this.#isFull) {
      this.#isFull = false;
      this.emit('drain');
    }
    return false;
  }

  /** False when the pump has to wait: it is called again. */
  #readLine(): boolean {
    const chunk = this.#chunk;
    const from = this.#at;
    const lf = chunk.indexOf(LF, from);
    const end = lf < 0 ? chunk.length : lf;
    this.#at = end + 1;
    const length = this.#partialLength + end - from;
    if (lf < 0) {
      this.#partialLength = length;
      this.#partial = length <= this.#limit ? this.#partial + chunk.toString('latin1', from, end) : '';
      return true;
    }
    const before = this.#partial;
    this.#partial = '';
    this.#partialLength = 0;
    if (length > this.#limit) return this.#handOver((done) => this.#events.tooLong(done));
    if (before === '') return this.#handOverLine(chunk, from, end);
    const whole = Buffer.from(before + chunk.toString('latin1', from, end), 'latin1');
    return this.#handOverLine(whole, 0, whole.length);
  }

  #handOverLine(octets: Buffer, from: number, end: number): boolean {
    const line = octets.toString('utf8', from, end > from && octets[end - 1] === CR ? end - 1 : end);
    return this.#handOver((done) => this.#events.command(line, done));
  }

  #readBody(): boolean {
    const { scan, sink } = this.#body!;
    const chunk = this.#at === 0 ? this.#chunk : this.#chunk.subarray(this.#at);
    const { heldCr, kept, end } = scan(chunk);
    this.#at = end < 0 ? this.#chunk.length : this.#at + end;
    let pressed = heldCr ? sink.write(this.#keep(HELD_CR)) : undefined;
    if (kept.length > 0) {
      const own = this.#keep(kept);
      pressed = pressed ? pressed.then(() => sink.write(own)) : sink.write(own);
    }
    if (!pressed) return end < 0 || this.#endBody(sink);
    void this.#goOnAfter(pressed, () => end < 0 || this.#endBody(sink));
    return false;
  }

  /** Many small pieces stand in one buffer: each in its own would take a hundred times its size. */
  #keep(piece: Buffer): Buffer {
    if (piece.length > this.#own.length - this.#used) {
      // Not of Node's pool, which a slow client would keep 64 KB of for each piece.
      this.#own = Buffer.allocUnsafeSlow(Math.max(piece.length, TOGETHER));
      this.#used = 0;
    }
    const from = this.#used;
    piece.copy(this.#own, from);
    this.#used += piece.length;
    return this.#own.subarray(from, this.#used);
  }

  async #goOnAfter(pressed: Promise<void>, go: () => boolean): Promise<void> {
    this.#pressed = true;
    await pressed;
    this.#pressed = false;
    if (go()) this.#pump();
  }

  #endBody(sink: BodySink): boolean {
    this.#body = undefined;
    this.#own = EMPTY;
    this.#used = 0;
    return this.#handOver((done) => sink.end(done));
  }

  /** Calls and waits for `done`; true when it came at once, so that the loop goes on instead of a recursion. */
  #handOver(call: (done: () => void) => void): boolean {
    let now = true;
    let finished = false;
    call(() => {
      if (finished) return;
      finished = true;
      if (!now) this.#pump();
    });
    now = false;
    return finished;
  }
}
