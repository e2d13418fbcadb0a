/**
 * Submission over HTTP: a draft, a batch of drafts, or a message as it is, on
 * to the one gate. Everything of one request is committed together, with its
 * Idempotency-Key in the same transaction, and is answered after the commit.
 * A batch keeps what is right and says what is wrong with the rest; but when
 * the house itself has no room, nothing of it is kept, so that it can simply
 * be sent again.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { addressFault, splitAddress } from '../mail/address.ts';
import type { Envelope } from '../mail/envelope.ts';
import { HEADER_LIMIT, parseMailboxes, readFields } from '../mail/header.ts';
import type { Session } from '../mail/session.ts';
import type { Admit, Sealed } from './admit.ts';
import type { AdmissionStore, Idempotency, Submission } from './port.ts';
import { type Rehearsal, rehearseAll } from './rehearsal.ts';
import type { Refusal } from './refusal.ts';
import { composeMime } from './submit-compose.ts';
import { deliveryOf, type Draft, type Fault, judgeDraft, uniqueRecipients, type Wishes } from './submit-draft.ts';

/** How long an Idempotency-Key is kept: 24 hours. */
const KEY_LIFETIME = 24 * 60 * 60 * 1000;

export type SubmitOptions = {
  admit: Admit;
  store: AdmissionStore;
  clock: Clock;
  limits: { messageSize: number; recipients: number };
  /** What the stream's scenario says while mail is handed in. */
  rehearsal?: Rehearsal;
};

/** The request that a submission came in. */
export type Request = {
  stream: string;
  session: Session;
  /** With the hash of method, path and type so far; the body is added here. */
  key?: { key: string; hash: Hash };
};

export type Submitted = { id: string; messageId: string; recipients: string[] };
export type One = { kind: 'accepted'; result: Submitted } | { kind: 'invalid'; faults: Fault[] } | Refusal;
/** `kept` is what was committed for this request: nothing when it is a repetition. */
export type Outcome<A> = { kind: 'answer'; answer: A; replayed: boolean; kept: Submission[] } | { kind: 'invalid'; faults: Fault[] } | { kind: 'conflict' } | Refusal;

/** What one draft of a batch came to, as the answer words it. */
export type WordBatch<A> = (results: One[]) => A;

export type Submit = {
  draft(request: Request, body: Uint8Array, draft: Draft): Promise<Outcome<Submitted>>;
  /** A draft that is not even a draft is handed over as its faults. */
  batch<A>(request: Request, body: Uint8Array, drafts: (Draft | Fault[])[], word: WordBatch<A>): Promise<Outcome<A>>;
  /** Bytes are kept as they are. The envelope is the given one or what the header says, Bcc included. */
  raw(request: Request, bytes: AsyncIterable<Uint8Array>, given: Given, declaredSize?: number): Promise<Outcome<Submitted>>;
};

/** What is said of a message beside its bytes. */
export type Given = { from?: string; to?: string[] } & Wishes;

export function createSubmit({ admit, store, clock, limits, rehearsal }: SubmitOptions): Submit {
  /** Told to the gate's listeners too, as every refusal is. */
  const rehearse = async ({ stream, session }: Request, envelope: Envelope, size: number, tags: string[] = []): Promise<Refusal | undefined> =>
    rehearsal && rehearseAll(rehearsal, { stream, connection: session.id, client: session.client.address, envelope, size, tags });

  const resultOf = ({ submission }: Sealed): Submitted => ({
    id: submission.id,
    messageId: submission.header.messageId,
    recipients: submission.envelope.recipients.map(({ address }) => address),
  });

  /** Composes, writes and seals; does not commit. `place` tells the messages of a batch apart in their Message-ID. */
  async function prepare(request: Request, draft: Draft, place = ''): Promise<Sealed | { kind: 'invalid'; faults: Fault[] } | Refusal> {
    const verdict = judgeDraft(draft, limits);
    if ('faults' in verdict) return { kind: 'invalid', faults: verdict.faults };
    const { judged } = verdict;
    if (judged.recipients.length > limits.recipients) return tooManyRecipients(limits.recipients);
    // What cannot fit is not composed first. Told to the gate, so that it is refused (and counted) there.
    const intake = admit.open(judged.attachments.reduce((sum, { content }) => sum + content.length, 0));
    if ('kind' in intake) return intake;
    try {
      const now = clock.now();
      const domain = splitAddress(judged.from.address).domain || 'postern.test';
      for (const piece of await composeMime(judged, { date: now, messageId: `${request.session.id}${place}@${domain}` })) {
        await intake.write(piece);
        if (intake.refusal) return intake.refusal;
      }
      const envelope = withUtf8({ from: judged.sender, recipients: judged.recipients });
      const refused = await rehearse(request, envelope, intake.size, draft.tags);
      if (refused) {
        intake.abort();
        return refused;
      }
      return intake.seal({
        stream: request.stream,
        via: 'http',
        envelope,
        session: { ...request.session, times: { ...request.session.times, received: clock.now() } },
        ...(draft.tags ? { tags: draft.tags } : {}),
        ...(draft.metadata ? { metadata: draft.metadata } : {}),
        ...(judged.delivery ? { delivery: judged.delivery } : {}),
        ...(draft.mode === 'capture' ? { inboxOnly: true } : {}),
      });
    } catch (error) {
      intake.abort();
      throw error;
    }
  }

  /** An earlier answer to the same key; looked up first, so that a repetition is not composed again. */
  async function earlier(request: Request, body: Uint8Array): Promise<Outcome<never> | undefined> {
    if (!request.key) return undefined;
    const fingerprint = request.key.hash.update(body).copy().digest('hex');
    const kept = await store.idempotent(request.stream, request.key.key, clock.now());
    if (!kept) return undefined;
    return kept.fingerprint === fingerprint ? { kind: 'answer', answer: JSON.parse(kept.response) as never, replayed: true, kept: [] } : { kind: 'conflict' };
  }

  async function commit<A>(request: Request, sealed: Sealed[], answer: A): Promise<Outcome<A>> {
    const idempotency: Idempotency | undefined = request.key && {
      stream: request.stream,
      key: request.key.key,
      fingerprint: request.key.hash.digest('hex'),
      response: JSON.stringify(answer),
      expiresAt: clock.now() + KEY_LIFETIME,
    };
    const outcome = await admit.commitAll(sealed, idempotency);
    switch (outcome.kind) {
      case 'accepted': return { kind: 'answer', answer, replayed: false, kept: sealed.map(({ submission }) => submission) };
      case 'replayed': return { kind: 'answer', answer: JSON.parse(outcome.response) as A, replayed: true, kept: [] };
      case 'conflict': case 'refused': return outcome;
    }
  }

  return {
    async draft(request, body, draft) {
      const before = await earlier(request, body);
      if (before) return before;
      const sealed = await prepare(request, draft);
      return sealed.kind === 'sealed' ? commit(request, [sealed], resultOf(sealed)) : sealed;
    },

    async batch(request, body, drafts, word) {
      const before = await earlier(request, body);
      if (before) return before;
      const sealed: Sealed[] = [];
      const results: One[] = [];
      try {
        for (const [i, draft] of drafts.entries()) {
          const one = Array.isArray(draft) ? { kind: 'invalid' as const, faults: draft } : await prepare(request, draft, `.${i + 1}`);
          if (one.kind === 'sealed') {
            sealed.push(one);
            results.push({ kind: 'accepted', result: resultOf(one) });
          } else if (one.kind === 'refused' && passing(one)) {
            for (const other of sealed) other.release();
            return one;
          } else {
            results.push(one);
          }
        }
      } catch (error) {
        for (const other of sealed) other.release();
        throw error;
      }
      const answer = word(results);
      return sealed.length > 0 ? commit(request, sealed, answer) : { kind: 'answer', answer, replayed: false, kept: [] };
    },

    async raw(request, bytes, given, declaredSize) {
      const intake = admit.open(declaredSize);
      if ('kind' in intake) return intake;
      const head = headTaker();
      try {
        for await (const chunk of bytes) {
          head.push(chunk);
          request.key?.hash.update(chunk);
          await intake.write(chunk);
          if (intake.refusal) return intake.refusal;
        }
      } catch (error) {
        intake.abort(); // the client went away
        throw error;
      }
      const envelope = envelopeOf(head.bytes(), given);
      const faults = faultsOf(envelope, given.to !== undefined, intake.size);
      const delivery = deliveryOf(given, (path, message) => void faults.push({ path, message }));
      if (faults.length > 0 || envelope.recipients.length > limits.recipients) {
        intake.abort();
        return faults.length > 0 ? { kind: 'invalid', faults } : tooManyRecipients(limits.recipients);
      }
      const refused = await rehearse(request, envelope, intake.size);
      if (refused) {
        intake.abort();
        return refused;
      }
      const sealed = intake.seal({
        stream: request.stream,
        via: 'http',
        envelope,
        session: { ...request.session, times: { ...request.session.times, received: clock.now() } },
        ...(delivery ? { delivery } : {}),
        ...(given.mode === 'capture' ? { inboxOnly: true } : {}),
      });
      return sealed.kind === 'sealed' ? commit(request, [sealed], resultOf(sealed)) : sealed;
    },
  };
}

/** Reasons that lie with the house and pass: the same request can be sent again. */
const passing = ({ reason }: Refusal) => reason === 'no-room' || reason === 'disk-full' || reason === 'store-broken' || reason === 'shutting-down';

const tooManyRecipients = (limit: number): Refusal =>
  ({ kind: 'refused', reason: 'too-many-recipients', code: 452, enhanced: '4.5.3', text: `More than the ${limit} recipients taken here` });

/** Keeps the beginning of the message, as far as a header is read. */
function headTaker() {
  const pieces: Uint8Array[] = [];
  let length = 0;
  return {
    push(chunk: Uint8Array) {
      if (length >= HEADER_LIMIT) return;
      const piece = chunk.subarray(0, HEADER_LIMIT - length);
      pieces.push(piece);
      length += piece.length;
    },
    bytes: () => Buffer.concat(pieces),
  };
}

function envelopeOf(head: Buffer, given: { from?: string; to?: string[] }): Envelope {
  const fields = given.from !== undefined && given.to !== undefined ? [] : readFields(head);
  const named = (names: string[]) => fields
    .filter(({ name }) => names.includes(name.toLowerCase()))
    .flatMap(({ value }) => parseMailboxes(value).map(({ address }) => address))
    .filter((address) => address !== '');
  return withUtf8({
    from: given.from ?? named(['sender'])[0] ?? named(['from'])[0] ?? '',
    recipients: uniqueRecipients(given.to ?? named(['to', 'cc', 'bcc'])),
  });
}

/** Notes what a client would have said with SMTPUTF8 (RFC 6531): an address beyond ASCII. */
function withUtf8(envelope: Envelope): Envelope {
  const beyond = [envelope.from, ...envelope.recipients.map(({ address }) => address)].some((address) => /[^\x00-\x7f]/.test(address));
  return beyond ? { ...envelope, smtputf8: true } : envelope;
}

function faultsOf(envelope: Envelope, given: boolean, size: number): Fault[] {
  const faults: Fault[] = [];
  if (size === 0) faults.push({ path: '', message: 'the body is empty' });
  if (envelope.recipients.length === 0) faults.push({ path: 'to', message: 'at least one recipient is needed: in the To, Cc or Bcc header, or as the query parameter `to`' });
  if (envelope.from !== '' && addressFault(envelope.from)) faults.push({ path: 'from', message: `${JSON.stringify(envelope.from.slice(0, 100))} is not an address` });
  for (const { address } of envelope.recipients) {
    if (addressFault(address) === undefined || faults.length >= 50) continue;
    faults.push({ path: 'to', message: `${JSON.stringify(address.slice(0, 100))}${given ? '' : ' in the header'} is not an address` });
  }
  return faults;
}

export const newFingerprint = (method: string, path: string, type: string): Hash =>
  createHash('sha256').update(`${method}\n${path}\n${type}\n`);
