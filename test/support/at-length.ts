/** With FUZZ_SECONDS (`npm run fuzz`) each property tries as many cases as it can in that time, instead of the few of a quick run. */
import type { IRawProperty, Parameters } from 'fast-check';
import { vi } from 'vitest';

const MILLISECONDS = Number(process.env['FUZZ_SECONDS']) * 1_000;

vi.mock('fast-check', async (original) => {
  const { default: fc } = await original<typeof import('fast-check')>();
  const assert = <T>(property: IRawProperty<T>, params: Parameters<T> = {}) => fc.assert(property, { ...params, numRuns: 1_000_000_000, interruptAfterTimeLimit: MILLISECONDS });
  return { default: { ...fc, assert } };
});
