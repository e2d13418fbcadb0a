import { expect, test } from 'vitest';
import type { Compat } from '../../sdk/contract.ts';
import { scripted } from '../../test/support/scripted-api.ts';
import { Checking, excerpt, families, tally, troubled } from './checking.svelte.ts';

const client = (id: string, unsupported: number) => ({ id, family: id.split('.')[0]!, platform: id.split('.')[1]!, supported: 1, partial: 0, unsupported, unknown: 0 });
const compat = {
  source: 'x', asOf: '2026-01-01', clients: [client('mail.ios', 0), client('gmail.web', 1), client('gmail.ios', 4)],
  features: [{ id: 'css-a', clients: [{ client: 'gmail.ios', support: 'unsupported', notes: [] }] }, { id: 'css-b', clients: [] }],
} as unknown as Compat;

test('checks are run when asked for, once a message, and the last asked for is shown', async () => {
  const waiting: ((value: unknown) => void)[] = [];
  const { api, asked } = scripted(() => new Promise((resolve) => { waiting.push(resolve); }));
  const checking = new Checking(api);
  const first = checking.run('m1');
  void checking.run('m1');
  const second = checking.run('m2');
  expect(asked.map(({ path }) => path)).toEqual(['/v1/messages/m1/checks', '/v1/messages/m2/checks']);
  waiting[1]!({ message: 'm2', checks: [], compat: null });
  await second;
  waiting[0]!({ message: 'm1', checks: [], compat: null });
  await first;
  expect(checking.result?.message).toBe('m2');
});

test('verdicts are counted', () => {
  const check = (verdict: 'pass' | 'fail') => ({ id: verdict, title: '', verdict, summary: '', details: [] });
  expect(tally([check('pass'), check('fail'), check('pass')])).toEqual({ fail: 1, warn: 0, info: 0, pass: 2 });
});

test('a long line is shown around what is meant', () => {
  const html = `one\n${'x'.repeat(500)}<a href="#">${'y'.repeat(500)}`;
  expect(excerpt(html, 1)).toBe('one');
  expect(excerpt(html, 2, '<a href')).toMatch(/^…x+<a href="#">y+…$/);
  expect(excerpt(html, 2, 'not there')).toMatch(/^x+…$/);
  expect([excerpt(html, 9), excerpt(null, 1)]).toEqual(['', '']);
});

test('clients stand by family, the worst first; features that work everywhere are left out', () => {
  expect(families(compat).map(({ name, worst }) => [name, worst])).toEqual([['gmail', 4], ['mail', 0]]);
  expect(troubled(compat).map(({ id }) => id)).toEqual(['css-a']);
  expect(troubled(compat, 'mail')).toEqual([]);
});
