/**
 * The DNS as it is, and as it lies: what becomes of real mail, from its
 * acceptance to what its sender is told. The server is whole, the resolver's
 * questions go over UDP and TCP to zone data of this machine.
 */
import { expect, test } from 'vitest';
import { liveHouse, SITES } from '../support/live-house.ts';
import { quickClock } from '../support/quick-clock.ts';
import { answers, attempts, classes, door } from './looking.ts';

const HERE = { A: ['127.0.0.1'] };

/** What the sender was told: the status of each notice about that address. */
async function notices(house: Awaited<ReturnType<typeof liveHouse>>, about: string): Promise<string[]> {
  const { messages } = await house.get<{ messages: { id: string; subject: string }[] }>('/v1/messages?to=shop@app.test&limit=100');
  const raws = await Promise.all(messages.map(async ({ id }) => (await fetch(`${house.http}/v1/messages/${id}/raw`)).text()));
  return raws.filter((raw) => raw.includes(`Final-Recipient: rfc822; ${about}`)).flatMap((raw) => /^Status: (\S+)/m.exec(raw)![1]!);
}

test('a domain that takes no mail bounces at once, and its sender is told which kind of nobody it is', async () => {
  await using house = await liveHouse({ zone: {
    ...SITES, 'null.test': { MX: ['0 .'], A: ['127.0.0.1'] }, 'empty.test': { TXT: ['nothing'] }, 'homeless.test': { MX: ['10 gone.empty.test'] },
    'ours.test': { MX: ['10 postern.test', '20 mx.a.test'] }, 'back.test': { MX: ['10 mx.back.test'] }, 'mx.back.test': { A: ['127.0.0.3'] }, 'behind.test': { MX: ['5 mx.a.test', '10 postern.test'] },
  } });
  // On the port of other people's mail servers, so that mx.back.test leads back to here.
  await house.again({ smtpListen: { host: '127.0.0.3', port: house.remote.at.port } });
  await house.live({ allow: ['*'] });
  const ends = async (domain: string) => {
    const id = await house.send(`ann@${domain}`);
    await house.until(id, [`ann@${domain} bounced`]);
    const tried = await attempts(house, id);
    expect(tried).toHaveLength(1);
    return [...(await classes(house, id, 'recipient.bounced')), ...(await notices(house, `ann@${domain}`)), ...(await answers(house, id))].join(' ');
  };
  expect(await ends('gone.test')).toBe('invalid_domain 5.1.2 nxdomain: The domain gone.test does not exist (NXDOMAIN)');
  expect(await ends('null.test')).toBe('invalid_domain 5.1.10 null-mx: The domain null.test takes no mail (null MX, RFC 7505): 556 5.1.10');
  expect(await ends('empty.test')).toBe('invalid_domain 5.4.4 no-mx: The domain empty.test has neither MX nor address records');
  expect(await ends('homeless.test')).toMatch(/^invalid_domain 5\.4\.4 no-mx: /);
  expect(await ends('ours.test')).toMatch(/^routing 5\.4\.6 loop: Mail for ours\.test would come back to us: postern\.test \(10\) is this server/);
  expect(await ends('back.test')).toMatch(/^routing 5\.4\.6 loop: Mail for back\.test would come back to us: /);
  expect(house.remote.accepted).toEqual([]);
  // Where somebody is preferred to us, that is who takes it.
  const id = await house.send('ann@behind.test');
  await house.until(id, ['ann@behind.test delivered']);
});

test('a resolver that fails, is silent or talks nonsense puts mail off, and it is delivered when that is over', { timeout: 60_000 }, async () => {
  const lies = ['servfail', 'refused', 'timeout', 'garbage', 'broken', 'wrong-id', 'wrong-question', 'truncate-only'] as const;
  const zone = Object.fromEntries(lies.map((lie) => [`${lie}.test`, { ...HERE, lie }]));
  await using house = await liveHouse({ clock: quickClock(60), zone: { ...zone, 'half.test': { MX: ['10 mx.half.test'] }, 'mx.half.test': { ...HERE, lie: { A: 'servfail', AAAA: 'servfail' } } } });
  await house.ask('PATCH', '/v1/streams/default', { delivery: { schedule: { kind: 'steps', steps: ['20s'] } } });
  await house.live({ allow: ['*'] });
  const sent = await Promise.all([...lies, 'half'].map(async (name) => ({ name, id: await house.send(`ann@${name}.test`) })));
  await expect.poll(async () => Promise.all(sent.map(async ({ id }) => (await attempts(house, id)).length)), { timeout: 30_000 }).not.toContain(0);
  for (const { name, id } of sent) {
    expect((await answers(house, id))[0]).toMatch(name === 'half' ? /^dns-error: No host of half\.test could be found for now/ : /^dns-error: The MX records of \S+ could not be asked for: /);
    expect((await classes(house, id, 'recipient.deferred'))[0]).toBe('network');
  }
  expect(house.remote.accepted).toEqual([]);
  for (const name of lies) house.dns.set(`${name}.test`, HERE);
  house.dns.set('mx.half.test', HERE);
  for (const { name, id } of sent) await house.until(id, [`ann@${name}.test delivered`]);
  expect(house.remote.accepted).toHaveLength(sent.length);
});

test('answers that only look wrong are read right: cut short over UDP, without EDNS, after a forgery', async () => {
  const names = ['truncate', 'no-edns', 'spoof-first'] as const;
  await using house = await liveHouse({ zone: Object.fromEntries(names.map((lie) => [`${lie}.test`, { ...HERE, lie }])) });
  await house.live({ allow: ['*'] });
  for (const name of names) {
    const id = await house.send(`ann@${name}.test`);
    await house.until(id, [`ann@${name}.test delivered`]);
  }
  expect(house.dns.asked).toContainEqual({ name: 'truncate.test', type: 'MX', over: 'tcp' });
});

test('answers that lead into this machine or a private network are never followed, and it says so', async () => {
  const inside = { A: ['127.0.0.9', '10.1.2.3', '169.254.169.254', '0.0.0.0'], AAAA: ['::1', '::ffff:127.0.0.9', 'fe80::1', 'fd00::1', '64:ff9b::7f00:9'] };
  await using house = await liveHouse({ settings: { deliveryPrivate: ['127.0.0.1'] }, zone: {
    ...SITES, 'inside.test': { MX: ['10 mx.inside.test'] }, 'mx.inside.test': inside, 'bare.test': inside, 'alias.test': { MX: ['10 cname.test'] }, 'cname.test': { CNAME: 'mx.inside.test' },
    'numbers.test': { MX: ['10 127.0.0.9'] }, 'some.test': { MX: ['10 mx.inside.test', '20 mx.both.test'] }, 'mx.both.test': { A: ['127.0.0.9', '127.0.0.1'] },
  } });
  const { port } = house.remote.at;
  await using four = await door('127.0.0.9', port);
  await using six = await door('::1', port);
  await house.live({ allow: ['*'], family: 'ipv6-first' });
  const put = async (domain: string) => {
    const id = await house.send(`ann@${domain}`);
    await house.until(id, [`ann@${domain} deferred`]);
    return (await answers(house, id)).join();
  };
  for (const domain of ['inside.test', 'bare.test', 'alias.test']) expect(await put(domain)).toMatch(/^unreachable: No host of \S+ may be asked: \S+ is at .*\(loopback\).*, where mail does not go unless POSTERN_DELIVERY_PRIVATE allows it$/);
  for (const literal of ['[127.0.0.9]', '[IPv6:::1]', '[IPv6:::ffff:127.0.0.9]']) expect(await put(literal)).toMatch(/^unreachable: \S+ may not be asked: .*(?:loopback|an IPv4 address inside)/);
  // RFC 5321 §5.1: an MX is a name. What looks like an address is one that nobody has.
  const numbers = await house.send('ann@numbers.test');
  await house.until(numbers, ['ann@numbers.test bounced']);
  // Where there is another way it goes there alone.
  const some = await house.send('ann@some.test');
  await house.until(some, ['ann@some.test delivered']);
  expect([four.knocks, six.knocks]).toEqual([0, 0]);
});

test('of ten MX hosts nine are dead, each in a way of its own, and the tenth takes it', { timeout: 30_000 }, async () => {
  const dead = Array.from({ length: 7 }, (_, n) => `mx${n}.many.test`);
  await using house = await liveHouse({ clock: quickClock(300), zone: {
    'many.test': { MX: [...dead.map((name, n) => `${n + 1} ${name}`), '8 nowhere.many.test', '9 hangs.many.test', '10 good.many.test'] },
    ...Object.fromEntries(dead.map((name, n) => [name, { A: [`127.0.0.${20 + n}`] }])), 'hangs.many.test': { A: ['127.0.0.40'] }, 'good.many.test': HERE,
  } });
  await using hangs = await door('127.0.0.40', house.remote.at.port);
  await house.live({ allow: ['*'] });
  const id = await house.send('ann@many.test');
  await house.until(id, ['ann@many.test delivered']);
  const [attempt, ...more] = await attempts(house, id);
  expect(more).toEqual([]);
  const told = attempt!.transcript.map(({ line }) => line).join('\n');
  for (const name of dead) expect(told).toContain(`connecting to ${name} `);
  expect(told).toContain('nowhere.many.test has no address');
  expect(told).toContain('connecting to good.many.test [127.0.0.1]');
  expect(hangs.knocks).toBe(1);
});

test('a domain without MX, an MX that is an alias, an aliased domain, a literal and an international name are all found', async () => {
  await using house = await liveHouse({ zone: {
    'implicit.test': HERE, 'mx-alias.test': { MX: ['10 alias.mx-alias.test'] }, 'alias.mx-alias.test': { CNAME: 'real.test' }, 'real.test': HERE,
    'www.test': { CNAME: 'mx-alias.test' }, 'xn--bcher-kva.test': { MX: ['10 real.test'] }, 'six.test': { AAAA: ['::ffff:127.0.0.1'] },
  } });
  await house.live({ allow: ['*'] });
  for (const domain of ['implicit.test', 'mx-alias.test', 'www.test', '[127.0.0.1]', 'bücher.test', 'xn--bcher-kva.test', 'IMPLICIT.TEST']) {
    const id = await house.send(`ann@${domain}`);
    await expect.poll(() => house.states(id)).toEqual([expect.stringMatching(/ delivered$/)]);
  }
  expect(house.remote.accepted.map(({ envelope }) => envelope.recipients[0]!.address.toLowerCase().replace('bücher', 'xn--bcher-kva'))).toEqual(
    ['implicit.test', 'mx-alias.test', 'www.test', '[127.0.0.1]', 'xn--bcher-kva.test', 'xn--bcher-kva.test', 'implicit.test'].map((domain) => `ann@${domain}`),
  );
});

test('IPv6 is asked first where the stream wants it, and IPv4 when there is nobody', async () => {
  await using house = await liveHouse({ settings: { deliveryPrivate: ['127.0.0.0/8', '::1'] }, zone: { 'both.test': { A: ['127.0.0.1'], AAAA: ['::1'], ttl: 0 }, 'later.test': { A: ['127.0.0.1'], AAAA: ['::1'] } } });
  const six = await door('::1', house.remote.at.port, house.remote.at);
  try {
    await house.live({ allow: ['*'], family: 'ipv6-first' });
    const first = await house.send('ann@both.test');
    await house.until(first, ['ann@both.test delivered']);
    expect(six.knocks).toBe(1);
    await six.close();
    const second = await house.send('ann@later.test');
    await house.until(second, ['ann@later.test delivered']);
    const told = (await attempts(house, second))[0]!.transcript.map(({ line }) => line).filter((line) => line.startsWith('connecting'));
    expect(told).toEqual([`connecting to later.test [::1]:${house.remote.at.port}`, `connecting to later.test [127.0.0.1]:${house.remote.at.port}`]);
  } finally {
    await six.close();
  }
});
