/**
 * The event stream over fetch: replays from a cursor, then stays. When the
 * connection breaks it comes back with the last id it saw, so that no event
 * is lost or told twice. Ends when the loop is left or the signal is raised.
 */
import type { PosternEvent } from './contract.ts';
import { PosternError } from './errors.ts';
import type { Wire } from './wire.ts';

export type EventOptions = {
  /** Only what came after this event; without it, what comes from now on. */
  after?: number | undefined;
  stream?: string | undefined;
  /** Only these kinds. */
  types?: PosternEvent['type'][] | undefined;
  /** Only what happened to this message. */
  message?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Told true whenever the stream is open (again), false when it broke. */
  onLine?: (open: boolean) => void;
};

/** Milliseconds before coming back; doubled up to the longest. */
const BACK = { first: 100, longest: 5_000 };

export async function* readEvents(wire: Wire, options: EventOptions = {}): AsyncGenerator<PosternEvent, void, undefined> {
  const leave = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, leave.signal]) : leave.signal;
  let last = options.after;
  let pause = BACK.first;
  let everOpen = false;
  try {
    while (!signal.aborted) {
      try {
        const response = await wire.answer('GET', '/v1/events/stream', { query: { after: last, stream: options.stream, types: options.types?.join(','), message: options.message }, headers: { accept: 'text/event-stream', 'last-event-id': last === undefined ? undefined : String(last) }, signal });
        const type = response.headers.get('content-type')?.split(';')[0] ?? 'something';
        if (type !== 'text/event-stream') {
          await response.body?.cancel();
          throw new PosternError(`${wire.http} answered ${response.status} with ${type} where events should come: no sandbox says that.`, { status: response.status });
        }
        everOpen = true;
        pause = BACK.first;
        options.onLine?.(true);
        for await (const { id, data } of parseSse(response.body!)) {
          const event = data === '' ? undefined : JSON.parse(data) as PosternEvent;
          if (id !== '' && /^\d+$/.test(id)) last = Number(id);
          if (event?.type !== undefined) yield event;
        }
      } catch (error) {
        if (signal.aborted) return;
        // Wrong address or token, or another's page: coming back would not help. A sandbox that went away may be starting again.
        if (error instanceof SyntaxError || (error instanceof PosternError && (!everOpen || error.redirected || (error.status > 0 && error.status < 500)))) throw error;
      }
      if (!signal.aborted) options.onLine?.(false);
      await sleep(pause, signal);
      pause = Math.min(pause * 2, BACK.longest);
    }
  } finally {
    leave.abort();
  }
}

/** Server-sent events (HTML standard §9.2.6): fields until an empty line; comments are passed over. */
export async function* parseSse(body: ReadableStream<Uint8Array>): AsyncGenerator<{ id: string; event: string; data: string }> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let afterCr = false;
  let id = '';
  let event = '';
  let data: string[] = [];
  let placed = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return; // an event without its empty line does not count
      let text = decoder.decode(value, { stream: true });
      if (text === '') continue;
      // A CR ends its line at once; when it was half of CR LF, the other half is passed over here.
      if (afterCr && text.startsWith('\n')) text = text.slice(1);
      afterCr = text === '' ? false : text.endsWith('\r');
      const lines = (rest + text).split(/\r\n|\r|\n/);
      rest = lines.pop()!;
      for (const line of lines) {
        if (line === '') {
          // An id without data tells no event, but from where to go on.
          if (data.length > 0 || placed) yield { id, event, data: data.join('\n') };
          event = '';
          data = [];
          placed = false;
          continue;
        }
        const colon = line.indexOf(':');
        const field = colon < 0 ? line : line.slice(0, colon);
        const said = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') data.push(said);
        else if (field === 'event') event = said;
        else if (field === 'id' && !said.includes('\0')) {
          id = said;
          placed = true;
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', wake);
  });
}
