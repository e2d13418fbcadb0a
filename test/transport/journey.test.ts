/** What all hosts of a route share: where we come from, what was noted on the way, and the time for all of it. */
import { expect, test } from 'vitest';
import type { Host, Network } from '../../server/network/network.ts';
import { connectTo } from '../../server/transport/connect.ts';
import { DEADLINES } from '../../server/transport/deadlines.ts';
import { createSilent } from '../../server/transport/silent.ts';
import { calm, carrierOf, connecting, countedClock, host, message, over, route, spoken, talkOf } from './house.ts';
import { dials, remote } from './script.ts';
import { sockets, tcpPair } from './sockets.ts';

test('the address and the name that a stream goes out with are asked for once, and used at every host', async () => {
  const asked: string[] = [];
  const source = { ipv4: '192.0.2.9', ipv6: null, helo: 'out.shop.test' };
  const there = remote('S: 220 hi\nC: EHLO out.shop.test\nS: 250 hi');
  const script = dials('refused', there);
  const seen: unknown[] = [];
  const network: Pick<Network, 'dial' | 'source'> = {
    source(stream) {
      asked.push(stream);
      return source;
    },
    dial(to, ask) {
      seen.push(ask.source);
      return script.dial(to, ask);
    },
  };
  const carrier = await connecting(network, countedClock(), route('one.test', 'two.test'));
  if (!('carry' in carrier)) throw new Error(JSON.stringify(carrier));
  await there.done;
  expect(asked).toEqual(['default']);
  expect(seen).toEqual([source, source]);
  carrier.close();
});

test('a source without a name says that of the house', async () => {
  const there = remote('S: 220 hi\nC: EHLO client.test\nS: 250 hi');
  const carrier = await connecting({ ...dials(there), source: () => ({ ipv4: '192.0.2.9', ipv6: null, helo: null }) }, countedClock());
  if (!('carry' in carrier)) throw new Error(JSON.stringify(carrier));
  // What was said in EHLO is the script's to judge.
  await expect(there.done).resolves.not.toThrow();
  carrier.close();
});

test('the transcript says how the route was found and, over a real socket, where we come from', async () => {
  const ends = await tcpPair();
  const there = remote('S: 220 hi\nC: EHLO*\nS: 554 no\nC: QUIT', undefined, { between: () => ends });
  const found = await connecting(dials(there), countedClock(), { ...route('mx.script.test'), notes: ['MX of script.test: mx.script.test (10)'] });
  if ('carry' in found) throw new Error('connected, against expectation');
  expect(spoken(found.transcript).slice(0, 3)).toEqual(['* MX of script.test: mx.script.test (10)', '* connecting to mx.script.test [192.0.2.1]:25', '* connected from 127.0.0.1']);
  await there.done;
  ends[1].destroy();
});

test('the hosts of a route together are waited for 15 minutes, whatever each of them may take', async () => {
  const clock = countedClock();
  const silent = Array.from({ length: 5 }, () => remote('! silence'));
  const network = dials(...silent);
  const found = connecting(network, clock, route(...silent.map((_, n) => `mx${n}.test`)));
  const isOver = over(found);
  await calm();
  for (let minute = 0; minute < 15; minute++) {
    expect(isOver()).toBe(false);
    clock.advance(60_000);
    await calm();
  }
  const { answer, transcript, startedAt, endedAt } = (await found) as Exclude<Awaited<typeof found>, { carry: unknown }>;
  expect(endedAt - startedAt).toBe(DEADLINES.opening);
  expect(network.dialled).toHaveLength(3);
  expect(answer).toMatchObject({ fault: 'timeout', stage: 'greeting', host: 'mx2.test' });
  expect(spoken(transcript).at(-1)).toBe('* no connection within 15 min: 2 of 5 hosts were not tried');
  expect(clock.timers).toBe(0);
});

test('a host that is just quick enough at every step is left when the time for all of it is over', async () => {
  const clock = countedClock();
  const slow = remote('! drip 35000 220 hi\nC: EHLO*\n! drip 35000 502 no\nC: HELO*\n! drip 35000 250 hi', clock);
  const found = connecting(dials(slow), clock, route('mx.test'), { deadlines: { opening: 600_000 } });
  const isOver = over(found);
  await calm();
  while (!isOver()) {
    clock.advance(5_000);
    await calm();
  }
  expect(await found).toMatchObject({ answer: { fault: 'timeout', stage: 'ehlo', detail: 'no connection within 10 min' } });
  expect(clock.now() - Date.UTC(2026, 0, 1)).toBe(600_000);
});

test('the time that a dial has is what is left of it', async () => {
  const clock = countedClock();
  const found = connecting(dials('never'), clock, route('mx.test'), { deadlines: { opening: 10_000 } });
  await calm();
  clock.advance(10_000);
  expect(await found).toMatchObject({ answer: { stage: 'connect', fault: 'timeout', detail: 'no connection within 10 s' } });
  expect(clock.timers).toBe(0);
});

test('a connection that has come about is not cut off by the time for it', async () => {
  const clock = countedClock();
  const there = remote('S: 220 hi\nC: EHLO*\nS: 250 hi\nC: MAIL*\nS: 250 ok\nC: RCPT*\nS: 550 no');
  const carrier = await connecting(dials(there), clock);
  if (!('carry' in carrier)) throw new Error(JSON.stringify(carrier));
  clock.advance(DEADLINES.opening * 2);
  await calm();
  expect(carrier.alive).toBe(true);
  expect((await carrier.carry(message())).recipients[0]!.answer).toMatchObject({ code: 550 });
  expect(clock.timers).toBe(0);
});

test('authorities that cannot be read are a mistake of whoever runs this, and told', async () => {
  const hosts: Host[] = [host('mx.test')];
  const connect = connectTo({ ...sockets, authorities: () => Promise.reject(new Error('no such file')) });
  await expect(connect({ site: 'x', hosts }, { stream: 'default', destination: 'x.test', talk: talkOf(countedClock()), heloName: 'c', connection: 'c' })).rejects.toThrow('no such file');
});

/** Hosts that offer this in EHLO, or refuse the connection; answers whom the message of 500 octets ends with. */
async function passing(...offers: string[]) {
  return passed(offers, offers.map((_, n) => `mx${n}.test`));
}
async function passed(offers: string[], names: string[]) {
  const hosts = offers.map((offer) => (offer === 'refused' ? 'refused' as const : remote(`S: 220 hi\nC: EHLO*\nS: 250-hi\nS: 250-${offer}\nS: 250 HELP\nC: QUIT`)));
  const talk = talkOf(countedClock());
  const found = await connectTo(dials(...hosts))(route(...names), {
    stream: 'default', destination: 'script.test', talk, heloName: 'client.test', connection: 'c', unfit: (carrier) => carrier.unfit!(message(['b@x.test'], { body: '8BITMIME', size: 500 })),
  });
  if ('carry' in found) found.close();
  return 'carry' in found ? `takes ${found.host}` : `${found.host} ${found.answer.kind === 'fault' ? found.answer.fault : found.answer.code}${found.concerns === 'site' ? '' : ` for the ${found.concerns}`}`;
}

test('a host that does not take what the message is made of is passed over, as long as another one may', async () => {
  expect(await passing('8BITMIME\nS: 250-SIZE 100', '8BITMIME')).toBe('takes mx1.test');
  expect(await passing('DSN', 'SIZE 100', '8BITMIME')).toBe('takes mx2.test');
  expect(await passing('DSN', 'SIZE 100')).toBe('takes mx1.test');
  expect(await passing('refused', 'DSN')).toBe('mx0.test refused for the message');
  expect(await passing('DSN', 'refused')).toBe('mx1.test refused for the message');
  expect(await passing('refused', 'refused')).toBe('mx1.test refused');
  expect(await passing('DSN')).toBe('takes mx0.test');
});

test('another address of a host that was passed over is that host again, and not one that is down', async () => {
  expect(await passed(['DSN', '8BITMIME'], ['mx0.test', 'mx1.test'])).toBe('takes mx1.test');
  // The remotes are dialled in order: the second one must be that of mx1.
  expect(await passed(['DSN', '8BITMIME'], ['mx0.test', 'mx0.test', 'mx1.test'])).toBe('takes mx1.test');
});

const greets = () => remote('S: 220 hi\nC: EHLO*\nS: 250 hi\nC: QUIT');

/** Two hosts at which connections are made one after the other; answers who was dialled for the next one, the one that took it being the last. */
function twoHosts() {
  const clock = countedClock();
  const silent = createSilent();
  return {
    clock, silent,
    async dialled(...there: Parameters<typeof dials>): Promise<string> {
      const network = dials(...there);
      const found = connecting(network, clock, route('mx0.test', 'mx1.test'), { silent });
      await calm();
      if (there.includes('never')) clock.advance(DEADLINES.connect);
      carrierOf(await found).close();
      return network.dialled.join(' ');
    },
  };
}

test('a host that did not answer in time is asked after the others for five minutes', async () => {
  const { clock, silent, dialled } = twoHosts();
  expect(await dialled('never', greets())).toBe('mx0.test mx1.test');
  expect(await dialled(greets())).toBe('mx1.test');
  clock.advance(299_999);
  expect(await dialled(greets())).toBe('mx1.test');
  clock.advance(1);
  expect(await dialled('never', greets())).toBe('mx0.test mx1.test');
  silent.forget('default');
  expect(await dialled(greets())).toBe('mx0.test');
});

test('it is asked all the same where the others are not there, and is asked first again once it answers', async () => {
  const { dialled } = twoHosts();
  await dialled('never', greets());
  expect(await dialled('refused', greets())).toBe('mx1.test mx0.test');
  expect(await dialled(greets())).toBe('mx0.test');
});

test('a host that refuses costs nothing: it is asked first each time', async () => {
  const { dialled } = twoHosts();
  expect(await dialled('refused', greets())).toBe('mx0.test mx1.test');
  expect(await dialled(greets())).toBe('mx0.test');
});

test('a host that there was no time left for is not held to be silent', async () => {
  const clock = countedClock();
  const silent = createSilent();
  const deps = { silent, deadlines: { opening: 40_000 } };
  const found = connecting(dials('never', 'never'), clock, route('mx0.test', 'mx1.test'), deps);
  await calm();
  clock.advance(30_000);
  await calm();
  clock.advance(10_000);
  expect(await found).toMatchObject({ host: 'mx1.test', concerns: 'site' });
  const network = dials(greets());
  carrierOf(await connecting(network, clock, route('mx0.test', 'mx1.test'), deps)).close();
  expect(network.dialled).toEqual(['mx1.test']);
});
