/** What became of a message, the queue, and the time that moves it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AdvanceSummary, Delivery, EventPage, Message, Problem, QueueView, RecipientPage, Stream, StreamClock, Waiting } from '../../sdk/contract.ts';
import { AdvanceSummary as SummarySchema, StreamClock as ClockSchema } from '../../server/api/schemas/time.ts';
import { Delivery as DeliverySchema, QueueView as QueueSchema, RecipientPage as RecipientsSchema } from '../../server/api/schemas/delivery.ts';
import { EventPage as EventsSchema } from '../../server/api/schemas/events.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeEach(async () => {
  house = await apiHouse();
  await house.json<Stream>('/v1/streams', { json: { name: 'shop', mode: 'simulate', delivery: { jitter: 0 } } }, 201);
});
afterEach(() => house.close());

const send = (to: string | string[], more: object = {}) => house.send({ to, ...more }, 'shop');
const advance = (body: object, status?: number) => house.json<AdvanceSummary>('/v1/streams/shop/clock/advance', { json: body }, status);
const delivery = (id: string) => house.json<Delivery>(`/v1/messages/${id}/delivery`);
const post = <T>(path: string, json: object, status?: number) => house.json<T>(path, { json }, status);

test('a message that fails twice is deferred twice, then delivered; its history says so', async () => {
  const { id } = await send('ann+fail2.451@x.test');
  expect(await advance({ to: 'idle' })).toMatchObject({ attempts: 3, deferred: 2, delivered: 1, next: null });
  const told = await delivery(id);
  expect(told).toMatchObject({ message: id, stream: 'shop', tally: { delivered: 1 }, returns: [] });
  const [ann] = told.recipients;
  expect(ann!.history.map(({ number, after, answer, outcome }) => ({ number, after, code: answer.kind === 'reply' && answer.code, outcome }))).toEqual([
    { number: 1, after: 0, code: 451, outcome: 'deferred' },
    { number: 2, after: 60_000, code: 451, outcome: 'deferred' },
    { number: 3, after: 180_000, code: 250, outcome: 'delivered' },
  ]);
  expect(ann).toMatchObject({ state: 'delivered', attempts: 3, due: null, explanation: { reason: 'done' } });
  expect(DeliverySchema.parse(told)).toEqual(told);
});

test('a message that was only captured has no recipients in its delivery; one that is not there is none', async () => {
  const { id } = await house.send({});
  expect(await delivery(id)).toEqual({ message: id, stream: 'default', tally: {}, recipients: [], returns: [] });
  expect((await house.json<Message>(`/v1/messages/${id}`)).delivery).toBeNull();
  await house.json('/v1/messages/01KAJQ00000000000000000001/delivery', {}, 404);
});

test('a list says how many recipients are where', async () => {
  await send(['a@x.test', 'b+rcpt.550.5-1-1@x.test']);
  await advance({ to: 'idle' });
  const { messages } = await house.json<{ messages: Message[] }>('/v1/messages?stream=shop');
  expect(messages.map((message) => message.delivery)).toEqual([{ delivered: 1, bounced: 1 }]);
});

test('events of delivery have their times as text, and can be asked for by message and kind', async () => {
  const { id } = await send('ann+fail1.451@x.test');
  await send('other@x.test');
  await advance({ to: 'idle' });
  const page = await house.json<EventPage>(`/v1/events?message=${id}`);
  expect(page.events.map(({ type }) => type).filter((type) => type.startsWith('recipient.'))).toEqual(['recipient.deferred', 'recipient.delivered']);
  expect(page.events.every((event) => !('message' in event) || event.message === id)).toBe(true);
  expect(EventsSchema.parse(page)).toEqual(page);
  const all = await house.json<EventPage>('/v1/events?types=recipient.delivered,recipient.deferred');
  expect(all.events).toHaveLength(3);
});

test('the queue says what waits, by stream and site', async () => {
  await send(['a+fail9.451@x.test', 'b+fail9.451@y.test']);
  await advance({ by: '90s' });
  const view = await house.json<QueueView>('/v1/queue?stream=shop');
  expect(QueueSchema.parse(view)).toEqual(view);
  expect(view.streams).toMatchObject([{ stream: 'shop', mode: 'simulate', tally: { deferred: 2 }, paused: null }]);
  expect(Date.parse(view.streams[0]!.nextDue!)).toBe(Date.parse(view.streams[0]!.oldestAt!) + 180_000);
  expect(view.sites.map(({ site, waiting }) => `${site} ${waiting}`).sort()).toEqual(['x.test 1', 'y.test 1']);
  expect((await house.json<QueueView>('/v1/queue')).streams.map(({ stream }) => stream)).toEqual(['default', 'shop']);
  const page = await house.json<RecipientPage>('/v1/queue/recipients?stream=shop&limit=1');
  expect(RecipientsSchema.parse(page)).toEqual(page);
  const rest = await house.json<RecipientPage>(`/v1/queue/recipients?stream=shop&limit=1&cursor=${page.next}`);
  expect([...page.recipients, ...rest.recipients].map(({ address }) => address)).toEqual(['a+fail9.451@x.test', 'b+fail9.451@y.test']);
  expect(rest.next).toBeNull();
});

test('held mail waits until it is released, cancelled mail ends', async () => {
  const { id } = await send(['a@x.test', 'b@y.test', 'c@z.test']);
  expect(await post('/v1/queue/hold', { message: id, recipient: 'A@X.test' })).toEqual({ changed: 1 });
  expect(await post('/v1/queue/cancel', { stream: 'shop', domain: 'Y.test' })).toEqual({ changed: 1 });
  await advance({ by: '1m' });
  expect((await delivery(id)).recipients.map(({ state }) => state)).toEqual(['held', 'cancelled', 'delivered']);
  expect(await post('/v1/queue/release', { stream: 'shop', recipient: 'a@x.test' })).toEqual({ changed: 1, refused: [] });
  expect(await post('/v1/queue/release', { message: id })).toEqual({ changed: 0, refused: [] });
  await advance({ by: '1m' });
  expect((await delivery(id)).tally).toEqual({ delivered: 2, cancelled: 1 });
  const { events } = await house.json<EventPage>(`/v1/events?message=${id}&types=recipient.held,recipient.released,recipient.cancelled`);
  expect(events).toMatchObject([{ type: 'recipient.held', by: 'api 0.0.0.0' }, { type: 'recipient.cancelled' }, { type: 'recipient.released' }]);
});

test('an operation on everything cannot be had by leaving something out', async () => {
  expect(await post<Problem>('/v1/queue/cancel', {}, 422)).toMatchObject({ type: '/problems/unscoped' });
  expect(await post<Problem>('/v1/queue/cancel', { domain: 'x.test' }, 422)).toMatchObject({ type: '/problems/unscoped' });
  expect(await post<Problem>('/v1/queue/hold', { stream: 'nobody' }, 404)).toMatchObject({ type: '/problems/no-such-stream' });
  expect(await post<Problem>('/v1/queue/hold', { message: 'nobody' }, 404)).toMatchObject({ type: '/problems/no-such-message' });
  const { id } = await send('a@x.test');
  expect(await post<Problem>('/v1/queue/hold', { message: id, recipient: 'b@x.test' }, 404)).toMatchObject({ type: '/problems/no-such-recipient', detail: expect.stringContaining('a@x.test') });
  expect(await post<Problem>('/v1/queue/hold', { stream: 'shop', adress: 'b@x.test' }, 422)).toMatchObject({ errors: [{ path: 'adress' }] });
});

test('a stream is paused and resumed; the view says until when', async () => {
  await post('/v1/queue/pause', { stream: 'shop', reason: 'maintenance', for: '1h' }, 204);
  const { streams } = await house.json<QueueView>('/v1/queue?stream=shop');
  expect(streams[0]!.paused!.reason).toBe('maintenance');
  expect(Date.parse(streams[0]!.paused!.until!) - Date.parse(streams[0]!.now)).toBe(3_600_000);
  expect((await house.json<Stream>('/v1/streams/shop')).paused).toMatchObject({ reason: 'maintenance' });
  expect(await post('/v1/queue/resume', { stream: 'shop' })).toEqual({ changed: 1 });
  expect(await post('/v1/queue/resume', { stream: 'shop' })).toEqual({ changed: 0 });
});

test('a clock is read, moved by a while, to a moment, or until nothing waits', async () => {
  const before = await house.json<StreamClock>('/v1/streams/shop/clock');
  expect(ClockSchema.parse(before)).toEqual(before);
  expect(before).toMatchObject({ offset: 0, next: null, movable: true });
  const summary = await advance({ by: '72h' });
  expect(SummarySchema.parse(summary)).toEqual(summary);
  expect(Date.parse(summary.to) - Date.parse(summary.from)).toBe(72 * 3_600_000);
  const until = new Date(Date.parse(summary.to) + 1_000).toISOString();
  expect((await advance({ until })).to).toBe(until);
  expect((await house.json<StreamClock>('/v1/streams/shop/clock')).offset).toBe(72 * 3_600_000 + 1_000);
});

test.each([
  [{}, 'say one of'], [{ by: '1h', to: 'idle' }, 'say one of'], [{ by: 'soon' }, 'milliseconds'], [{ by: '4000d' }, 'ten years'],
  [{ until: 'tomorrow' }, 'time with its zone'], [{ until: '2026-01-31T10:00:00' }, 'time with its zone'], [{ until: '9999-01-01T00:00:00Z' }, 'ten years'], [{ to: 'nowhere' }, 'idle'],
])('an advance by %j is refused', async (body, words) => {
  expect(await advance(body, 422)).toMatchObject({ type: '/problems/invalid', detail: expect.stringContaining(words) });
});

test('the time of a stream ends where a date could no longer be written', async () => {
  vi.spyOn(house.deps.queue, 'now').mockReturnValue(Date.UTC(9998, 5, 1));
  for (const body of [{ by: '365d' }, { until: '9999-05-01T00:00:00Z' }]) expect(await advance(body, 422)).toMatchObject({ detail: expect.stringContaining('year 9998') as string });
  expect(await advance({ by: 0 })).toMatchObject({ steps: 0 });
});

test('an advance that is narrowed moves one message, or the mail for one address, alone', async () => {
  const one = await send('a+fail1.451@x.test');
  const two = await send('b+fail1.451@x.test');
  await advance({ by: 0 });
  expect(await advance({ by: '1m', message: one.id })).toMatchObject({ attempts: 1, delivered: 1 });
  expect([(await delivery(one.id)).tally, (await delivery(two.id)).tally]).toEqual([{ delivered: 1 }, { deferred: 1 }]);
  expect((await house.json<StreamClock>('/v1/streams/shop/clock')).offset).toBe(0);
  expect(await advance({ to: 'idle', recipient: 'B+fail1.451@X.test' })).toMatchObject({ delivered: 1 });
  expect((await delivery(two.id)).tally).toEqual({ delivered: 1 });
  expect(await advance({ by: 1, message: 'nobody' }, 404)).toMatchObject({ type: '/problems/no-such-message' });
  expect(await advance({ by: 1, message: one.id, recipient: 'c@x.test' }, 404)).toMatchObject({ type: '/problems/no-such-recipient' });
  expect(await advance({ by: 1, recipient: 'nobody@x.test' })).toMatchObject({ steps: 0, attempts: 0 });
});

test('sendAt, expiresAfter and priority are for mail that is queued', async () => {
  const sendAt = new Date(house.clock.now() + 3_600_000).toISOString();
  const { id } = await send('ann@x.test', { sendAt, priority: 'high', expiresAfter: '2h' });
  expect((await delivery(id)).recipients[0]).toMatchObject({ due: sendAt, priority: 'high', expiresAt: new Date(Date.parse(sendAt) + 7_200_000).toISOString() });
  const problem = await house.json<Problem>('/v1/streams/default/messages', { json: { from: 'a@x.test', to: 'b@x.test', text: 'x', sendAt, priority: 'low' } }, 422);
  expect(problem.errors).toEqual([
    { path: 'sendAt', message: expect.stringContaining('mode capture') },
    { path: 'priority', message: 'needs a stream that queues its mail, and "default" is in mode capture: PATCH /v1/streams/default {"mode":"simulate"}' },
  ]);
  const batch = await house.json<{ results: { status: number }[] }>('/v1/streams/default/messages', { json: [{ from: 'a@x.test', to: 'b@x.test', text: 'x', priority: 'low' }, { from: 'a@x.test', to: 'b@x.test', text: 'x' }] }, 202);
  expect(batch.results.map(({ status }) => status)).toEqual([422, 202]);
});

test('a raw message takes them in the query, with the same refusals', async () => {
  const sendAt = new Date(house.clock.now() + 3_600_000).toISOString();
  const raw = async (stream: string, query: string, headers = { 'content-type': 'message/rfc822' }) => {
    const answer = await house.ask(`/v1/streams/${stream}/messages?${query}`, { method: 'POST', body: 'From: a@x.test\r\nTo: b@x.test\r\n\r\nx', headers });
    return { status: answer.status, ...(await answer.json()) as Partial<Problem> & { id: string } };
  };
  const { id } = await raw('shop', `sendAt=${sendAt}&priority=high&expiresAfter=2h`);
  expect((await delivery(id)).recipients[0]).toMatchObject({ due: sendAt, priority: 'high', expiresAt: new Date(Date.parse(sendAt) + 7_200_000).toISOString() });
  expect(await raw('default', `sendAt=${sendAt}&priority=low`)).toMatchObject({ status: 422, errors: [{ path: 'sendAt', message: expect.stringContaining('mode capture') }, { path: 'priority' }] });
  expect(await raw('shop', 'sendAt=tomorrow&expiresAfter=31d')).toMatchObject({ status: 422, errors: [{ path: 'sendAt', message: expect.stringContaining('time with its zone') }, { path: 'expiresAfter', message: 'must be a duration from 1s to 30d' }] });
  expect(await raw('shop', 'priority=urgent')).toMatchObject({ status: 422, errors: [{ path: 'priority' }] });
  expect(await raw('shop', `sendAt=${sendAt}`, { 'content-type': 'application/json' })).toMatchObject({ status: 422, errors: [{ path: 'sendAt', message: 'goes with message/rfc822; in JSON it is a field of the message' }] });
});

test('mail of mode capture stays in the inbox of a stream that queues, and says no more than that', async () => {
  const draft = { from: 'a@x.test', to: 'b@x.test', text: 'x', mode: 'capture' };
  const { id } = await send('ann@x.test', { mode: 'capture' });
  const raw = await house.ask('/v1/streams/shop/messages?mode=capture', { method: 'POST', body: 'From: a@x.test\r\nTo: b@x.test\r\n\r\nx', headers: { 'content-type': 'message/rfc822' } });
  for (const one of [id, ((await raw.json()) as { id: string }).id]) expect(await house.json(`/v1/messages/${one}`)).toMatchObject({ delivery: null });
  expect(await advance({ to: 'idle' })).toMatchObject({ attempts: 0 });
  expect(await house.json<Problem>('/v1/streams/shop/messages', { json: { ...draft, priority: 'low' } }, 422)).toMatchObject({ errors: [{ path: 'priority', message: expect.stringContaining('only captured') }] });
  expect(await house.json<Problem>('/v1/streams/shop/messages', { json: { ...draft, mode: 'deliver' } }, 422)).toMatchObject({ errors: [{ path: 'mode' }] });
});

test.each(['2099-01-01T09:00', '2099-02-30T09:00:00Z', '2099-01-01', 'tomorrow'])('a sendAt of %s is refused', async (sendAt) => {
  expect(await house.json<Problem>('/v1/streams/shop/messages', { json: { from: 'a@x.test', to: 'b@x.test', text: 'x', sendAt } }, 422)).toMatchObject({ errors: [{ path: 'sendAt', message: expect.stringContaining('time with its zone') }] });
});

test('a stream changes its mode and its policy, and keeps what is not said', async () => {
  const change = (json: object, status?: number) => house.json<Stream>('/v1/streams/shop', { method: 'PATCH', json }, status);
  expect(await change({ delivery: { schedule: 'bulk', limits: { connections: 2 } } })).toMatchObject({
    mode: 'simulate', delivery: { jitter: 0, schedule: { kind: 'growing' }, expiresAfter: 72 * 3_600_000, limits: { connections: 2, messagesPerConnection: 100 } },
  });
  expect(await change({ mode: 'capture' })).toMatchObject({ mode: 'capture', delivery: { jitter: 0 } });
  expect(await change({ delivery: { jitter: 0.9 } }, 422)).toMatchObject({ errors: [{ path: 'delivery.jitter' }] });
  expect(await change({ delivery: { retries: 5 } }, 422)).toMatchObject({ errors: [{ path: 'delivery.retries', message: expect.stringContaining('is not known here; known are schedule, jitter') }] });
  expect(await change({ mode: 'send' }, 422)).toMatchObject({ errors: [{ path: 'mode' }] });
});

test('dialogues are left out where they are not wanted', async () => {
  const { id } = await send('ann+fail1.451@x.test');
  await advance({ to: 'idle' });
  const full = await delivery(id);
  const lean = await house.json<Delivery>(`/v1/messages/${id}/delivery?transcript=0`);
  expect(lean.recipients[0]!.history.map(({ transcript }) => transcript)).toEqual([[], []]);
  expect({ ...lean, recipients: lean.recipients.map((one) => ({ ...one, history: one.history.map((attempt, i) => ({ ...attempt, transcript: full.recipients[0]!.history[i]!.transcript })) })) }).toEqual(full);
  expect(await house.json(`/v1/messages/latest/delivery?stream=shop&transcript=0`)).toEqual(lean);
});

test('a stream or a message that is not there is told wherever it is named', async () => {
  for (const path of ['/v1/messages?stream=nobody', '/v1/messages/latest?stream=nobody', '/v1/messages/latest/delivery?stream=nobody', '/v1/wait?stream=nobody', '/v1/wait?stream=nobody&count=0']) {
    expect(await house.json(path, {}, 404)).toMatchObject({ type: '/problems/no-such-stream', detail: expect.stringContaining('"nobody"') });
  }
  for (const message of ['nobody', '01KAJQ00000000000000000001']) expect(await house.json(`/v1/queue/recipients?message=${message}`, {}, 404)).toMatchObject({ type: '/problems/no-such-message' });
});

test('a site can be paused before its first mail, by its domain; what is no site is told', async () => {
  expect(await post<Problem>('/v1/queue/pause', { stream: 'shop', site: '__proto__' }, 404)).toMatchObject({ type: '/problems/no-such-site', detail: expect.stringContaining('no mail for any site yet') });
  await post('/v1/queue/pause', { stream: 'shop', site: 'later.test' }, 204);
  expect(await post('/v1/queue/resume', { stream: 'shop', site: 'later.test' }, 200)).toEqual({ changed: 1 });
  await send('ann+fail9.451@x.test');
  await advance({ by: 0 });
  expect(await post<Problem>('/v1/queue/pause', { stream: 'shop', site: 'gmail' }, 404)).toMatchObject({ detail: expect.stringContaining('x.test') });
  expect(await post<Problem>('/v1/queue/pause', { stream: 'shop', site: 'X.test' }, 404)).toMatchObject({ detail: expect.stringContaining('Did you mean "x.test"?') });
  await post('/v1/queue/pause', { stream: 'shop', site: 'x.test' }, 204);
});

test('what is no duration and no schedule is told in one clear sentence', async () => {
  expect(await advance({ by: -5 }, 422)).toMatchObject({ errors: [{ path: 'by', message: 'must be milliseconds or a text like 10s, 5m, 72h, 7d; not negative; it is -5' }] });
  expect(await advance({ by: [] }, 422)).toMatchObject({ errors: [{ path: 'by', message: 'must be milliseconds or a text like 10s, 5m, 72h, 7d; it is an empty list' }] });
  const change = (schedule: unknown) => house.json<Problem>('/v1/streams/shop', { method: 'PATCH', json: { delivery: { schedule } } }, 422);
  expect(await change('slow')).toMatchObject({ errors: [{ path: 'delivery.schedule', message: expect.stringMatching(/"transactional" and "bulk"/) }] });
  expect(await change({ kind: 'steps', steps: ['soon'] })).toMatchObject({ errors: [{ path: 'delivery.schedule.steps.0' }] });
});

test('what a deletion would cancel is told before, for the same messages, and nothing is deleted by asking', async () => {
  const later = await send(['ann@x.test', 'bob@x.test'], { sendAt: '2030-01-01T00:00:00Z', subject: 'Later' });
  await send('ann@x.test', { sendAt: '2030-01-01T00:00:00Z', subject: 'Alone' });
  await send('ann+rcpt.451@x.test', { subject: 'Deferred' });
  await send('eve@x.test', { subject: 'Delivered' });
  await house.send({ to: 'ann@x.test', subject: 'Captured' });
  await advance({ by: '1s' });
  const waiting = (query: string, status?: number) => house.json<Waiting>(`/v1/messages/waiting?${query}`, {}, status);
  expect(await waiting('stream=shop')).toEqual({ messages: 3, recipients: 4, active: 0, kept: 0 });
  expect(await waiting(`stream=shop&id=${later.id}`)).toEqual({ messages: 1, recipients: 2, active: 0, kept: 0 });
  expect(await waiting('stream=shop&q=subject:delivered')).toEqual({ messages: 0, recipients: 0, active: 0, kept: 0 });
  expect(await waiting('stream=shop&subject=later')).toMatchObject({ messages: 1, recipients: 2 });
  expect(await waiting('stream=default')).toMatchObject({ messages: 0, recipients: 0 });
  // Bob's inbox keeps one of Ann's: its delivery goes on.
  expect(await waiting('inbox=ann@x.test')).toEqual({ messages: 1, recipients: 1, active: 0, kept: 2 });
  await house.json('/v1/messages?inbox=ann@x.test', { method: 'DELETE' });
  expect((await delivery(later.id)).tally).toEqual({ queued: 2 });
  await house.json('/v1/queue/hold', { json: { message: later.id } });
  expect(await waiting('stream=shop')).toMatchObject({ messages: 2, recipients: 3 });
  await house.json('/v1/messages?stream=shop', { method: 'DELETE' });
  expect(await waiting('stream=shop')).toMatchObject({ messages: 0, recipients: 0 });
  expect(await house.json<Problem>('/v1/messages/waiting', {}, 422)).toMatchObject({ type: expect.stringMatching(/unscoped$/) });
  expect(await waiting('stream=gone', 404)).toMatchObject({ type: expect.stringMatching(/no-such-stream$/) });
});
