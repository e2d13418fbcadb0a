/** What every store must do of hooks and their calls. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Hook, HookCall } from '../../server/hooks/hook.ts';
import type { Store } from '../../server/store/port.ts';
import { house, laneOf, type OpenStore } from './house.ts';

export function storeKeepsHooks(name: string, open: OpenStore): void {
  describe(`${name}: its hooks`, () => {
    let store: Store;
    beforeEach(async () => {
      ({ store } = await house(open));
      await store.createStream(laneOf('blue'));
    });
    afterEach(() => store[Symbol.asyncDispose]());

    const hook = (id: string, more: Partial<Hook> = {}): Hook => ({
      id, stream: 'default', url: 'http://receiver.test/', secret: 'whsec_a', types: ['recipient.bounced'], headers: { 'x-a': '1' }, createdAt: 5, disabled: null, cursor: 0, misbehave: null, ...more,
    });
    const call = (id: string, more: Partial<HookCall> = {}): HookCall => ({
      id, hook: 'h1', event: 7, type: 'recipient.bounced', webhookId: `msg_${id}`, body: '{"a":"é"}', state: 'waiting', tries: [], due: 10, createdAt: 9, ...more,
    });

    test('a hook is kept, changed and deleted with its calls', async () => {
      await store.saveHook(hook('h1'));
      await store.saveHook(hook('h2', { stream: 'blue', misbehave: { duplicate: 0.5, reorder: 0, lose: 0.1, seed: 3 } }));
      await store.saveHook(hook('h1', { disabled: { reason: 'too many failures', at: 6 } }));
      expect(await store.hooks()).toEqual([hook('h1', { disabled: { reason: 'too many failures', at: 6 } }), hook('h2', { stream: 'blue', misbehave: { duplicate: 0.5, reorder: 0, lose: 0.1, seed: 3 } })]);
      expect((await store.hooks('blue')).map(({ id }) => id)).toEqual(['h2']);
      await store.addCalls('h1', 1, [call('c1')]);
      expect(await store.deleteHook('h1')).toBe(true);
      expect(await store.deleteHook('h1')).toBe(false);
      expect(await store.call('c1')).toBeUndefined();
      await store.addCalls('h1', 2, [call('c2')]);
      await store.saveCall(call('c2'));
      expect(await store.calls({ limit: 9 })).toEqual([]);
    });

    test('calls and the cursor up to which they were made are kept together; the cursor never goes back', async () => {
      await store.saveHook(hook('h1'));
      await store.addCalls('h1', 40, [call('c1'), call('c2', { due: 5 })]);
      await store.saveHook(hook('h1', { url: 'http://other.test/', cursor: 12 }));
      expect(await store.hooks()).toMatchObject([{ cursor: 40, url: 'http://other.test/' }]);
      await store.addCalls('h1', 50, []);
      expect((await store.hooks())[0]!.cursor).toBe(50);
    });

    test('due calls come oldest first; a call that is done is due no more', async () => {
      await store.saveHook(hook('h1'));
      await store.saveHook(hook('h2'));
      await store.addCalls('h1', 1, [call('c1', { due: 30 }), call('c2', { due: 10 }), call('c3', { due: 20 })]);
      await store.addCalls('h2', 1, [call('c4', { hook: 'h2', due: 1 })]);
      expect(await store.nextCall('h1')).toBe(10);
      expect((await store.dueCalls('h1', 20, 9)).map(({ id }) => id)).toEqual(['c2', 'c3']);
      expect(await store.dueCalls('h1', 30, 1)).toHaveLength(1);
      const done = call('c2', { state: 'delivered', due: null, tries: [{ at: 11, tookMs: 3, status: 204, error: null, response: '' }] });
      await store.saveCall(done);
      expect(await store.call('c2')).toEqual(done);
      expect(await store.nextCall('h1')).toBe(20);
      expect(await store.nextCall('gone')).toBeNull();
    });

    test('calls are listed newest first, by hook, stream and state, in pages', async () => {
      await store.saveHook(hook('h1'));
      await store.saveHook(hook('h2', { stream: 'blue' }));
      await store.addCalls('h1', 1, [call('c1', { state: 'failed', due: null }), call('c3')]);
      await store.addCalls('h2', 1, [call('c2', { hook: 'h2' })]);
      const ids = async (query: object) => (await store.calls({ limit: 9, ...query })).map(({ id }) => id);
      expect(await ids({})).toEqual(['c3', 'c2', 'c1']);
      expect(await ids({ stream: 'blue' })).toEqual(['c2']);
      expect(await ids({ hook: 'h1', state: 'failed' })).toEqual(['c1']);
      expect(await ids({ before: 'c3', limit: 1 })).toEqual(['c2']);
      expect(await ids({ hook: 'h1', before: 'c3' })).toEqual(['c1']);
    });

    test('of the calls that are done the newest are kept', async () => {
      await store.saveHook(hook('h1'));
      await store.addCalls('h1', 1, [1, 2, 3, 4].map((n) => call(`c${n}`, { state: 'delivered', due: null })));
      await store.addCalls('h1', 1, [call('c0')]);
      expect(await store.pruneCalls(2)).toBe(2);
      expect((await store.calls({ limit: 9 })).map(({ id }) => id)).toEqual(['c4', 'c3', 'c0']);
    });

    test('a hook goes with its stream', async () => {
      await store.saveHook(hook('h1', { stream: 'blue' }));
      await store.addCalls('h1', 1, [call('c1')]);
      await store.deleteStream('blue');
      expect(await store.hooks()).toEqual([]);
      expect(await store.call('c1')).toBeUndefined();
      await expect(store.saveHook(hook('h2', { stream: 'blue' }))).rejects.toThrow(/no stream "blue"/);
    });
  });
}
