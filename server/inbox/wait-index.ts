/**
 * Open waits by the address they look for, so that a message meets only those
 * it could concern. A wait without an exact address in its filter is met by
 * every message.
 */
import { addressKey } from '../mail/address.ts';
import type { MessageSummary } from '../mail/message.ts';
import { patternKey } from './address-pattern.ts';
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
      const key = keyOf(filter);
      if (key === undefined) { loose.add(wait); return; }
      const waits = byKey.get(key);
      if (waits) waits.add(wait);
      else byKey.set(key, new Set([wait]));
    },
    remove(wait, filter) {
      size--;
      const key = keyOf(filter);
      if (key === undefined) { loose.delete(wait); return; }
      const waits = byKey.get(key);
      waits?.delete(wait);
      if (waits?.size === 0) byKey.delete(key);
    },
    candidates(summary) {
      const found = new Set<Wait>(loose);
      if (byKey.size > 0) {
        const keys = new Set<string>();
        for (const address of summary.recipients) keys.add(addressKey(address));
        keys.add(addressKey(summary.envelopeFrom));
        for (const field of [summary.header.to, summary.header.cc, summary.header.from]) for (const { address } of field) keys.add(addressKey(address));
        for (const key of keys) for (const wait of byKey.get(key) ?? []) found.add(wait);
      }
      return [...found];
    },
  };
}

/** Of the first exact address that must be there; undefined when none must. */
function keyOf(filter: Filter): string | undefined {
  switch (filter.kind) {
    case 'and': {
      for (const one of filter.all) {
        const key = keyOf(one);
        if (key !== undefined) return key;
      }
      return undefined;
    }
    case 'to': case 'from': case 'cc': case 'bcc': case 'inbox': return patternKey(filter.address);
    default: return undefined;
  }
}
