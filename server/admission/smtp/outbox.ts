/**
 * Replies on their way out. All that are made in one turn of the event loop go
 * out in one write: a write is the dearest thing a listener does (half of its
 * CPU with small messages), and pipelined commands are answered in one turn.
 */
export type Outbox = {
  /** Adds a line; it is written when the turn ends, or at once when much has come together. */
  add(line: string): void;
  flush(): void;
  /** What is not written yet; the caller writes it. */
  take(): string;
};

/** In characters. */
const FULL = 16 * 1024;

export function createOutbox(write: (text: string) => void): Outbox {
  let waiting = '';
  let queued = false;
  const flush = () => {
    queued = false;
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    write(text);
  };
  return {
    add(line) {
      waiting += `${line}\r\n`;
      if (waiting.length > FULL) flush();
      else if (!queued) {
        queued = true;
        queueMicrotask(flush);
      }
    },
    flush,
    take() {
      const text = waiting;
      waiting = '';
      return text;
    },
  };
}
