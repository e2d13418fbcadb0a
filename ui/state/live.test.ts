import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DeliveryView, DkimKey, Finding, LivePolicy, LiveStream, PosternEvent, Stream } from '../../sdk/contract.ts';
import { Refusal, scripted, type Asked } from '../../test/support/scripted-api.ts';
import { detailText } from './live-audit.svelte.ts';
import { byGravity, changesOf, zoneLine } from './live-checks.svelte.ts';
import { LiveDraft } from './live-draft.svelte.ts';
import { pairsOf } from './live-keys.svelte.ts';
import { releasedText, Releasing } from './live-release.svelte.ts';
import { allowWarnings, canaryText, heldOf, keysOf, nextStep, warmUpText } from './live-words.ts';
import { LiveDesk, ordered } from './live.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const AT = '2026-01-01T00:00:00.000Z';
const lane = (stream: string, more: Partial<LiveStream> = {}): LiveStream => ({ stream, mode: 'deliver', live: true, shut: null, allow: ['ours.test'], intercept: null, canary: null, warmUp: null, tally: {}, heldFor: {}, preflight: null, ...more });
const view = (on: boolean): DeliveryView => ({ permitted: true, switch: { on, since: AT, by: 'Ann', reason: on ? '' : 'wrong list' }, streams: [lane('default')] });
const event = (type: string, more: object = {}) => ({ id: 1, at: AT, stream: 'default', type, ...more }) as PosternEvent;

test('to stop takes one request and no reason; what stands is asked for again, and a failure is told', async () => {
  let on = true;
  const { api, asked } = scripted(({ path, method }: Asked) => {
    if (method === 'POST') on = path.endsWith('/start');
    return path.endsWith('/approve') ? new Refusal(503, 'shutting-down', { detail: 'Postern is shutting down' }) : view(on);
  });
  const desk = new LiveDesk(api);
  await desk.again();
  await desk.stop();
  expect([desk.view?.switch.on, asked.map(({ method, path, body }) => [method, path, body])]).toEqual([false, [['GET', '/v1/delivery', undefined], ['POST', '/v1/delivery/stop', {}], ['GET', '/v1/delivery', undefined]]]);
  await desk.start(' it was the right list ');
  expect([desk.view?.switch.on, asked.find(({ path }) => path.endsWith('/start'))?.body]).toEqual([true, { reason: 'it was the right list' }]);
  expect(await desk.approve('default', false)).toBe(false);
  expect(desk.word).toBe('That did not work: Postern is shutting down');
});

test('events of the gate and of recipients ask again, others do not', async () => {
  const { api, asked } = scripted(() => view(true));
  const desk = new LiveDesk(api);
  await desk.again();
  desk.hear([event('suppression.added'), event('hook.enabled'), event('site.paused')]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked.length).toBe(1);
  desk.hear([event('recipient.held')]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(asked.length).toBe(2);
});

test('what is in the way of a stream says what to do; the keys say which is turned', () => {
  const shut = (why: 'process' | 'stopped' | 'mode') => lane('s', { live: false, shut: { why, text: '' } });
  expect([shut('process'), shut('stopped'), shut('mode'), lane('s', { allow: [] }), lane('s')].map(nextStep).map((text) => text.split(' ')[0])).toEqual(['Start', 'Start', 'Switch', 'Put', '']);
  expect(keysOf(view(false), 'simulate', ['*']).map(({ id, turned }) => [id, turned])).toEqual([['process', true], ['mode', false], ['allow', true], ['switch', false]]);
  expect(keysOf({ ...view(true), permitted: false }, 'deliver', []).map(({ turned }) => turned)).toEqual([false, true, false, true]);
});

test('an allow list that lets strangers in is warned of', () => {
  expect(allowWarnings(['ours.test', 'ann@gmail.com'])).toEqual([]);
  expect(allowWarnings(['*', 'gmail.com'])).toEqual([expect.stringContaining('everybody')]);
  expect(allowWarnings(['GMail.com', '*.gmx.de'])).toEqual([expect.stringMatching(/^gmail\.com, gmx\.de: anybody/)]);
});

test('held ones, canary and warm-up are told in words', () => {
  expect(heldOf({ heldFor: { person: 1, 'not-allowed': 3 } }).map(({ reason, n }) => [reason, n])).toEqual([['not-allowed', 3], ['person', 1]]);
  const canary = { first: 10, share: 0.05, since: AT, passed: 4 };
  expect([canaryText({ canary }), canaryText({ canary: { ...canary, passed: 12 } }), canaryText({ canary: { ...canary, passed: 10, share: 0 } })]).toEqual(['4 of the first 10 went', '12 went; now 5 % of the rest goes', '10 went; now all others are held']);
  expect([warmUpText({ warmUp: { cap: 500, today: 120, until: AT } }), warmUpText({ warmUp: { cap: null, today: 7, until: AT } })]).toEqual(['120 of 500 today', '7 today, without a cap']);
  expect(ordered([lane('c', { mode: 'capture', live: false }), lane('b', { mode: 'capture', live: false, tally: { held: 1 } }), lane('a', { live: false }), lane('z')]).map(({ stream }) => stream)).toEqual(['z', 'a', 'b', 'c']);
});

const policy: LivePolicy = { allow: ['ours.test'], intercept: null, canary: null, warmUp: null, relays: [], sources: [], family: 'ipv4-first', tls: 'opportunistic', dkim: null, feedbackId: null, unsubscribe: false };
const stream = (live: Partial<LivePolicy> = {}) => ({ name: 'shop', delivery: { live: { ...policy, ...live }, returnPath: null } }) as unknown as Stream;

test('a draft follows the server until it is touched; then it is told that somebody was faster, and only its own change is sent', async () => {
  const { api, asked } = scripted(({ body }: Asked) => stream((body as { delivery: { live: Partial<LivePolicy> } }).delivery.live));
  const desk = new LiveDraft(api, stream(), async () => {});
  desk.follow(stream({ intercept: 'qa@ours.test' }));
  expect([desk.draft.intercept, desk.dirty, desk.overtaken]).toEqual(['qa@ours.test', false, false]);
  desk.draft.allow = 'ours.test\nother.test';
  desk.follow(stream({ intercept: null }));
  expect([desk.dirty, desk.overtaken, desk.draft.intercept]).toEqual([true, true, 'qa@ours.test']);
  await desk.save();
  expect([asked[0]?.body, desk.dirty, desk.word]).toEqual([{ delivery: { live: { allow: ['ours.test', 'other.test'] } } }, false, 'Saved.']);
});

test('who changed the same part as somebody else is told that saving replaces theirs', () => {
  const { api } = scripted(() => stream());
  const desk = new LiveDraft(api, stream(), async () => {});
  desk.draft.allow = 'ours.test; mine.test';
  desk.follow(stream({ intercept: 'qa@ours.test' }));
  expect(desk.clashes).toEqual([]);
  desk.follow(stream({ intercept: 'qa@ours.test', allow: ['ours.test', 'theirs.test'] }));
  expect(desk.clashes).toEqual(['the allow list']);
  desk.draft.intercept = 'me@ours.test';
  expect(desk.clashes).toEqual(['the allow list', 'the intercept address']);
  desk.follow(stream({ allow: ['ours.test', 'mine.test'] }));
  expect([desk.overtaken, desk.clashes]).toEqual([true, []]);
  desk.discard(stream());
  expect([desk.overtaken, desk.clashes]).toEqual([false, []]);
});

test('objections come back to their fields, and a number that is none is not sent', async () => {
  const { api, asked } = scripted(() => new Refusal(422, 'invalid-input', { errors: [{ path: 'delivery.live.allow.0', message: 'is no domain' }] }));
  const desk = new LiveDraft(api, stream(), async () => {});
  desk.draft.canary = { on: true, first: 'ten', share: '5' };
  expect([await desk.save(), desk.flawAt('canary.first'), asked.length]).toEqual([false, '“ten” is no number', 0]);
  desk.draft.canary.first = '10';
  expect([await desk.save(), desk.flawAt('allow'), desk.flawAt('canary'), desk.dirty]).toEqual([false, 'is no domain', '', true]);
});

test('a release names whom it is for, and what was refused stays to be read', async () => {
  let refuse = true;
  const { api, asked } = scripted(() => (refuse ? new Refusal(422, 'not-allowed', { detail: 'They are not on the allow list: bo@x.test', addresses: ['bo@x.test', 'cy@x.test'] } as object) : { queued: ['qa@ours.test'], suppressed: [], waits: null }));
  const desk = new Releasing(api, 'm1', ['ann@ours.test', 'bo@x.test', 'ann@ours.test']);
  expect(await desk.send()).toBeUndefined();
  expect([desk.refused, asked[0]?.body]).toEqual([{ says: 'They are not on the allow list: bo@x.test', addresses: ['cy@x.test'], why: 'not-allowed' }, {}]);
  refuse = false;
  desk.toggle('bo@x.test');
  desk.elsewhere = true;
  expect(desk.ready).toBe(false);
  desk.to = 'qa@ours.test';
  expect(await desk.send()).toBe('Released for real to qa@ours.test.');
  expect(asked[1]?.body).toEqual({ recipients: ['ann@ours.test'], to: ['qa@ours.test'] });
  expect(releasedText({ queued: ['a', 'b', 'c', 'd'], suppressed: ['e'], waits: 'Real delivery was stopped' })).toBe('Released for real to a, b and 2 others. e is suppressed: nothing is sent there. It waits: Real delivery was stopped.');
});

test('findings stand by their gravity, changes are named, and records are lines of a zone', () => {
  const finding = (check: string, verdict: Finding['verdict']): Finding => ({ check, verdict, text: '', found: [], publish: [], see: '' });
  const before = [finding('spf', 'pass'), finding('ptr', 'pass'), finding('dkim', 'fail')];
  const after = [finding('spf', 'warn'), finding('dkim', 'fail'), finding('ptr', 'pass'), finding('ptr', 'fail'), finding('dane', 'skip')];
  expect(byGravity(after).map(({ check }) => check)).toEqual(['dkim', 'ptr', 'spf', 'ptr', 'dane']);
  expect(changesOf(before, after)).toEqual([{ check: 'ptr', was: 'pass', now: 'fail' }, { check: 'spf', was: 'pass', now: 'warn' }]);
  expect(zoneLine({ name: 'k._domainkey.ours.test', type: 'TXT', value: `v=DKIM1; p="${'a'.repeat(300)}`, why: '' })).toMatch(/^k\._domainkey\.ours\.test\. IN TXT "v=DKIM1; p=\\"a{243}" "a{57}"$/);
  expect(zoneLine({ name: 'ours.test.', type: 'MX', value: '10 mx.ours.test.', why: '' })).toBe('ours.test. IN MX 10 mx.ours.test.');
});

test('both keys of a pair stand together, the one in use before the others', () => {
  const key = (pair: string, algorithm: DkimKey['algorithm'], state: DkimKey['state']): DkimKey => ({ domain: 'ours.test', pair, selector: pair + algorithm[0], algorithm, state, createdAt: AT, activeFrom: null, retiredAt: null, record: { name: '', type: 'TXT', value: '', why: '' } });
  expect(pairsOf([key('old', 'rsa', 'retired'), key('old', 'ed25519', 'retired'), key('new', 'rsa', 'active'), key('new', 'ed25519', 'active')]).map(({ selector, keys }) => [selector, keys.length])).toEqual([['new', 2], ['old', 2]]);
});

test('a change of a policy is told part by part, and short', () => {
  expect(detailText({ what: 'stream.live', detail: { allow: { was: [], is: ['ours.test', '*'] }, relays: { was: [{ host: 'a' }], is: [{ host: 'a' }], note: 'a password' } } })).toEqual(['allow: nothing → ours.test, *', 'relays: host a → host a (a password)']);
  const changed = { canary: { was: null, is: { first: 5, share: 0.1, since: 1_795_253_201_828 } }, dkim: { was: { domain: null, selector: null }, is: null }, relays: { was: [], is: [{ domains: ['*', 'a.test'], host: 'r.test', user: null, hasPassword: false }, { host: 's.test' }] } };
  expect(detailText({ what: 'stream.live', detail: changed })).toEqual(['canary: nothing → first 5, share 0.1', 'dkim: nothing chosen → unsigned', 'relays: nothing → domains *, a.test, host r.test; host s.test']);
  expect(detailText({ what: 'delivery.stopped', detail: { reason: 'x' } })).toEqual([]);
});
