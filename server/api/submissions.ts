/** POST /v1/streams/{stream}/messages: words requests for admission/submit.ts, and its outcomes as answers. */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { BatchResult, SubmitResult } from '../../sdk/contract.ts';
import type { Refusal, RefusalReason } from '../admission/refusal.ts';
import { newFingerprint, type One, type Outcome, type Request } from '../admission/submit.ts';
import type { Draft, Wishes } from '../admission/submit-draft.ts';
import type { Stream as StreamFacts } from '../mail/stream.ts';
import { type BodyReader, jsonLimit, packed } from './body.ts';
import { clientOf } from './client.ts';
import type { ApiDeps } from './deps.ts';
import { type Fault, readAs, told } from './faults.ts';
import { isJson, parseJson, protoIn } from './json.ts';
import { problem, problemBody, type ProblemName } from './problems.ts';
import { piecesOf } from './rest.ts';
import { invalid, type Routes } from './route.ts';
import { unbracketed } from './schemas/address.ts';
import { BatchResult as BatchSchema, MessageInput, Rfc822Query, SubmitResult as SubmitSchema } from './schemas/submit.ts';

/** Messages of one batch. */
const BATCH_LIMIT = 500;
const KEY = /^[\x21-\x7e]{1,255}$/;

const REFUSALS: Partial<Record<RefusalReason, ProblemName>> = {
  'message-too-large': 'message-too-large',
  'no-room': 'no-room',
  'disk-full': 'disk-full',
  'store-broken': 'store-broken',
  'shutting-down': 'shutting-down',
  'too-many-recipients': 'too-many-recipients',
  'unknown-stream': 'no-such-stream',
};
const problemOf = ({ reason, code }: Refusal): ProblemName => (reason === 'simulated' ? (code < 500 ? 'simulated-deferral' : 'simulated-refusal') : REFUSALS[reason] ?? 'invalid');
/** A scenario's refusal is said as SMTP would: the code belongs to it. */
const wordsOf = ({ reason, code, enhanced, text }: Refusal): string => (reason === 'simulated' ? [code, enhanced, text].filter((part) => part !== '').join(' ') : text);

export function submissionRoutes({ add }: Routes, deps: ApiDeps, bodies: BodyReader): void {
  const { submit, clock, info } = deps;
  const limit = jsonLimit(info.limits.messageSize);

  add({
    method: 'post', path: '/v1/streams/{stream}/messages', noun: 'Submitting', summary: 'Hand in a message, a batch, or a raw message',
    description: [
      'JSON: one message, or an array of up to 500 that is answered message by message (`BatchResult`).',
      '`message/rfc822`: kept byte for byte; the envelope is given by the query parameters `from` and `to` (repeatable) or taken from the header, Bcc included; `sendAt`, `expiresAfter`, `priority` and `mode` are query parameters, too.',
      'Answered after the commit.',
    ].join(' '),
    params: z.object({ stream: z.string() }),
    query: Rfc822Query,
    consumes: { 'application/json': z.union([MessageInput, z.array(MessageInput).min(1).max(BATCH_LIMIT)]), 'message/rfc822': z.string() },
    headers: { 'Idempotency-Key': { description: 'The same key with the same request is answered as the first time (`Idempotency-Replayed: true`), for 24 hours, and kept once.', pattern: KEY.source } },
    status: 202, answer: z.union([SubmitSchema, BatchSchema]),
    problems: ['malformed-json', 'unsupported-type', 'no-such-stream', 'idempotency-conflict', 'message-too-large', 'body-too-large', 'too-many-recipients', 'no-room', 'store-broken', 'shutting-down', 'disk-full', 'simulated-refusal', 'simulated-deferral'],
  }, async ({ c, params: { stream }, query }) => {
    const lane = deps.streams.get(stream);
    if (!lane) return problem('no-such-stream', { detail: `There is no stream "${stream.slice(0, 100)}".` });
    const type = c.req.header('content-type') ?? '';
    const key = c.req.header('idempotency-key');
    if (key !== undefined && !KEY.test(key)) return invalid([{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable characters of ASCII, no spaces' }]);
    const request = requestOf(c, stream, type, key);

    if (/^message\/rfc822\s*(?:;|$)/i.test(type)) {
      const refused = packed(c);
      if (refused) return refused;
      const faults = unqueued(lane, query);
      if (faults.length > 0) return invalid(faults);
      const { from: sender, to: recipients, ...wishes } = query;
      const from = [sender ?? []].flat()[0];
      const to = recipients === undefined ? undefined : [recipients].flat();
      const given = { ...(from === undefined ? {} : { from: unbracketed(from) }), ...(to ? { to: to.map(unbracketed) } : {}), ...wishes };
      const outcome = await submit.raw(request, piecesOf(c), given, Number(c.req.header('content-length') ?? 0));
      return answered(c, outcome);
    }
    if (!isJson(type)) return problem('unsupported-type', { detail: 'This takes application/json or message/rfc822.' });
    const stray = (['to', 'from', 'sendAt', 'expiresAfter', 'priority', 'mode'] as const).find((name) => query[name] !== undefined);
    if (stray !== undefined) return invalid([{ path: stray, message: `goes with message/rfc822; in JSON it is ${stray === 'to' || stray === 'from' ? '`envelope`' : 'a field of the message'}` }]);

    const read = await bodies.read(c, limit);
    if (read instanceof Response) return read;
    try {
      const parsed = parseJson(read.bytes);
      if (parsed instanceof Response) return parsed;
      const { value } = parsed;
      if (!Array.isArray(value)) {
        const draft = draftOf(value, lane);
        return Array.isArray(draft) ? invalid(draft) : answered(c, await submit.draft(request, read.bytes, draft));
      }
      if (value.length === 0 || value.length > BATCH_LIMIT) return invalid([{ path: '', message: `a batch holds 1 to ${BATCH_LIMIT} messages` }]);
      return answered(c, await submit.batch(request, read.bytes, value.map((one) => draftOf(one, lane)), wordBatch));
    } finally {
      read.release();
    }
  });

  /** One line per message, as SMTP has it; and refusals that were made before the gate are counted too. */
  function answered<A extends SubmitResult | BatchResult>(c: Context, outcome: Outcome<A>): Response {
    if (outcome.kind === 'answer') {
      for (const { id, stream, envelope: { from, recipients }, body, receivedAt, session } of outcome.kept) {
        deps.log.info({ id, stream, from, recipients: recipients.length, size: body.size, ms: receivedAt - session.times.opened }, 'message accepted');
      }
    } else if (outcome.kind === 'refused' && outcome.reason === 'too-many-recipients') {
      deps.metrics.heard(outcome);
    }
    return answerOf(c, outcome);
  }

  function requestOf(c: Context, stream: string, type: string, key: string | undefined): Request {
    const now = clock.now();
    const url = new URL(c.req.url);
    const size = c.req.header('content-length');
    return {
      stream,
      session: {
        id: deps.makeId(now),
        protocol: 'http',
        client: clientOf(c),
        ...(c.req.header('user-agent') === undefined ? {} : { hello: c.req.header('user-agent')!.slice(0, 500) }),
        transcript: [{ at: now, by: 'C', line: `POST ${url.pathname}${url.search}`.slice(0, 1_000) }, { at: now, by: '*', line: `${type.slice(0, 200)}${size === undefined ? '' : `, ${size} octets`}` }],
        times: { opened: now, data: now, received: now },
      },
      ...(key === undefined ? {} : { key: { key, hash: newFingerprint('POST', url.pathname + url.search, type) } }),
    };
  }
}


/** A message, or what is wrong with it. */
function draftOf(value: unknown, lane: StreamFacts): Draft | Fault[] {
  const proto = protoIn(value);
  if (proto !== undefined) return [{ path: proto, message: 'is no name that can be kept' }];
  const draft = readAs(MessageInput, value);
  if (draft.faults) return draft.faults;
  const faults = unqueued(lane, draft.value);
  return faults.length > 0 ? faults : draft.value;
}

/** What only queued mail can have, asked of mail that is only kept, or of a stream that queues nothing. */
function unqueued({ name, mode }: StreamFacts, wishes: Wishes): Fault[] {
  if (mode !== 'capture' && wishes.mode !== 'capture') return [];
  const why = wishes.mode === 'capture'
    ? 'is for mail that is queued, and `mode` says that this is only captured: leave one of them out'
    : `needs a stream that queues its mail, and "${name}" is in mode capture: PATCH /v1/streams/${name} {"mode":"simulate"}`;
  return (['sendAt', 'expiresAfter', 'priority'] as const).filter((field) => wishes[field] !== undefined).map((path) => ({ path, message: why }));
}

function answerOf<A extends SubmitResult | BatchResult>(c: Context, outcome: Outcome<A>): Response {
  switch (outcome.kind) {
    case 'answer': return c.json(outcome.answer, 202, outcome.replayed ? { 'idempotency-replayed': 'true' } : {});
    case 'invalid': return invalid(outcome.faults);
    case 'conflict': return problem('idempotency-conflict', { detail: `Within 24 hours the key "${c.req.header('idempotency-key')}" came with another body, path or type.` });
    case 'refused': return problem(problemOf(outcome), { detail: wordsOf(outcome) });
  }
}

function wordBatch(results: One[]): BatchResult {
  return {
    results: results.map((one) => {
      switch (one.kind) {
        case 'accepted': return { status: 202 as const, ...one.result };
        case 'invalid': {
          const body = problemBody('invalid', { errors: told(one.faults) });
          return { status: body.status, problem: body };
        }
        case 'refused': {
          const body = problemBody(problemOf(one), { detail: wordsOf(one) });
          return { status: body.status, problem: body };
        }
      }
    }),
  };
}
