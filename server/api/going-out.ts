/** /v1/delivery, release and the canary: the gate of real delivery, and what a person does at it. */
import { StoreFault } from '../admission/port.ts';
import type { ReleaseRefusal } from '../gate/release.ts';
import { laneOf } from '../gate/lanes.ts';
import type { DeliveryView as WireView } from '../../sdk/contract.ts';
import { actorOf, BY } from './client.ts';
import type { ApiDeps } from './deps.ts';
import { noSuchMessage, resolveId } from './messages.ts';
import { problem, type ProblemName } from './problems.ts';
import { invalid, type Routes } from './route.ts';
import { Approved, ApproveInput, DeliveryView, ReleaseInput, ReleaseProblem, ReleaseResult, SwitchInput } from './schemas/going-out.ts';
import { IdParam } from './schemas/message.ts';
import { Filters, NoFilters, StreamFilter } from './schemas/query.ts';
import { StreamName } from './schemas/streams.ts';
import { noSuchStream } from './streams.ts';
import { liveStreamOf, switchOf } from './wire-live.ts';

export function goingOutRoutes({ add }: Routes, deps: ApiDeps): void {
  const { real, store, streams, clock } = deps;

  add({
    method: 'get', path: '/v1/delivery', noun: 'Real delivery', summary: 'The gate: the key of the process, the switch, and of each stream whether it is live or what is in the way',
    query: StreamFilter, answer: DeliveryView, problems: ['no-such-stream'],
  }, ({ query: { stream } }) => (stream !== undefined && !streams.get(stream) ? noSuchStream(stream) : view(stream)));

  add({
    method: 'post', path: '/v1/delivery/stop', noun: 'Real delivery', summary: 'Stop all real delivery at once',
    description: 'Attempts whose message is being handed over finish; nothing new starts, of no stream, also after a restart. Mail waits where it is, and expires when its time is over.',
    body: SwitchInput, bodyOptional: true, answer: DeliveryView, headers: BY, problems: ['malformed-json', 'unsupported-type', 'store-broken'],
  }, async ({ c, body: { reason = '' } }) => {
    try {
      await real.gate.stop(actorOf(c), reason);
    } catch (error) {
      if (error instanceof StoreFault) return problem('store-broken', { detail: `Real delivery is stopped, but that could not be kept: it would go on after a restart. ${error.message}` });
      throw error;
    }
    return view();
  });

  add({
    method: 'post', path: '/v1/delivery/start', noun: 'Real delivery', summary: 'Let real delivery go on',
    description: 'Of all streams at once; one of them is held back by its mode or a pause.',
    query: NoFilters, body: SwitchInput, bodyOptional: true, answer: DeliveryView, headers: BY, problems: ['delivery-not-permitted', 'malformed-json', 'unsupported-type'],
  }, async ({ c, body: { reason = '' } }) => {
    if (!real.gate.permitted) return problem('delivery-not-permitted');
    await real.gate.start(actorOf(c), reason);
    return view();
  });

  add({
    method: 'post', path: '/v1/messages/{id}/release', noun: 'Real delivery', summary: 'Send a message of the inbox for real',
    description: 'All of its envelope\'s recipients or chosen ones, to themselves or to other addresses. `latest` takes the filters of the list. All or nothing: who may not get it is named in `addresses`, and then nothing is queued. The canary does not hold it. What a stream holds is released by `POST /v1/queue/release`.',
    params: IdParam, query: Filters, body: ReleaseInput, bodyOptional: true, status: 202, answer: ReleaseResult, headers: BY,
    problems: ['no-such-message', 'no-such-stream', 'bad-search', 'no-such-recipient', 'delivery-not-permitted', 'stream-does-not-deliver', 'already-released', 'not-allowed', 'stream-intercepts', 'malformed-json', 'unsupported-type'],
    problemAnswers: { 409: ReleaseProblem, 422: ReleaseProblem },
  }, async ({ c, params, query, body: { recipients, to, again } }) => {
    const message = await resolveId(deps, params.id, query);
    if (message instanceof Response) return message;
    const answer = await real.releaseMessage({ message, by: actorOf(c), ...(recipients ? { recipients } : {}), ...(to ? { to } : {}), ...(again === undefined ? {} : { again }) });
    if (answer.kind === 'refused') return refusal(answer, message, to);
    const barred = new Set(answer.suppressed.map(({ address }) => address.toLowerCase()));
    const isBarred = (address: string) => barred.has(address.toLowerCase()) || barred.has(address.slice(address.lastIndexOf('@')).toLowerCase());
    return { queued: answer.to.filter((address) => !isBarred(address)), suppressed: answer.to.filter(isBarred), waits: answer.waits };
  });

  add({
    method: 'post', path: '/v1/streams/{stream}/canary/approve', noun: 'Real delivery', summary: 'Release all that the canary held back',
    description: 'What is not on the allow list by now stays held. With `rest` the canary is over.',
    params: StreamName, body: ApproveInput, bodyOptional: true, answer: Approved, headers: BY, problems: ['no-such-stream', 'malformed-json', 'unsupported-type'],
  }, async ({ c, params: { stream }, body: { rest = false } }) => (await real.held.approveCanary(stream, { rest }, actorOf(c))) ?? noSuchStream(stream));

  async function view(only?: string): Promise<WireView> {
    const named = only === undefined ? undefined : streams.get(only);
    const lanes = await Promise.all((named ? [named] : streams.all()).map(async (stream) => {
      const [lane, last] = await Promise.all([laneOf(stream, { gate: real.gate, store, wall: clock }), real.preflight.last(stream.name)]);
      return liveStreamOf(lane, last);
    }));
    return { permitted: real.gate.permitted, switch: switchOf(real.gate.switch), streams: lanes };
  }
}

const NAMED: Partial<Record<ReleaseRefusal['why'], ProblemName>> = {
  process: 'delivery-not-permitted', mode: 'stream-does-not-deliver', 'no-such-recipient': 'no-such-recipient', intercept: 'stream-intercepts', 'not-allowed': 'not-allowed', already: 'already-released',
};
/** Addresses that a sentence names. */
const TOLD = 5;

function refusal({ why, text, addresses }: ReleaseRefusal, message: string, to: readonly string[] | undefined): Response {
  const name = NAMED[why];
  if (why === 'no-message') return noSuchMessage(message);
  if (name === undefined) return invalid(addresses.length === 0 ? [{ path: to ? 'to' : 'recipients', message: text }] : addresses.map((address) => ({ path: placeOf(address, to), message: 'is no address that mail can be sent to' })));
  const who = addresses.length === 0 ? '' : `: ${addresses.slice(0, TOLD).join(', ')}${addresses.length > TOLD ? ` and ${addresses.length - TOLD} more` : ''}`;
  const extras = { detail: `${text}${who}${text.endsWith('.') && who === '' ? '' : '.'}`, addresses };
  return problem(name, extras);
}

function placeOf(address: string, to: readonly string[] | undefined): string {
  const at = to?.indexOf(address) ?? -1;
  return at < 0 ? 'recipients' : `to.${at}`;
}
