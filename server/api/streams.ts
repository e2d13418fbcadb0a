/** /v1/streams and their credentials. */
import { z } from '@hono/zod-openapi';
import { STREAM_NAME, type Retention } from '../mail/stream.ts';
import { parseDuration } from '../units.ts';
import { actorOf } from './client.ts';
import type { ApiDeps } from './deps.ts';
import { policyOf } from './policy.ts';
import { problem } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { CredentialInput, NewCredential, Stream, StreamInput, StreamList, StreamPatch } from './schemas/streams.ts';
import { streamOf, timeOf } from './wire.ts';

/** An allow list may be long: 10,000 addresses of 320 characters. */
const LARGEST = 4 * 1024 * 1024;
const Name = z.object({ stream: z.string() });

/** What real mail has taught outlives its stream, and is asked for under its name. */
export const isKnownStream = async ({ streams, store }: Pick<ApiDeps, 'streams' | 'store'>, name: string): Promise<boolean> => streams.get(name) !== undefined || store.isKnown(name);

export const noSuchStream = (name: string): Response => problem('no-such-stream', { detail: `There is no stream "${name.slice(0, 100)}".` });
const BAD_NAME = 'must be lower case letters, digits, and . _ - between them, at most 64';

export function streamRoutes({ add }: Routes, deps: ApiDeps): void {
  const { streams, store } = deps;

  add({
    method: 'get', path: '/v1/streams', noun: 'Streams', summary: 'All streams, with what they hold', answer: StreamList,
  }, async () => {
    const counts = new Map((await store.counts()).map((count) => [count.stream, count]));
    return { streams: streams.all().map((stream) => streamOf(stream, counts.get(stream.name), streams.credentials(stream.name))) };
  });

  add({
    method: 'post', path: '/v1/streams', noun: 'Streams', summary: 'Make a stream', body: StreamInput, bodyLimit: LARGEST, status: 201, answer: Stream,
    problems: ['name-taken', 'malformed-json', 'unsupported-type', 'body-too-large'],
  }, async ({ c, body: { name, mode, retention, tags, delivery } }) => {
    if (!STREAM_NAME.test(name)) return invalid([{ path: 'name', message: BAD_NAME }]);
    const judged = delivery && policyOf(delivery, deps.clock.now());
    if (judged && 'faults' in judged) return invalid(judged.faults);
    const made = await streams.create({ name, ...(mode ? { mode } : {}), ...(judged ? { delivery: judged.policy } : {}), ...(retention ? { retention: retentionOf(retention) } : {}), ...(tags ? { tags } : {}) }, actorOf(c));
    if (made === 'bad-name') return invalid([{ path: 'name', message: BAD_NAME }]);
    return made === 'taken' ? problem('name-taken', { detail: `There is a stream "${name}" already.` }) : streamOf(made, undefined, []);
  });

  add({
    method: 'get', path: '/v1/streams/{stream}', noun: 'Streams', summary: 'One stream', params: Name, answer: Stream, problems: ['no-such-stream'],
  }, ({ params }) => shown(params.stream));

  add({
    method: 'patch', path: '/v1/streams/{stream}', noun: 'Streams', summary: 'Change the mode of a stream, what it keeps, its tags, how it delivers',
    description: 'Of `delivery` and `retention` only what is said changes. A mode counts for what comes from then on: what is on its way already goes on as it was accepted. Whether a stream in mode `deliver` is live, or what is in the way, is told by `GET /v1/delivery`.',
    params: Name, body: StreamPatch, bodyLimit: LARGEST, answer: Stream, problems: ['no-such-stream', 'malformed-json', 'unsupported-type', 'body-too-large'],
  }, async ({ c, params, body: { mode, retention, tags, delivery } }) => {
    let refusal: Response | undefined;
    // Laid over what stands by then: of two requests at once neither undoes the other.
    const changed = await streams.change(params.stream, (before) => {
      const judged = delivery && policyOf(delivery, deps.clock.now(), before.delivery);
      if (judged && 'faults' in judged) {
        refusal = invalid(judged.faults);
        return undefined;
      }
      return {
        ...(mode ? { mode } : {}),
        ...(judged ? { delivery: judged.policy } : {}),
        ...(retention ? { retention: { ...before.retention, ...retentionOf(retention) } } : {}),
        ...(tags ? { tags } : {}),
      };
    }, actorOf(c));
    if (refusal) return refusal;
    return changed ? shown(params.stream) : noSuchStream(params.stream);
  });

  add({
    method: 'delete', path: '/v1/streams/{stream}', noun: 'Streams', summary: 'Delete a stream with its mail and credentials',
    description: 'What simulated mail has taught goes with it. Suppressions and telemetry of its real mail stay under its name, and hold for a stream of that name that is made anew.',
    params: Name, problems: ['no-such-stream', 'default-stream'],
  }, async ({ c, params }) => {
    const removed = await streams.remove(params.stream, actorOf(c));
    if (removed === 'default') return problem('default-stream');
    return removed ? c.body(null, 204) : noSuchStream(params.stream);
  });

  add({
    method: 'post', path: '/v1/streams/{stream}/credentials', noun: 'Streams', summary: 'Make a login for a stream',
    description: 'From the first one on, mail for this stream needs a login. The password is shown in this answer only.',
    params: Name, body: CredentialInput, bodyOptional: true, status: 201, answer: NewCredential, noStore: true,
    problems: ['no-such-stream', 'name-taken', 'malformed-json', 'unsupported-type'],
  }, async ({ params: { stream }, body: { user, password, lifetime } }) => {
    const expiresAt = lifetime === undefined ? undefined : deps.clock.now() + parseDuration(String(lifetime))!;
    const made = await streams.createCredential({
      stream,
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    switch (made) {
      case 'no-stream': return noSuchStream(stream);
      case 'taken': return problem('name-taken', { detail: 'This user name stands for another credential or stream already.' });
      case 'bad-user': return invalid([{ path: 'user', message: 'must have no spaces or control characters, and 1 to 128 characters' }]);
      case 'bad-password': return invalid([{ path: 'password', message: 'is empty or too long' }]);
      default: {
        const { credential } = made;
        return {
          id: credential.id, user: credential.user, password: made.password, stream,
          createdAt: timeOf(credential.createdAt), expiresAt: credential.expiresAt === undefined ? null : timeOf(credential.expiresAt),
        };
      }
    }
  });

  add({
    method: 'delete', path: '/v1/streams/{stream}/credentials/{id}', noun: 'Streams', summary: 'Take a login back',
    params: Name.extend({ id: z.string() }), problems: ['no-such-stream', 'no-such-credential'],
  }, async ({ c, params: { stream, id } }) => {
    if (!streams.get(stream)) return noSuchStream(stream);
    return (await streams.deleteCredential(stream, id)) ? c.body(null, 204) : problem('no-such-credential');
  });

  async function shown(name: string) {
    const stream = streams.get(name);
    if (!stream) return noSuchStream(name);
    return streamOf(stream, (await store.counts()).find((count) => count.stream === name), streams.credentials(name));
  }
}

type RetentionInput = NonNullable<z.output<typeof StreamInput>['retention']>;

/** Only what was said; durations in milliseconds. */
function retentionOf({ messages, age, bytes }: RetentionInput): Partial<Retention> {
  return {
    ...(messages === undefined ? {} : { messages }),
    ...(age === undefined ? {} : { age: age === null ? null : parseDuration(String(age))! }),
    ...(bytes === undefined ? {} : { bytes }),
  };
}
