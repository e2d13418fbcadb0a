/**
 * Open waits by the address they look for, so that a message meets only those
 * it could concern. A wait without an exact address in its filter is met by
 * every message.
 */
import type { MessageSummary } from '../mail/message.ts';
import { addKeysOf, patternKeys } from './address-pattern.ts';
import type { Filter } from './filter.ts';

export type WaitIndex<Wait> = {
  add(wait: Wait, filter: Filter): void;
  remove(wait: Wait, filter: Filter): void;
  /** Each at most once. */
  candidates(summary: MessageSummary): Wait[];
  readonly size: number;
};

export function waitIndex<Wait>(): WaitIndex<Wait> {
  const byKey = new Map<string, Set<Wait>>();
  const loose = new Set<Wait>();
  let size = 0;
  return {
    get size() { return size; },
    add(wait, filter) {
      size++;
      const keys = keysOf(filter);
      if (!keys) { loose.add(wait); return; }
      for (const key of keys) {
        const waits = byKey.get(key);
        if (waits) waits.add(wait);
        else byKey.set(key, new Set([wait]));
      }
    },
    remove(wait, filter) {
      size--;
      const keys = keysOf(filter);
      if (!keys) { loose.delete(wait); return; }
      for (const key of keys) {
        const waits = byKey.get(key);
        waits?.delete(wait);
        if (waits?.size === 0) byKey.delete(key);
      }
    },
    candidates(summary) {
      const found = new Set<Wait>(loose);
      if (byKey.size > 0) {
        const keys = new Set<string>();
        for (const address of summary.recipients) addKeysOf(address, keys);
        addKeysOf(summary.envelopeFrom, keys);
        for (const field of [summary.header.to, summary.header.cc, summary.header.from]) for (const { address } of field) addKeysOf(address, keys);
        for (const key of keys) for (const wait of byKey.get(key) ?? []) found.add(wait);
      }
      return [...found];
    },
  };
}

/** Of the first exact address that must be there; undefined when none must. */
function keysOf(filter: Filter): string[] | undefined {
  switch (filter.kind) {
    case 'and': {
      for (const one of filter.all) {
        const keys = keysOf(one);
        if (keys) return keys;
      }
      return undefined;
    }
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': return patternKeys(filter.address);
    default: return undefined;
  }
}
