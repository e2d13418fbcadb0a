/** Hands messages to a store through the gate, as the listeners do: what tests of stores begin with. */
import { createAdmit } from '../../server/admission/admit.ts';
import type { Idempotency } from '../../server/admission/port.ts';
import { type Clock, manualClock } from '../../server/clock.ts';
import { idMaker } from '../../server/ids.ts';
import type { IndexEntry } from '../../server/inbox/port.ts';
import { fold, headerWords } from '../../server/inbox/words.ts';
import { splitAddress } from '../../server/mail/address.ts';
import type { Envelope } from '../../server/mail/envelope.ts';
import type { Session } from '../../server/mail/session.ts';
import type { QueuePlan } from '../../server/queue/port.ts';
import type { Store } from '../../server/store/port.ts';

export type Letter = {
  stream?: string; from?: string; to?: string[]; headers?: Record<string, string>; text?: string;
  /** Instead of headers and text. */
  raw?: Uint8Array; tags?: string[]; metadata?: Record<string, string>; chunk?: number;
  /** To be delivered; what is not said is due at once, for a day, each address under its domain. */
  queue?: Partial<QueuePlan>;
  /** Beside from and to. */
  envelope?: Partial<Envelope>;
};

export const SESSION: Session = {
  id: 'session-1', protocol: 'smtp', client: { address: '127.0.0.1', port: 50_000 }, hello: 'app.test',
  transcript: [{ at: 1, by: 'C', line: 'EHLO app.test' }, { at: 2, by: 'S', line: '250 ok' }], times: { opened: 1, received: 2 },
};

export function rawOf({ headers = {}, text = 'hello', raw }: Letter): Buffer {
  if (raw) return Buffer.from(raw);
  return Buffer.from(`${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}\r\n`);
}

export function postTo(store: Store, clock: Clock = manualClock()) {
  const admit = createAdmit({ store, clock, makeId: idMaker(), streamTags: () => [], limits: { messageSize: 10 ** 9, inFlight: 10 ** 9 } });

  async function seal(letter: Letter) {
    const raw = rawOf(letter);
    const intake = admit.open();
    if ('kind' in intake) return intake;
    for (let at = 0; at < raw.length; at += letter.chunk ?? 65_536) await intake.write(raw.subarray(at, at + (letter.chunk ?? 65_536)));
    const to = letter.to ?? ['ann@inbox.test'];
    const sealed = intake.seal({
      stream: letter.stream ?? 'default', via: 'smtp', session: SESSION,
      envelope: { from: letter.from ?? 'app@sender.test', recipients: to.map((address) => ({ address })), ...letter.envelope },
      ...(letter.tags ? { tags: letter.tags } : {}), ...(letter.metadata ? { metadata: letter.metadata } : {}),
    });
    if (sealed.kind === 'sealed' && letter.queue) sealed.submission.queue = planOf(to, clock.now(), letter.queue);
    return sealed;
  }

  /** The outcome, whatever it is. */
  async function attempt(letter: Letter = {}) {
    const sealed = await seal(letter);
    return sealed.kind === 'refused' ? sealed : admit.commit(sealed);
  }

  /** The id; throws when it is refused. */
  async function post(letter: Letter = {}): Promise<string> {
    const outcome = await attempt(letter);
    if (outcome.kind === 'refused') throw new Error(outcome.text);
    return outcome.id;
  }

  async function postAll(letters: Letter[], idempotency?: Idempotency) {
    const sealed = (await Promise.all(letters.map(seal))).map((one) => {
      if (one.kind === 'refused') throw new Error(one.text);
      return one;
    });
    return admit.commitAll(sealed, idempotency);
  }

  return { post, attempt, postAll, admit };
}

const DAY = 86_400_000;
const planOf = (to: string[], now: number, plan: Partial<QueuePlan>): QueuePlan => ({
  mode: 'simulate', priority: 'normal', queuedAt: now, due: now, expiresAt: now + DAY, destinations: to.map((address) => splitAddress(address).domain.toLowerCase()), ...plan,
});

/** What a parser would find in a plain message, in short. */
export function entryOf(id: string, letter: Letter, more: Partial<IndexEntry['parsed']> = {}): IndexEntry {
  const headers = Object.entries(letter.headers ?? {}).map(([name, value]) => ({ name, value }));
  const field = (name: string) => headers.find((one) => one.name.toLowerCase() === name)?.value ?? '';
  const text = letter.text ?? 'hello';
  const addresses = [letter.from ?? 'app@sender.test', ...(letter.to ?? ['ann@inbox.test']), field('from'), field('to'), field('cc')];
  return {
    id, snippet: text.slice(0, 200),
    parsed: { warnings: [], headers, text, attachments: [], links: [], codes: [], calendar: [], ...more },
    words: {
      subject: fold(field('subject')).join(' '), addresses: fold(addresses.join(' ')).join(' '), text: fold(text).join(' '),
      attachments: fold((more.attachments ?? []).map((one) => one.filename).join(' ')).join(' '), headers: headerWords(headers).join(' '),
    },
  };
}

export async function bytesOf(body: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body ?? []) pieces.push(piece);
  return Buffer.concat(pieces);
}
