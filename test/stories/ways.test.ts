/** What is demanded of the way to a host: by domains that share it, each for itself, and by a stream from the moment it does. */
import { expect, test } from 'vitest';
import type { Delivery } from '../../sdk/contract.ts';
import { liveHouse } from '../support/live-house.ts';
import { pemOf } from '../support/postfix-receiver.ts';
import { foundAuthority, type Issued, tlsa } from '../transport/authority.ts';

const NAME = 'mx.a.test';

/** `a.test` demands nothing; `d.test` has DANE, at the same host. */
async function shared() {
  const made = foundAuthority();
  const [shown, other] = [made.selfSigned(NAME), made.selfSigned(NAME)];
  const house = await liveHouse({
    zone: { 'a.test': { MX: [`10 ${NAME}`] }, 'd.test': { MX: [`10 ${NAME}`], authentic: true }, [NAME]: { A: ['127.0.0.1'], authentic: true } },
    remote: { starttls: 'named', tls: async () => pemOf(shown) },
  });
  await house.ask('PATCH', '/v1/streams/default', { mode: 'deliver', delivery: { limits: { connections: 1, messagesPerConnection: 2 }, live: { allow: ['*'], dkim: null } } });
  return {
    house, shown, other,
    record({ certificate }: Issued) {
      const { usage, selector, matching, data } = tlsa(3, 1, 1, certificate);
      house.dns.set(`_${house.remote.at.port}._tcp.${NAME}`, { TLSA: [`${usage} ${selector} ${matching} ${Buffer.from(data).toString('hex')}`], authentic: true });
    },
    async policyOf(message: string): Promise<(string | null | undefined)[]> {
      const { recipients } = (await house.ask('GET', `/v1/messages/${message}/delivery`)) as Delivery;
      return recipients.map(({ history }) => history.at(-1)?.tls?.policy);
    },
  };
}

test('a connection that was made with anybody carries no mail that a policy protects; one that proved itself carries all', async () => {
  const { house, shown, record, policyOf } = await shared();
  await using _ = house;
  record(shown);
  await house.until(await house.send('ann@d.test'), ['ann@d.test delivered']);
  const of = async (to: string) => {
    const id = await house.send(to);
    await house.until(id, [`${to} delivered`]);
    return (await policyOf(id))[0];
  };
  // The second over the connection that proved itself, and its last; then one that is asked to prove nothing.
  expect(await of('ann@a.test')).toBe('dane');
  expect(await of('bo@a.test')).toBeNull();
  expect(await of('bo@d.test')).toBe('dane');
});

test('what one domain demands in vain holds up nobody else at that host', async () => {
  const { house, other, record } = await shared();
  await using _ = house;
  record(other);
  const blocked = await house.send('ann@d.test');
  await house.until(blocked, ['ann@d.test deferred']);
  await house.until(await house.send('ann@a.test'), ['ann@a.test delivered']);
  const next = await house.send('bo@d.test');
  await house.until(await house.send('bo@a.test'), ['bo@a.test delivered']);
  expect(house.taken().filter((one) => one.includes('@d.test'))).toEqual([]);
  // Its domain rests, and says why.
  const { recipients } = (await house.ask('GET', `/v1/messages/${next}/delivery`)) as Delivery;
  expect(recipients[0]).toMatchObject({ state: 'queued', history: [], explanation: { reason: 'site-paused', text: expect.stringMatching(/d\.test is paused .*DANE demands a certificate/) } });
});

test('a stream that comes to require TLS sends nothing more in plaintext, over ways and connections that are known, either', async () => {
  await using house = await liveHouse({ remote: { starttls: 'off' } });
  await house.live({ allow: ['*'] });
  await house.until(await house.send('ann@a.test'), ['ann@a.test delivered']);
  await house.live({ tls: 'required' });
  const id = await house.send('bo@a.test');
  await house.until(id, ['bo@a.test deferred']);
  expect(house.taken()).toEqual(['ann@a.test Hello']);
});
