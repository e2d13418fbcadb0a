/** Octets beyond ASCII on the way to a remote that does not offer to take them. */
import { expect, test } from 'vitest';
import { openSimHouse } from '../support/sim-house.ts';
import { noticesOf } from '../support/queue-told.ts';

const RULES = [{ when: { domain: 'seven.test' }, what: { hide: ['8BITMIME', 'SMTPUTF8'] } }];
const OLD = 'ann@seven.test';

test('a message with octets beyond ASCII bounces where 8BITMIME is not offered, asked for or not, says so, and suppresses nobody', async () => {
  await using sim = await openSimHouse({ rules: RULES });
  for (const envelope of [{}, { body: '8BITMIME' as const }]) {
    const id = await sim.send({ to: [OLD, 'bo@new.test'], body: 'Größe\r\n', envelope });
    await sim.queue.quiet();
    expect([sim.told(id, 0), sim.told(id, 1)]).toEqual([['bounced'], ['delivered']]);
    const [attempt] = await sim.attemptsOf(id);
    expect(attempt).toMatchObject({ stage: 'mail', outcome: 'bounced', answer: { code: 554, enhanced: { class: 5, subject: 6, detail: 3 }, text: expect.stringContaining('8BITMIME') }, verdict: { class: 'malformed', action: 'fail' } });
    expect(attempt!.transcript.map(({ by, line }) => `${by} ${line}`)).toContain('* not sent: the remote was not asked');
  }
  expect(sim.taken.map(({ recipients }) => recipients)).toEqual([['bo@new.test'], ['bo@new.test']]);
  expect(await noticesOf(sim)).toHaveLength(2);
  expect(await sim.store.suppressionOf('app', 'simulate', OLD, sim.wall.now())).toBeUndefined();
});

test('a client that asks for 8BITMIME and SMTPUTF8 without need is not held to it', async () => {
  await using sim = await openSimHouse({ rules: RULES });
  const id = await sim.send({ to: OLD, envelope: { body: '8BITMIME', smtputf8: true } });
  const utf8 = await sim.send({ to: OLD, subject: 'Größe', envelope: { body: '8BITMIME', smtputf8: true } });
  const address = await sim.send({ to: 'jörg@seven.test', envelope: { smtputf8: true } });
  await sim.queue.quiet();
  expect([id, utf8, address].map((one) => sim.told(one))).toEqual([['delivered'], ['bounced'], ['bounced']]);
  expect((await sim.attemptsOf(utf8))[0]!.answer).toMatchObject({ code: 553, enhanced: { subject: 6, detail: 7 } });
  expect((await sim.attemptsOf(address))[0]!.answer).toMatchObject({ code: 553, enhanced: { subject: 6, detail: 7 } });
});
