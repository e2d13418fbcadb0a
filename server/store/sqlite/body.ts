/**
 * A body on its way in. Up to one piece waits in memory for its message; what
 * is larger goes to the store piece by piece under an upload of its own, and
 * the caller is held back until a piece is written, so a message of any size
 * holds about one piece of memory.
 */
import { type BodyWriter, StoreFault } from '../../admission/port.ts';
import { PIECE, PIECES_MOST } from './wire.ts';

/** Where pieces go: the intake. */
export type PieceSink = {
  newUpload(): number;
  writePiece(upload: number, n: number, data: Uint8Array): Promise<void>;
  drop(upload: number): void;
};

// One for all: making an error costs more than all else that a body does at its end.
const CLOSED = new StoreFault('closed', 'This body is closed');

export class Body implements BodyWriter {
  size = 0;
  #sink: PieceSink;
  #chunks: Uint8Array[] = [];
  /** Octets in `#chunks`, and in pieces that are being written. */
  #loose = 0;
  #flying = 0;
  #written: Promise<void> | undefined;
  #upload: { id: number; pieces: number } | undefined;
  #fault: StoreFault | undefined;

  constructor(sink: PieceSink) {
    this.#sink = sink;
  }

  get held(): number {
    return this.#loose + this.#flying;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#fault) throw this.#fault;
    this.size += chunk.length;
    this.#chunks.push(chunk);
    this.#loose += chunk.length;
    if (this.#loose <= PIECE) return;
    while (this.#loose > PIECE) this.#spill();
    return this.#written;
  }

  /** What is still in memory, and the upload that it is the end of; waits for the pieces on their way. */
  async finish(): Promise<{ rest: Uint8Array[]; length: number; upload: { id: number; pieces: number } | undefined }> {
    if (this.#written) await this.#written;
    return this.rest();
  }

  /** The same, when `flying` is false. */
  rest(): { rest: Uint8Array[]; length: number; upload: { id: number; pieces: number } | undefined } {
    if (this.#fault) throw this.#fault;
    return { rest: this.#chunks, length: this.#loose, upload: this.#upload };
  }

  get flying(): boolean {
    return this.#flying > 0;
  }

  /** The store has it: nothing is held any more, and nothing is to be dropped. */
  kept(): void {
    this.#upload = undefined;
    this.#close();
  }

  abort(): void {
    const upload = this.#upload;
    this.#upload = undefined;
    this.#close();
    if (!upload) return;
    const drop = () => this.#sink.drop(upload.id);
    if (this.#written) void this.#written.then(drop, drop);
    else drop();
  }

  #close(): void {
    this.#fault ??= CLOSED;
    this.#chunks = [];
    this.#loose = 0;
  }

  /** Cuts one piece off the front. */
  #spill(): void {
    const piece = new Uint8Array(PIECE);
    for (let at = 0; at < PIECE;) {
      const chunk = this.#chunks[0]!;
      const part = chunk.subarray(0, PIECE - at);
      piece.set(part, at);
      at += part.length;
      if (part.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(part.length);
    }
    this.#loose -= PIECE;
    this.#flying += PIECE;
    this.#upload ??= { id: this.#sink.newUpload(), pieces: 0 };
    if (this.#upload.pieces >= PIECES_MOST) throw new StoreFault('full', 'This message is larger than the store can keep');
    const written = this.#sink.writePiece(this.#upload.id, this.#upload.pieces++, piece).finally(() => { this.#flying -= PIECE; });
    this.#written = this.#written ? Promise.all([this.#written, written]).then(() => undefined) : written;
    void this.#watch(this.#written);
  }

  async #watch(written: Promise<void>): Promise<void> {
    try {
      await written;
      if (this.#written === written) this.#written = undefined;
    } catch (error) {
      if (error instanceof StoreFault) this.#fault ??= error;
    }
  }
}
