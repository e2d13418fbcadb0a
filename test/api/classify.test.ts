import { afterAll, beforeAll, expect, test } from 'vitest';
import { Explained } from '../../server/api/schemas/classify.ts';
import { RULES } from '../../server/classify/rules/index.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
beforeAll(async () => { house = await apiHouse(); });
afterAll(() => house.close());

const ask = <T>(json: unknown, status?: number) => house.json<T>('/v1/classify', { method: 'POST', json }, status);

test('a pasted reply is explained: class, rule, and what Postern would do', async () => {
  expect(await ask({ text: '550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n550 5.7.26 - gsmtp' })).toEqual({
    class: 'authentication', scope: 'sender', permanence: 'policy', action: 'fix_config', rule: expect.any(String), facets: { provider: 'google', confidence: expect.any(String) },
    says: 'SPF, DKIM or DMARC failed or is missing.', does: expect.stringContaining('whoever runs this must change something'),
  });
});

test('code, enhanced code, stage and host can be given apart', async () => {
  expect(await ask({ text: 'Recipient rejected', code: 550, enhanced: '5.1.1', stage: 'rcpt', host: 'mx1.mail.yahoo.com' })).toMatchObject({ class: 'invalid_recipient', facets: { provider: 'yahoo', phase: 'rcpt' } });
});

test('every verdict has the shape that the document promises', async () => {
  for (const { id, samples } of RULES) expect([id, Explained.strict().safeParse(await ask({ text: samples[0] })).error]).toEqual([id, undefined]);
});

test.each([[{}], [{ text: 'x', code: 99 }], [{ text: 'x', enhanced: '9.1.1' }], [{ text: 'x', stage: 'lunch' }], [{ text: 'x', phase: 'rcpt' }]])('%j is refused', async (json) => {
  expect(await ask(json, 422)).toMatchObject({ type: '/problems/invalid' });
});
