import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Hook, HookCall, PosternEvent } from '../../sdk/contract.ts';
import { Refusal, scripted, type Asked } from '../../test/support/scripted-api.ts';
import { BEAT, HookDesk, lastText, troubleText } from './hooks.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
let refuse = false;

const AT = '2026-01-01T00:00:00.000Z';
const hook = (id: string, more: Partial<Hook> = {}): Hook => ({ id, stream: 'default', url: 'http://127.0.0.1:9/x', secret: null, types: [], headers: {}, createdAt: AT, disabled: null, misbehave: null, waiting: 0, failures: 0, lastError: null, pausedUntil: null, ...more });
const call = (id: string, state: HookCall['state'], tries: HookCall['tries'] = []): HookCall => ({ id, hook: 'h1', event: 1, type: 'recipient.delivered', webhookId: id, state, createdAt: AT, due: state === 'waiting' ? AT : null, body: {}, tries });

function desk(calls: HookCall[] = [call('c1', 'delivered')]) {
  const { api, asked } = scripted(({ method, path }: Asked) => {
    if (path === '/v1/streams/default/hooks') return method === 'POST' ? hook('h2', { secret: 'whsec_new' }) : { hooks: [hook('h1', { waiting: calls.filter(({ state }) => state === 'waiting').length })] };
    if (path.endsWith('/calls')) return { calls, next: null };
    if (path.endsWith('/replay')) return call('c1', 'waiting');
    if (path === '/v1/hooks/h1') return method === 'DELETE' ? (refuse ? new Refusal(500) : undefined) : hook('h1', { secret: 'whsec_kept', disabled: method === 'PATCH' ? { reason: 'by a person', at: AT } : null });
    return undefined;
  });
  return { room: new HookDesk(api), asked };
}

test('a secret is fetched when somebody wants to see it, forgotten when they are done, and never kept with the list', async () => {
  const { room } = desk();
  await room.open('default', undefined);
  expect(room.secrets).toEqual({});
  await room.reveal('h1');
  expect(room.secrets).toEqual({ h1: 'whsec_kept' });
  room.hide('h1');
  await room.change('h1', { enabled: false });
  expect([room.secrets, room.hooks[0]?.secret, room.hooks[0]?.disabled?.reason]).toEqual([{}, null, 'by a person']);
  await room.add({ url: 'http://127.0.0.1:9/y' });
  expect(room.secrets).toEqual({ h2: 'whsec_new' });
});

test('calls are those of the hook that is open; a replay shows at once', async () => {
  const { room, asked } = desk();
  await room.open('default', undefined);
  expect(asked.some(({ path }) => path.endsWith('/calls'))).toBe(false);
  await room.open('default', 'h1');
  expect(room.calls.map(({ state }) => state)).toEqual(['delivered']);
  await room.replay('c1');
  expect(room.calls.map(({ state }) => state)).toEqual(['waiting']);
  await room.show('failed');
  expect(asked.at(-1)!.query).toMatchObject({ state: 'failed' });
});

test('of a hook that is being removed no calls are asked for, whatever happens meanwhile; they are again if it could not be', async () => {
  const { room, asked } = desk();
  await room.open('default', 'h1');
  const seen = () => asked.filter(({ path }) => path.endsWith('/calls')).length;
  const happens = async () => {
    room.hear([{ id: 1, at: AT, stream: 'default', type: 'hook.enabled', hook: 'h1', reason: '' }]);
    await vi.advanceTimersByTimeAsync(2_000);
  };
  refuse = true;
  await expect(room.remove('h1')).rejects.toMatchObject({ status: 500 });
  await happens();
  expect(seen()).toBe(2);
  refuse = false;
  await room.remove('h1');
  await happens();
  expect(seen()).toBe(2);
});

test('while calls are to be made it looks again, and not once they are done', async () => {
  const calls = [call('c1', 'waiting')];
  const { room, asked } = desk(calls);
  await room.open('default', 'h1');
  const end = room.beat();
  await vi.advanceTimersByTimeAsync(BEAT * 2 + 100);
  const before = asked.length;
  expect(before).toBeGreaterThanOrEqual(5);
  calls[0] = call('c1', 'delivered');
  await vi.advanceTimersByTimeAsync(BEAT + 1_000);
  const quiet = asked.length;
  await vi.advanceTimersByTimeAsync(BEAT * 5);
  expect(asked.length).toBe(quiet);
  room.hear([{ stream: 'default', type: 'recipient.delivered' } as PosternEvent, { stream: 'other', type: 'recipient.delivered' } as PosternEvent]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked.length).toBe(quiet + 2);
  end();
});

test('what was answered last is said in a word', () => {
  const answered = { at: AT, tookMs: 4, status: 500, error: null, response: '' };
  expect([lastText(call('a', 'waiting')), lastText(call('a', 'lost')), lastText(call('a', 'waiting', [answered])), lastText(call('a', 'failed', [{ ...answered, status: null, error: 'refused' }]))])
    .toEqual(['not tried yet', 'lost on purpose', '500, to be tried again', 'refused']);
});

test('what is held against a hook is said, and what keeps its calls waiting', () => {
  const until = '2026-01-01T00:10:00.000Z';
  const paused = hook('h1', { failures: 5, lastError: 'it answered 500', pausedUntil: until });
  expect(troubleText(paused)).toMatch(/^5 failures in a row, the last: it answered 500; tried again at \d+:10/);
  expect([troubleText(hook('h1')), troubleText(hook('h1', { failures: 1, lastError: 'no answer within 15 s' }))]).toEqual(['', 'Failed once: no answer within 15 s']);
  expect(lastText(call('a', 'waiting'), paused)).toMatch(/^waits: the hook is paused until \d+:10/);
  expect(lastText({ ...call('a', 'waiting'), due: '2026-01-01T00:20:00.000Z' }, paused)).toBe('not tried yet');
  expect(lastText(call('a', 'waiting'), hook('h1', { disabled: { reason: 'by a person', at: AT } }))).toBe('waits: the hook is off');
  expect(lastText(call('a', 'lost'), paused)).toBe('lost on purpose');
});
