/** Bounces of real mail come to its signed return path on whichever port, and stop at the inbox they come to. */
import { expect, test } from 'vitest';
import { dial } from '../support/dialogue.ts';
import { liveHouse } from '../support/live-house.ts';
import { original, said } from '../support/returns-house.ts';
import { composeDsn } from '../../server/dsn/compose.ts';
import type { EventPage, MessageDetail } from '../../sdk/contract.ts';

test('a bounce that comes in by the ordinary port, without a login, is of the stream and message that its return path names', async () => {
  await using house = await liveHouse();
  await house.ask('POST', '/v1/streams', { name: 'news' });
  await house.ask('PATCH', '/v1/streams/news', { mode: 'deliver', delivery: { returnPath: 'return.app.test', live: { dkim: null, allow: ['a.test'] } } });
  // What comes in there would otherwise go on.
  await house.live({}, 'simulate');
  const sent = await house.send('ann@a.test', { stream: 'news' });
  await house.until(sent, ['ann@a.test delivered']);
  const path = house.remote.accepted[0]!.envelope.from;
  expect(path).toMatch(/^b\+.*@return\.app\.test$/);

  const client = await dial(house.smtp);
  const raw = Buffer.from(composeDsn({
    id: 'd1', at: 0, from: 'MAILER-DAEMON@mx.a.test', to: path, reportingMta: 'mx.a.test', original: original('x@app.test'),
    recipients: [{ address: 'ann@a.test', answer: said(550, '5.1.1', 'No such user'), attempts: 1, lastAt: 0 }],
  })).toString('latin1');
  expect(await client.message(raw, '', path)).toMatch(/^250 /);
  client.destroy();

  const told = async () => ((await house.ask('GET', '/v1/events?types=bounce.received,suppression.added')) as EventPage).events;
  await expect.poll(told).toMatchObject([
    { type: 'bounce.received', stream: 'news', message: sent, recipient: 'ann@a.test', hard: true },
    { type: 'suppression.added', stream: 'news', mode: 'deliver', address: 'ann@a.test' },
  ]);
  const [bounce] = await told();
  const report = (await house.ask('GET', `/v1/messages/${(bounce as { report: string }).report}`)) as MessageDetail;
  expect([report.stream, report.envelope.from]).toEqual(['default', '']);
  expect(await house.states(report.id)).toEqual([]);
});
