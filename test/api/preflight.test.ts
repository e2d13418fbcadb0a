import { afterEach, expect, test } from 'vitest';
import type { DeliveryView, Preflight, Problem } from '../../sdk/contract.ts';
import { OperatorError } from '../../server/operator-error.ts';
import { Preflight as PreflightSchema } from '../../server/api/schemas/going-out.ts';
import { apiHouse, type ApiHouse } from '../support/api-house.ts';

let house: ApiHouse;
afterEach(() => house.close());

const AT = Date.UTC(2026, 4, 1);
const open = async () => {
  house = await apiHouse({
    async preflight(domain) {
      if (!domain.includes('.')) throw new OperatorError(`"${domain}" is no domain`);
      return {
        domain, at: AT, verdict: 'fail',
        findings: [
          { check: 'spf', verdict: 'fail', text: 'There is no SPF record', found: [], publish: [{ name: domain, type: 'TXT', value: 'v=spf1 -all', why: 'Says who may send' }], see: 'RFC 7208' },
          { check: 'mta-sts', verdict: 'skip', text: 'Nobody answered', found: [], publish: [], see: 'RFC 8461', unanswered: true },
        ],
      };
    },
  });
};
const ask = <T = Preflight>(body: unknown, status = 200) => house.json<T>('/v1/preflight', { json: body }, status);

test('a stream is looked at by its domain, and the last look is kept', async () => {
  await open();
  expect(await house.json<Problem>('/v1/streams/default/preflight', {}, 404)).toMatchObject({ type: '/problems/no-preflight', detail: expect.stringContaining('"default"') });
  expect(await ask<Problem>({ stream: 'default' }, 422)).toMatchObject({ errors: [{ path: 'domain', message: expect.stringContaining('"default" names none') }] });
  await house.json('/v1/streams/default', { method: 'PATCH', json: { delivery: { live: { dkim: { domain: 'shop.test' } } } } });
  const found = await ask({ stream: 'default' });
  expect(found).toMatchObject({ domain: 'shop.test', stream: 'default', at: '2026-05-01T00:00:00.000Z', verdict: 'fail', findings: [{ check: 'spf', publish: [{ type: 'TXT' }] }, { check: 'mta-sts', unanswered: true }] });
  expect(PreflightSchema.parse(found)).toEqual(found);
  expect(await house.json('/v1/streams/default/preflight')).toEqual(found);
  expect((await house.json<DeliveryView>('/v1/delivery')).streams[0]!.preflight).toEqual({ at: '2026-05-01T00:00:00.000Z', verdict: 'fail' });
  expect(await ask({ stream: 'default', domain: 'other.test', call: true })).toMatchObject({ domain: 'other.test', stream: 'default' });
});

test('a domain is looked at by itself, and is no stream\'s last look', async () => {
  await open();
  expect(await ask({ domain: 'shop.test' })).toMatchObject({ domain: 'shop.test', stream: null });
  await house.json('/v1/streams/default/preflight', {}, 404);
});

test('what cannot be looked at is told', async () => {
  await open();
  expect(await ask<Problem>({}, 422)).toMatchObject({ errors: [{ path: 'stream', message: expect.stringContaining('`domain`') }] });
  expect(await ask<Problem>({ domain: 'shop.test', call: true }, 422)).toMatchObject({ errors: [{ path: 'call' }] });
  expect(await ask<Problem>({ domain: 'nonsense' }, 422)).toMatchObject({ errors: [{ path: 'domain', message: '"nonsense" is no domain' }] });
  expect(await ask<Problem>({ stream: 'nobody' }, 404)).toMatchObject({ type: '/problems/no-such-stream' });
  await ask({ domain: 'x'.repeat(256) }, 422);
  await house.json('/v1/streams/nobody/preflight', {}, 404);
});
