/** With FUZZ_SECONDS (`npm run fuzz`) each property is tried again and again for as long, each time with cases of its own. */
import type { IRawProperty, Parameters } from 'fast-check';
import { vi } from 'vitest';

const MILLISECONDS = Number(process.env['FUZZ_SECONDS']) * 1_000;

// Not by fast-check's own limit of time: it leaves a case that hangs to itself, and calls the property good.
vi.mock('fast-check', async (original) => {
  const { default: fc } = await original<typeof import('fast-check')>();
  const assert = <T>(property: IRawProperty<T>, params: Parameters<T> = {}): unknown => {
    const end = performance.now() + MILLISECONDS;
    const again = (): unknown => {
      for (;;) {
        const outcome: unknown = fc.assert(property, params);
        if (outcome instanceof Promise) return outcome.then(() => (performance.now() < end ? again() : undefined));
        if (performance.now() >= end) return undefined;
      }
    };
    return again();
  };
  return { default: { ...fc, assert } };
});
