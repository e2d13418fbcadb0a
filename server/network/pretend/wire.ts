/**
 * The octets of one conversation: what comes in is cut into lines, or handed
 * on as octets of a message; what goes out is gathered while there is input to
 * work on, so that the answers to a pipelined batch are one write. It reads no
 * further than it may: while held, and while the other side does not take what
 * was written, input waits where it came from.
 *
 *     lines ⇄ body        held ⇄ free         deaf (what comes in is dropped)
 */
import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';

/** Octets that wait here while held; beyond, the other side waits. */
const WAITING = 64 * 1024;
const LF = 0x0a;
const CR = 0x0d;
const NOTHING = Buffer.alloc(0);

export type Heard = {
  line(line: string): void;
  /** Longer than a line may be; it is skipped. */
  tooLong(): void;
  /** Octets of a message. Answers where the chunk goes on after its end, or -1. */
  octets(chunk: Buffer): number;
  /** The other side says no more, and all that it said was worked on (or, while held, never will be). */
  ended(): void;
  /** Our side was ended; the other may linger. */
  ending(): void;
  /** The connection is closed, whoever did it. Once. */
  gone(): void;
  /** A bug of ours; the connection is closed after it. */
  broke(error: unknown): void;
};

export class Wire {
  body = false;
  #stream: Duplex;
  readonly #raw: Duplex;
  readonly #heard: Heard;
  readonly #longest: number;
  #input: Buffer = NOTHING;
  #came: Buffer[] = [];
  #cameLength = 0;
  #skipping = false;
  #held = false;
  #stuck = false;
  #deaf = false;
  #pumping = false;
  #inputEnded = false;
  #toldEnd = false;
  #over = false;
  #out = '';

  constructor(raw: Duplex, heard: Heard, longest: number) {
    this.#raw = raw;
    this.#stream = raw;
    this.#heard = heard;
    this.#longest = longest;
    raw.on('error', () => {}); // 'close' follows
    raw.on('close', () => this.#gone());
    this.#listen(raw);
  }

  get over(): boolean {
    return this.#over;
  }

  write(text: string): void {
    this.#out += text;
  }

  /** A piece of a character may be all of it, so it goes at once and not through a text. */
  writeOctets(octets: Buffer): void {
    this.flush();
    if (!this.#over && !this.#stream.writableEnded) this.#stream.write(octets);
  }

  /** Sends what was gathered; `taken` is called when the other side has it. */
  flush(taken?: () => void): void {
    const text = this.#out;
    this.#out = '';
    if (this.#over || this.#stream.writableEnded) return;
    if (text === '') return taken?.();
    const sent = taken ? this.#stream.write(text, () => taken()) : this.#stream.write(text);
    if (sent || this.#stuck) return;
    this.#stuck = true;
    this.#stream.once('drain', () => {
      this.#stuck = false;
      this.pump();
    });
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.pump();
  }

  /** From now on nothing is listened to. */
  deafen(): void {
    this.#deaf = true;
    this.#drop();
    if (!this.#over) this.#stream.resume();
  }

  /** Sends what was gathered and ends our side; the other may still talk, nobody listens. */
  end(): void {
    this.flush();
    this.deafen();
    if (this.#over) return;
    this.#stream.end();
    this.#heard.ending();
  }

  /** The other side sees ECONNRESET, after what it was told before: a pipelined MAIL keeps its answer. */
  reset(): void {
    const raw = this.#raw as Duplex & { resetAndDestroy?: () => void };
    this.flush(() => {
      if (this.#stream === raw && raw.resetAndDestroy) raw.resetAndDestroy();
      else {
        raw.resetAndDestroy?.();
        this.#stream.destroy();
      }
    });
    this.deafen();
  }

  destroy(): void {
    this.deafen();
    this.#stream.destroy();
    this.#raw.destroy();
  }

  /**
   * Sends what was gathered (the 220) and speaks TLS from then on. What came
   * before it in clear is dropped (RFC 3207 §6), so that nothing is slipped in.
   */
  secure(context: SecureContext, ready: () => void): void {
    if (this.#over) return;
    const raw = this.#raw;
    this.#drop();
    raw.off('data', this.#onData).off('end', this.#onEnd);
    // In the process the answer to the 220 comes before its write returns: it belongs to the handshake.
    raw.pause();
    this.flush();
    const secured = new TLSSocket(raw as never, { isServer: true, secureContext: context });
    secured.on('error', () => {});
    secured.on('_tlsError', () => raw.destroy());
    secured.on('close', () => raw.destroy());
    secured.once('secure', () => this.#guarded(ready));
    this.#stream = secured;
    this.#listen(secured);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#deaf) return;
    this.#came.push(chunk);
    this.#cameLength += chunk.length;
    if ((this.#held || this.#stuck) && this.#cameLength > WAITING) this.#stream.pause();
    else this.pump();
  };

  readonly #onEnd = (): void => {
    this.#inputEnded = true;
    this.pump();
  };

  #listen(stream: Duplex): void {
    stream.on('data', this.#onData).on('end', this.#onEnd);
  }

  #drop(): void {
    this.#came = [];
    this.#cameLength = 0;
    this.#input = NOTHING;
  }

  #gone(): void {
    if (this.#over) return;
    this.#over = true;
    this.#drop();
    this.#guarded(() => this.#heard.gone());
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#heard.broke(error);
      this.destroy();
    }
  }

  pump(): void {
    if (this.#pumping || this.#over) return;
    this.#pumping = true;
    this.#guarded(() => this.#work());
    this.#pumping = false;
    if (this.#over) return;
    // A held conversation sends what it has to say when it knows more (see `flush`).
    if (!this.#held && this.#out !== '') this.#guarded(() => this.flush());
    if (!this.#held && !this.#stuck && this.#stream.isPaused()) this.#stream.resume();
    if (this.#inputEnded && !this.#stuck && !this.#toldEnd) {
      this.#toldEnd = true;
      this.#guarded(() => this.#heard.ended());
    }
  }

  #work(): void {
    while (!this.#held && !this.#stuck && !this.#deaf && !this.#over) {
      if (this.#came.length > 0) {
        this.#input = this.#input.length === 0 && this.#came.length === 1 ? this.#came[0]! : Buffer.concat([this.#input, ...this.#came]);
        this.#came = [];
        this.#cameLength = 0;
      }
      const input = this.#input;
      if (input.length === 0) return;
      if (this.body) {
        this.#input = NOTHING;
        const end = this.#heard.octets(input);
        // Taken up again by whoever released, when the message's end was held.
        if (end >= 0 && !this.#deaf) this.#input = input.subarray(end);
        continue;
      }
      const at = input.indexOf(LF);
      if (at < 0) {
        if (this.#skipping) this.#input = NOTHING;
        else if (input.length > this.#longest) {
          this.#skipping = true;
          this.#input = NOTHING;
        }
        return;
      }
      this.#input = input.subarray(at + 1);
      if (this.#skipping || at > this.#longest) {
        this.#skipping = false;
        this.#heard.tooLong();
      } else this.#heard.line(input.toString('utf8', 0, at > 0 && input[at - 1] === CR ? at - 1 : at));
    }
  }
}
