/**
 * Mail that came back: follows the event log with a cursor of its own, reads
 * each message that may be a report, finds what it is about and tells it.
 * A report is told once: a crash in the midst, or the same report delivered
 * again, makes no second event. A report that cannot be matched is told only
 * when it says in its MIME type that it is one. Our own notices are passed
 * over: what they say was told when it happened.
 */
import { createHash } from 'node:crypto';
import type { Cancel, Clock } from '../clock.ts';
import type { Bounce, BounceRecipient } from '../dsn/bounce.ts';
import type { Verdict } from '../classify/verdict.ts';
import { NOTICE_FIELD } from '../dsn/compose.ts';
import { feedbackVerdict } from '../dsn/feedback.ts';
import { parseBounce } from '../dsn/parse.ts';
import { fieldOf, MESSAGE_LIMIT } from '../dsn/read.ts';
import { claimOf, type Verp } from '../dsn/verp.ts';
import type { PosternEvent } from '../events/event.ts';
import { type Hub, LaggedError, type Subscription } from '../events/hub.ts';
import type { EventStore } from '../events/port.ts';
import type { InboxStore } from '../inbox/port.ts';
import type { Log } from '../log.ts';
import { HEADER_LIMIT, readFields } from '../mail/header.ts';
import type { MessageSummary } from '../mail/message.ts';
import type { KeptStore, ReturnStore, SentRecipient } from '../queue/port.ts';
import { type Found, judge, type Received } from './judge.ts';
import { byReturnPath, type Match, match, sameAddress } from './match.ts';
import { createProgress, type Progress } from './progress.ts';

export type ReturnsOptions = {
  store: ReturnStore & KeptStore & Pick<EventStore, 'events' | 'lastEvent'> & Pick<InboxStore, 'body' | 'read'>;
  hub: Hub;
  /** The signed return paths of a stream; undefined when it has none. */
  verp?: (stream: string) => Verp | undefined;
  clockOf: (stream: string) => Clock;
  /** To wait by when the store cannot take it now. */
  wall: Clock;
  log: Pick<Log, 'warn' | 'error'>;
};

export interface Returns extends AsyncDisposable {
  /** Goes on where it stopped; at the first start of all, with what comes from now on. */
  start(): Promise<void>;
  /** Something that may be a report is in the log and not yet dealt with. Of one stream, or of any. */
  busy(stream?: string): boolean;
  /** Resolves when nothing is. */
  quiet(stream?: string): Promise<void>;
}

type Captured = Extract<PosternEvent, { type: 'message.captured' }>;

const isAutomatic = ({ envelopeFrom, header }: MessageSummary): boolean => envelopeFrom === '' || header.automatic === true;
const NULL_SENDER = Buffer.from('Return-Path: <>\r\n');

/** Milliseconds after which a store that could not take it is asked again. */
const AGAIN = 2_000;

export function createReturns({ store, hub, verp = () => undefined, clockOf, wall, log }: ReturnsOptions): Returns {
  /** Candidates that were seen in the log and are not done, by event id. */
  const open = new Map<number, string>();
  /** How far the log was read. What is told of a commit only after that is done already: the log is read by another thread, which may see a commit first. */
  let progress: Progress | undefined;
  let waiting: (() => void)[] = [];
  let closed = false;
  let subscription: Subscription | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopHearing: Cancel = () => {};
  let stopPause: Cancel = () => {};
  let wakePause = () => {};

  const mayBe = (event: PosternEvent): event is Captured => {
    if (event.type !== 'message.captured') return false;
    return isAutomatic(event.summary) || event.summary.recipients.some((address) => claimOf(address) !== undefined);
  };

  const done = (id: number) => {
    if (!open.delete(id)) return;
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };

  async function follow(progress: Progress): Promise<void> {
    for (;;) {
      if (closed) return;
      try {
        subscription = hub.subscribe({ after: progress.cursor });
        for await (const event of subscription) {
          if (closed) break;
          if (mayBe(event)) await persist(event, progress);
          else {
            const saved = progress.passed(event.id);
            if (saved) await saved;
          }
          // Also of what is none any more: a stream may have got another return path since it came.
          done(event.id);
        }
      } catch (error) {
        // Too far behind for the hub, or the store is away: from the cursor again.
        if (!closed) {
          log.warn({ error: (error as Error).message }, 'the reader of returned mail begins again at its cursor');
          if (!(error instanceof LaggedError)) await pause();
        }
      }
    }
  }

  const pause = () => new Promise<void>((resolve) => {
    wakePause = resolve;
    stopPause = wall.after(AGAIN, resolve);
  });

  /** Until it is told: a report must not be lost because the disk was full. */
  async function persist(event: Captured, progress: Progress): Promise<void> {
    for (;;) {
      try {
        await tell(event, progress);
        return;
      } catch (error) {
        if (closed) throw error;
        log.error({ error: (error as Error).message, message: event.message }, 'a report could not be told; it will be tried again');
        await pause();
        if (closed) throw error;
      }
    }
  }

  async function tell({ id, stream, message, summary }: Captured, progress: Progress): Promise<void> {
    const { recipients } = summary;
    const addressed = await byReturnPath(store, verp, recipients);
    // A person's mail is none, unless it came to a return path that we signed, be its message gone.
    const isCandidate = addressed !== undefined || isAutomatic(summary) || recipients.some((address) => verp(stream)?.read(address));
    const raw = progress.wasTold(message) || !isCandidate ? undefined : await bytesOf(message);
    const found = raw && (await findingsOf(raw, addressed, stream, message, summary, progress));
    if (!found) return progress.passed(id);
    await store.report(found.report);
    await progress.told(id, found.identity);
  }

  async function bytesOf(message: string): Promise<Buffer | undefined> {
    const body = await store.body(message, { start: 0, end: MESSAGE_LIMIT });
    if (!body) return undefined;
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async function findingsOf(raw: Buffer, addressed: SentRecipient | undefined, stream: string, report: string, { envelopeFrom, header }: MessageSummary, progress: Progress): Promise<{ report: Found; identity: string } | undefined> {
    const fields = readFields(raw.subarray(0, HEADER_LIMIT));
    if (fieldOf(fields, NOTICE_FIELD.toLowerCase()) !== undefined) return undefined;
    // Some mailers give many reports one Message-ID; what they are about is another matter each time.
    const identity = createHash('sha256').update(`${stream}\0${addressed ? `${addressed.message} ${addressed.n}\0` : ''}`).update(header.messageId || raw).digest('base64url').slice(0, 16);
    if (progress.has(identity)) return undefined;
    const isReport = /^\s*multipart\/report\b/i.test(fieldOf(fields, 'content-type') ?? '');
    // A mailbox would have noted it.
    const bounce = parseBounce(envelopeFrom === '' ? Buffer.concat([NULL_SENDER, raw]) : raw, addressed?.recipient);
    // A complaint comes to a mailbox of the domain, and says which return path the mail had.
    const token = addressed ?? (await byReturnPath(store, verp, bounce.originalSenders ?? []));
    const threads = bounce.kind === 'autoreply' ? idsOf(`${fieldOf(fields, 'in-reply-to') ?? ''} ${fieldOf(fields, 'references') ?? ''}`) : [];
    const traces = { stream, token, ...(bounce.envelopeId === undefined ? {} : { envelopeId: bounce.envelopeId }), messageIds: [...(bounce.originalMessageId === undefined ? [] : [bounce.originalMessageId]), ...threads] };

    const found: Found = { events: [], suppress: [], strikes: [] };
    const earlier = earlierReports();
    for (const told of token ? [oneOf(bounce, token.recipient)] : bounce.recipients) {
      const matched = await match(store, traces, told);
      // What a program wrote to somebody is our own mail on its way, unless it is about mail of ours or surely a report.
      if (!matched && !(isReport && bounce.kind !== 'autoreply')) continue;
      const judged = judge(bounce, told, matched, { stream: matched?.sent.stream ?? stream, report, at: timeOf(matched, stream), signs: verp(matched?.sent.stream ?? stream) !== undefined });
      if (!judged || found.events.some((event) => isSame(event as Received, judged.event)) || (await earlier(judged.event, header.messageId))) continue;
      found.events.push(judged.event);
      found.suppress.push(...judged.held.suppress);
      found.strikes.push(...judged.held.strikes);
    }
    return found.events.length === 0 ? undefined : { report: found, identity };
  }

  /** Mail that really went out lives by the wall, whatever time its stream's simulated mail has. */
  const timeOf = (matched: Match | undefined, stream: string): number => (matched?.sent.mode === 'deliver' ? wall : clockOf(matched?.sent.stream ?? stream)).now();

  /** The same report again, long after: known by what it led to. */
  function earlierReports(): (event: Received, messageId: string) => Promise<boolean> {
    const known = new Map<string, PosternEvent[]>();
    const ids = new Map<string, string | undefined>();
    async function idOf(report: string): Promise<string | undefined> {
      if (!ids.has(report)) ids.set(report, (await store.read(report))?.header.messageId);
      return ids.get(report);
    }
    return async (event, messageId) => {
      if (event.message === '') return false;
      let events = known.get(event.message);
      if (!events) known.set(event.message, (events = await store.returned(event.message)));
      for (const one of events) {
        if (!isSame(one as Received, event)) continue;
        const { report } = one as Received;
        if (report === event.report || (messageId !== '' && (await idOf(report)) === messageId)) return true;
      }
      return false;
    };
  }

  return {
    async start() {
      stopHearing = hub.onCommit((events) => {
        for (const event of events) if (mayBe(event) && event.id > (progress?.cursor ?? 0)) open.set(event.id, event.stream);
      });
      progress = await createProgress(store, (event) => {
        if (mayBe(event)) open.set(event.id, event.stream);
      });
      // At the first start of all: what was there before is not looked at.
      for (const id of open.keys()) if (id <= progress.cursor) done(id);
      running = follow(progress).then(() => progress!.close()).catch((error: unknown) => log.warn({ error: String(error) }, 'how far returned mail was read could not be kept'));
    },
    busy: (stream) => (stream === undefined ? open.size > 0 : [...open.values()].includes(stream)),
    async quiet(stream) {
      for (;;) {
        if (closed || !this.busy(stream)) return;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      stopHearing();
      stopPause();
      wakePause();
      subscription?.close();
      await running;
      open.clear();
      for (const wake of waiting) wake();
    },
  };
}

const isSame = (a: Received, b: Received): boolean => a.type === b.type && a.message === b.message && sameAddress(a.recipient, b.recipient);

const idsOf = (text: string): string[] => [...text.slice(0, 10_000).matchAll(/<([^\s<>]{1,500})>/g)].map((found) => found[1]!);

/** A signed return path is for one recipient: what the report says of it, or of whomever it names (a complaint may name nobody). */
function oneOf(bounce: Bounce, recipient: string): BounceRecipient {
  const named = bounce.recipients.find((one) => sameAddress(one.recipient, recipient) || (one.originalRecipient !== undefined && sameAddress(one.originalRecipient, recipient))) ?? bounce.recipients[0];
  if (named) return named;
  const verdict: Verdict = bounce.kind === 'arf' ? feedbackVerdict(bounce.feedbackType ?? 'abuse') : { class: 'unknown', scope: 'message', permanence: 'none', action: 'fail', rule: 'none', facets: { confidence: 'none' } };
  return { recipient, action: bounce.kind === 'bounce' ? 'failed' : null, status: null, replyCode: null, diagnostic: '', hard: false, class: verdict.class, verdict };
}
