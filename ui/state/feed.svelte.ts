/**
 * The event stream, in batches. However fast mail comes, listeners are called
 * at most once per frame, with all that has arrived since; nothing is left
 * out and the order is kept. `opened` is called whenever the stream is there
 * (again), so that what was missed without a cursor can be asked for.
 */
import type { PosternEvent } from '../../sdk/contract.ts';
import { PosternError } from '../../sdk/errors.ts';
import { isForeign } from './fault.ts';

export type Read = (options: { signal: AbortSignal; after: number | undefined; onLine: (open: boolean) => void }) => AsyncIterable<PosternEvent>;
/** Calls back when it is time to draw. */
export type Frame = (draw: () => void) => void;

/** Milliseconds before another try when the stream could not be opened at all. */
const BACK = 1_000;
/** Milliseconds of reading after which others get their turn. */
const SLICE = 8;

export class Feed {
  line: 'connecting' | 'live' | 'lost' = $state('connecting');
  /** While it is lost: what answers is something in front of Postern. */
  foreign = $state(false);
  #read: Read;
  #frame: Frame;
  #waiting: PosternEvent[] = [];
  #listeners = new Set<(events: PosternEvent[]) => void>();
  #openers = new Set<() => void>();
  #refused: (error: PosternError) => void;
  /** The event seen last: where another connection goes on. */
  #last: number | undefined;

  constructor(read: Read, frame: Frame, refused: (error: PosternError) => void = () => {}) {
    this.#read = read;
    this.#frame = frame;
    this.#refused = refused;
  }

  listen(hear: (events: PosternEvent[]) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  opened(told: () => void): () => void {
    this.#openers.add(told);
    return () => this.#openers.delete(told);
  }

  /** Follows until the returned function is called. */
  follow(): () => void {
    const leave = new AbortController();
    void this.#run(leave.signal);
    return () => {
      leave.abort();
      this.line = 'connecting';
    };
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        let since = performance.now();
        for await (const event of this.#read({ signal, after: this.#last, onLine: (open) => this.#turn(open) })) {
          this.#take(event);
          // A backlog comes without a pause between events; the page must not wait until it is through.
          if (performance.now() - since < SLICE) continue;
          await new Promise((resolve) => setTimeout(resolve));
          since = performance.now();
        }
      } catch (error) {
        if (signal.aborted) return;
        this.foreign = isForeign(error);
        if (error instanceof PosternError && error.status === 401 && !this.foreign) {
          this.#refused(error);
          return;
        }
      }
      if (signal.aborted) return;
      this.line = 'lost';
      await new Promise((resolve) => setTimeout(resolve, BACK));
    }
  }

  #turn(open: boolean): void {
    this.line = open ? 'live' : 'lost';
    this.foreign = false;
    if (open) for (const told of this.#openers) told();
  }

  #take(event: PosternEvent): void {
    this.#last = event.id;
    this.#waiting.push(event);
    if (this.#waiting.length > 1) return;
    this.#frame(() => {
      const events = this.#waiting;
      this.#waiting = [];
      for (const hear of this.#listeners) hear(events);
    });
  }
}

/** With the screen's next frame; a page that is not seen has none and takes a slow beat. */
export const nextFrame: Frame = (draw) => void (document.hidden ? setTimeout(draw, 250) : requestAnimationFrame(draw));
