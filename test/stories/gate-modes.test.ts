/**
 * A stream that changes its mode under load: each message is in exactly the
 * mode that it was accepted under, none is lost, and none goes out that was
 * not allowed. POSTERN_LONG=10000 is the long form.
 */
import { expect, test } from 'vitest';
import type { PosternEvent } from '../../server/events/event.ts';
import { dial } from '../support/dialogue.ts';
import { liveHouse } from '../support/live-house.ts';

const MANY = Number(process.env['POSTERN_LONG'] ?? 900);
const AT_ONCE = 20;
/** Flipped each so many messages: 30 times with 900 of them, 100 with 10,000, while the other clients send on. */
const EACH = Math.ceil(Math.sqrt(MANY));
const MODES = ['capture', 'simulate', 'deliver'] as const;

test('mail of a stream that flips between its modes is in exactly one of them', { timeout: 120_000 + MANY * 20 }, async () => {
  await using house = await liveHouse({ zone: { 'a.test': { MX: ['10 mx.a.test'] }, 'b.test': { MX: ['10 mx.a.test'] }, 'mx.a.test': { A: ['127.0.0.1'] } } });
  await house.live({ allow: ['a.test'] }, 'capture');
  let left = MANY;
  let flips = 0;
  const sent: string[] = [];
  let flipping = Promise.resolve();
  const flip = async (after: Promise<void>): Promise<void> => {
    await after;
    await house.ask('PATCH', '/v1/streams/default', { mode: MODES[flips++ % 3] });
  };
  // Half of it is for somebody who is not on the list; it comes by SMTP, and a little over HTTP.
  await Promise.all(Array.from({ length: AT_ONCE }, async (_, at) => {
    const client = at > 1 ? await dial(house.smtp) : undefined;
    while (left > 0) {
      const n = left--;
      if (n % EACH === 0) flipping = flip(flipping);
      const to = n % 2 === 0 ? 'bo@b.test' : 'ann@a.test';
      const told = client && (await client.message(`Subject: n${n}\r\n\r\nHi.\r\n`, 'shop@app.test', to));
      sent.push(told === undefined ? await house.send(to, { subject: `n${n}` }) : /^250 .* ([0-9A-Z]{26})$/.exec(told)![1]!);
    }
    client?.destroy();
  }));
  await flipping;
  expect(sent).toHaveLength(MANY);
  expect(flips).toBeGreaterThan(6);
  // Simulated mail goes on in any mode; real mail waits for its own.
  await house.live({ allow: ['a.test'] });
  const { store } = house.running.delivery;
  const modeOf = new Map<string, string>();
  await expect.poll(async () => {
    let moving = 0;
    for (const id of sent) {
      const { recipients = [] } = (await store.delivery(id)) ?? {};
      modeOf.set(id, recipients[0]?.recipient.mode ?? 'capture');
      if (recipients.some(({ recipient }) => !['delivered', 'held'].includes(recipient.state))) moving++;
    }
    return moving;
  }, { timeout: 60_000 + MANY * 10, interval: 500 }).toBe(0);

  const events: PosternEvent[] = [];
  for (let after = 0; ;) {
    const page = await store.events({ after, limit: 5_000 });
    events.push(...page);
    if (page.length === 0) break;
    after = page.at(-1)!.id;
  }
  const subjects = new Map(events.flatMap((event) => (event.type === 'message.captured' ? [[event.message, event.summary.header.subject] as const] : [])));
  const real = house.remote.accepted.map(({ envelope, header }) => `${envelope.recipients.map(({ address }) => address).join()} ${header.subject}`);
  const pretended = house.pretended.map(({ message }) => message!);
  const by = (mode: string) => sent.filter((id) => modeOf.get(id) === mode);

  // None is lost, none is there twice.
  expect(new Set(subjects.keys())).toEqual(new Set(sent));
  expect([...pretended].sort()).toEqual(by('simulate').sort());
  expect([...real].sort()).toEqual(by('deliver').filter((id) => Number(subjects.get(id)!.slice(1)) % 2 !== 0).map((id) => `ann@a.test ${subjects.get(id)}`).sort());
  expect(real.filter((one) => one.startsWith('bo@'))).toEqual([]);
  for (const mode of MODES) expect(by(mode).length).toBeGreaterThan(MANY / 30);
  // What was only captured stays so.
  for (const id of by('capture')) expect(await house.states(id)).toEqual([]);
});
