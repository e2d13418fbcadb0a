/** Hooks as the HTTP side is given them, over the real store, without anybody who calls. */
import type { Hooks } from '../../server/api/deps.ts';
import type { Clock } from '../../server/clock.ts';
import type { Hook, HookCall } from '../../server/hooks/hook.ts';
import type { MakeId } from '../../server/ids.ts';
import type { Store } from '../../server/store/port.ts';

export function hookBook({ store, clock, makeId }: { store: Store; clock: Clock; makeId: MakeId }): Hooks {
  const get = async (id: string) => (await store.hooks()).find((hook) => hook.id === id);
  const bad = (url: string | undefined) => url !== undefined && !/^https?:\/\//.test(url) ? { faults: [{ path: 'url', message: 'is no http address' }] } : undefined;
  return {
    list: (stream) => store.hooks(stream),
    get,
    async create(stream, { url, types = [], headers = {}, secret = 'whsec_c2VjcmV0', misbehave = null }) {
      const faults = bad(url);
      if (faults) return faults;
      const hook: Hook = { id: makeId(clock.now()), stream, url, secret, types, headers, createdAt: clock.now(), disabled: null, cursor: 0, misbehave: misbehave && { duplicate: 0, reorder: 0, lose: 0, seed: 1, ...misbehave } };
      await store.saveHook(hook);
      return hook;
    },
    async change(id, { enabled, misbehave, ...wish }) {
      const hook = await get(id);
      const faults = bad(wish.url);
      if (!hook || faults) return hook && faults;
      const changed: Hook = {
        ...hook, ...wish,
        ...(misbehave === undefined ? {} : { misbehave: misbehave && { duplicate: 0, reorder: 0, lose: 0, seed: 1, ...misbehave } }),
        ...(enabled === undefined ? {} : { disabled: enabled ? null : { reason: 'by a person', at: clock.now() } }),
      };
      await store.saveHook(changed);
      return changed;
    },
    remove: (id) => store.deleteHook(id),
    waiting: async (id) => (await store.calls({ hook: id, limit: 100, state: 'waiting' })).length,
    standing: () => ({ failures: 0, lastError: null, pausedUntil: null }),
    calls: (query) => store.calls(query),
    call: (id) => store.call(id),
    async test(id) {
      const hook = (await store.hooks()).find((one) => one.id === id);
      if (!hook) return undefined;
      const now = clock.now();
      const call: HookCall = { id: makeId(now), hook: id, event: 0, type: 'hook.test', webhookId: `msg_${id}_test`, body: '{}', state: 'waiting', tries: [], due: now, createdAt: now };
      await store.saveCall(call);
      return call;
    },
    async replay(id) {
      const call = await store.call(id);
      if (!call) return undefined;
      const again = { ...call, state: 'waiting' as const, due: clock.now() };
      await store.saveCall(again);
      return again;
    },
  };
}
