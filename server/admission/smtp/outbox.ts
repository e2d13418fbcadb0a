/**
 * Replies on their way out. All that are made in one turn of the event loop go
 * out in one write: a write is the dearest thing a listener does (half of its
 * CPU with small messages), and pipelined commands are answered in one turn.
 */
/** In characters. */
const FULL = 16 * 1024;
/** As `queueMicrotask`, which makes an AsyncResource each time. */
const NOW = Promise.resolve();

export class Outbox {
  readonly #write: (text: string) => void;
  #waiting = '';
  #isQueued = false;
  readonly #flush = () => this.flush();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Adds a line; it is written when the turn ends, or at once when much has come together. */
  add(line: string): void {
    this.#waiting += `${line}\r\n`;
    if (this.#waiting.length > FULL) this.flush();
    else if (!this.#isQueued) {
      this.#isQueued = true;
      void NOW.then(this.#flush);
    }
  }

  flush(): void {
    this.#isQueued = false;
    const text = this.take();
    if (text !== '') this.#write(text);
  }

  /** What is not written yet; the caller writes it. */
  take(): string {
    const text = this.#waiting;
    this.#waiting = '';
    return text;
  }
}
