/** What the pretend remote sends later: kept before its 250, sent when the clock says so, also after a crash. */
import { expect, test } from 'vitest';
import type { Rule } from '../../sdk/contract.ts';
import { parseBounce } from '../../server/dsn/parse.ts';
import { type Afterwards, type AfterwardsOptions, createAfterwards } from '../../server/network/pretend/afterwards.ts';
import type { Planned, PlannedStore } from '../../server/queue/port.ts';
import { settled, stage, START } from './stage.ts';

/** A store of plans in memory; `rows` outlives whoever uses it. */
function plans(rows = new Map<string, Planned>()): PlannedStore & { rows: Map<string, Planned> } {
  const of = (stream: string) => [...rows.values()].filter((one) => one.stream === stream).sort((a, b) => a.due - b.due);
  return {
    rows,
    async plan(planned) { for (const one of planned) rows.set(one.id, one); },
    async planned({ stream, now, limit }) { return of(stream).filter(({ due }) => due <= now).slice(0, limit); },
    async nextPlanned(stream) { return of(stream)[0]?.due ?? null; },
    async unplan(ids) { for (const id of ids) rows.delete(id); },
    async shiftPlanned({ stream, message }, ms) { for (const one of of(stream)) if (one.message === message) rows.set(one.id, { ...one, due: one.due - ms }); },
  };
}

type Mail = { at: number; to: string; text: string };

function house(rules: Rule[], over: Partial<AfterwardsOptions> = {}) {
  const store = plans();
  const came: Mail[] = [];
  let later!: Afterwards;
  const postern = stage({ rules, plan: (...planned) => later.plan(...planned) });
  const create = (more: Partial<AfterwardsOptions> = {}) => createAfterwards({
    store, clockOf: () => postern.clock, streams: () => ['default'], wall: postern.wall, makeId: postern.makeId,
    log: { error: (facts: object, text: string) => void postern.logged.push(`${text} ${JSON.stringify(facts)}`) } as never,
    handIn: async (_, { to, raw }) => void came.push({ at: postern.clock.now() - START, to, text: Buffer.from(raw).toString() }), ...over, ...more,
  });
  later = create();
  return {
    store, came, postern,
    get later() { return later; },
    restart(more?: Partial<AfterwardsOptions>) { later = create(more); return later.start(); },
    async take(to: string, from = 'ann@app.test', carrying?: string) {
      const client = await postern.greeted(to);
      if (carrying !== undefined) client.talk!.carrying = carrying;
      const reply = await client.message('Message-ID: <1@app.test>\r\nFrom: ann@app.test\r\nSubject: Hello\r\n\r\nHello Bob\r\n', to, from);
      client.destroy();
      return reply;
    },
    async move(ms: number) {
      postern.clock.jump(postern.clock.now() + ms);
      await settled();
      await later.quiet();
    },
  };
}

test('a bounce comes later, to the sender, when the clock says so', async () => {
  const { take, move, came, later, store } = house([]);
  expect(await take('bob+dsn.30s.5-1-1@shop.test', 'ann@app.test', 'M1')).toMatch(/^250/);
  expect([...store.rows.values()]).toMatchObject([{ stream: 'default', due: START + 30_000, message: 'M1' }]);
  expect([later.next('default'), later.busy()]).toEqual([START + 30_000, false]);
  await move(29_999);
  expect(came).toEqual([]);
  await move(1);
  expect(came).toMatchObject([{ at: 30_000, to: 'ann@app.test' }]);
  expect(parseBounce(Buffer.from(came[0]!.text))).toMatchObject({ kind: 'bounce', recipients: [{ recipient: 'bob+dsn.30s.5-1-1@shop.test', action: 'failed', status: '5.1.1' }] });
  expect([store.rows.size, later.next('default'), later.sent('default')]).toEqual([0, null, 1]);
});

test('a complaint and an out-of-office reply come in the order of their times', async () => {
  const { take, move, came } = house([]);
  await take('bob+complaint.60s@shop.test');
  await take('eve+ooo@shop.test');
  await move(60_000);
  expect(came.map(({ text }) => /^Auto-Submitted: (\S+)/m.exec(text)?.[1])).toEqual(['auto-replied', 'auto-generated']);
  expect(came[1]!.text).toMatch('message/feedback-report');
});

test('whoever asked for it is told that it was delivered: once for each recipient who was named so', async () => {
  const { postern, came, move, store } = house([]);
  const client = await postern.greeted('bob@shop.test');
  await client.expect('EHLO client.test', '250');
  await client.expect('MAIL FROM:<ann@app.test> ENVID=order+2B7', '250');
  await client.expect('RCPT TO:<bob@shop.test> NOTIFY=FAILURE,success ORCPT=rfc822;Bob+2BShop@shop.test', '250');
  await client.expect('RCPT TO:<eve@shop.test> NOTIFY=FAILURE', '250');
  await client.expect('RCPT TO:<carl@shop.test>', '250');
  await client.expect('DATA', '354');
  client.send('Message-ID: <1@app.test>\r\nSubject: Hello\r\n\r\nHello Bob\r\n.\r\n');
  expect(await client.reply()).toMatch(/^250/);
  client.destroy();
  expect(store.rows.size).toBe(1);
  await move(1_000);
  expect(came).toMatchObject([{ at: 1_000, to: 'ann@app.test' }]);
  const { text } = came[0]!;
  expect(parseBounce(Buffer.from(text))).toMatchObject({ kind: 'delivered_dsn', recipients: [{ recipient: 'bob@shop.test', action: 'delivered', status: '2.0.0' }] });
  expect(text).toMatch(/^Original-Envelope-Id: order\+7\r$/m);
  expect(text).toMatch(/^Original-Recipient: rfc822; Bob\+Shop@shop\.test\r$/m);
  expect(text).toMatch('Delivery Status Notification (Success)');
});

test('who bounces later was not delivered to, and nobody is told so; a null sender is told nothing', async () => {
  const { postern, store } = house([]);
  for (const [from, to] of [['ann@app.test', 'bob+dsn.30s.5-1-1@shop.test'], ['', 'bob@shop.test']] as const) {
    const client = await postern.greeted(to);
    await client.expect('EHLO client.test', '250');
    await client.expect(`MAIL FROM:<${from}>`, '250');
    await client.expect(`RCPT TO:<${to}> NOTIFY=SUCCESS`, '250');
    await client.expect('DATA', '354');
    client.send('Subject: Hello\r\n\r\nHello\r\n.\r\n');
    expect(await client.reply()).toMatch(/^250/);
    client.destroy();
  }
  expect([...store.rows.values()].map(({ json }) => (JSON.parse(json) as { send: string }).send)).toEqual(['dsn']);
});

test('a message from nobody brings nothing', async () => {
  const { take, store } = house([]);
  expect(await take('bob+dsn.30s@shop.test', '')).toMatch(/^250/);
  expect(store.rows.size).toBe(0);
});

test('what cannot be kept is not accepted', async () => {
  const { take, store, postern } = house([]);
  store.plan = async () => { throw new Error('disk full'); };
  expect(await take('bob+dsn.30s@shop.test')).toMatch(/^451 4\.3\.0/);
  expect(postern.accepted).toEqual([]);
  expect(postern.logged.join()).toMatch('disk full');
});

test('a plan survives a restart, and is sent at once when its time has passed', async () => {
  const house1 = house([]);
  await house1.take('bob+dsn.30s@shop.test');
  await house1.later.close();
  await house1.move(60_000);
  expect(house1.came).toEqual([]);
  await house1.restart();
  await house1.move(0);
  expect(house1.came).toMatchObject([{ at: 60_000, to: 'ann@app.test' }]);
});

test('a crash between the sending and the forgetting sends it again, with the same Message-ID', async () => {
  const one = house([]);
  await one.take('bob+dsn.30s@shop.test');
  const { unplan } = one.store;
  one.store.unplan = () => new Promise(() => {}); // killed there
  one.postern.clock.jump(START + 30_000);
  await settled();
  expect(one.came.length).toBe(1);
  one.store.unplan = unplan;
  await one.restart();
  await one.move(0);
  const ids = one.came.map(({ text }) => /^Message-ID: (.*)\r$/mi.exec(text)?.[1]);
  expect(ids).toEqual([expect.stringMatching(/^<.+>$/), ids[0]]);
  expect(one.store.rows.size).toBe(0);
});

test('what cannot be handed in is tried again, and given up after five times', async () => {
  let open = false;
  const one = house([], {});
  await one.restart({ handIn: async (_, { to }) => { if (!open) throw new Error('no room'); one.came.push({ at: one.postern.clock.now() - START, to, text: '' }); } });
  await one.take('bob+dsn.30s@shop.test');
  await one.move(30_000);
  expect(one.later.next('default')).toBe(START + 60_000);
  open = true;
  await one.move(30_000);
  expect(one.came).toMatchObject([{ at: 60_000 }]);
  open = false;
  await one.take('eve+dsn.30s@shop.test');
  for (let n = 0; n < 5; n++) await one.move(30_000);
  expect([one.store.rows.size, one.came.length, one.later.next('default')]).toEqual([0, 1, null]);
});

test('a plan that cannot be read is given up and does not hold up the others', async () => {
  const one = house([]);
  await one.take('bob+dsn.30s@shop.test');
  await one.store.plan([{ id: 'broken', stream: 'default', due: START, message: 'm', json: '{' }]);
  await one.later.look('default');
  await one.move(30_000);
  expect(one.came.length).toBe(1);
  expect(one.store.rows.size).toBe(0);
  expect(one.postern.logged.join()).toMatch('could not be written');
});

test('a plan that is moved in the store comes earlier once it is looked at', async () => {
  const one = house([]);
  await one.take('bob+dsn.1h@shop.test', 'ann@app.test', 'M1');
  await one.store.shiftPlanned({ stream: 'default', message: 'M1' }, 3_590_000);
  await one.later.look('default');
  expect(one.later.next('default')).toBe(START + 10_000);
  await one.move(10_000);
  expect(one.came).toMatchObject([{ at: 10_000 }]);
});

test('a recipient whose own clock is ahead plans on the stream\'s', async () => {
  const one = house([]);
  const talk = one.postern.clock.talk('ahead', 7_200_000);
  const client = await one.postern.dial('bob+dsn.30s@shop.test', { talk });
  if ('kind' in client) throw new Error(client.detail);
  await client.expect(null, '220');
  await client.message('Subject: x\r\n\r\nx\r\n', 'bob+dsn.30s@shop.test');
  expect(one.later.next('default')).toBe(START + 30_000);
});
