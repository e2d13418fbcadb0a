/**
 * What every store must do of a queue: put recipients on their way with the
 * message, hand out what is due, and write what became of it, once. What a
 * person does to what waits is in store-operations.ts, what is told of it in
 * store-waiting.ts.
 */
import { describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../server/inbox/filter.ts';
import { bytesOf, SESSION } from '../support/post.ts';
import { DAY, laneOf, type OpenStore } from './house.ts';
import { eachInQueueHouse, LATER, MIN, type QueueHouse } from './queue-house.ts';

export function storeQueues(name: string, open: OpenStore): void {
  describe(`${name}: its queue`, () => {
    let it: QueueHouse;
    eachInQueueHouse(open, (made) => { it = made; });

    describe('taking in', () => {
      test('a queued message is in the inbox and its recipients wait', async () => {
        const { store, at, clock, told } = it;
        const id = await at.post({ to: ['Ann@Inbox.test', 'bo@other.test'], queue: { priority: 'high' } });
        expect(await store.read(id)).toMatchObject({ recipients: ['Ann@Inbox.test', 'bo@other.test'], delivery: { queued: 2 } });
        expect((await store.list({ filter: EVERYTHING, limit: 1 }))[0]!.delivery).toEqual({ queued: 2 });
        expect(told('message.captured')).toMatchObject([{ queued: 2, summary: { delivery: { queued: 2 } } }]);
        expect((await store.events({ after: 0, limit: 1 }))[0]).toEqual(told('message.captured')[0]);
        const [ann, bo] = (await store.delivery(id))!.recipients;
        expect(ann).toEqual({ attempts: [], recipient: {
          key: ann!.recipient.key, message: id, n: 0, stream: 'default', mode: 'simulate', address: 'Ann@Inbox.test', destination: 'inbox.test', state: 'queued', priority: 'high', attempts: 0,
          queuedAt: clock.now(), due: clock.now(), expiresAt: clock.now() + DAY, offset: 0, last: null, uncertain: false, held: null, original: null,
        } });
        expect(bo!.recipient).toMatchObject({ n: 1, destination: 'other.test' });
        expect(bo!.recipient.key).toBeGreaterThan(ann!.recipient.key);
      });

      test('a captured message has no recipients that wait', async () => {
        const { store, at, told } = it;
        const id = await at.post();
        expect(await store.delivery(id)).toEqual({ message: id, stream: 'default', recipients: [] });
        expect(await store.read(id)).not.toHaveProperty('delivery');
        expect(told('message.captured')[0]).not.toHaveProperty('queued');
        expect(await store.lanes()).toEqual([]);
        expect(await store.delivery('gone')).toBeUndefined();
      });

      test('lanes say what waits where, and since when it is due', async () => {
        const { store, at, clock } = it;
        await store.createStream(laneOf('blue'));
        await at.post({ queue: {} });
        await at.post({ queue: { due: clock.now() - 5, priority: 'low' } });
        await at.post({ stream: 'blue', to: ['a@x.test'], queue: { due: clock.now() + 9 } });
        const byName = (a: { stream: string }, b: { stream: string }) => (a.stream < b.stream ? -1 : 1);
        expect((await store.lanes()).sort(byName)).toEqual([{ stream: 'blue', mode: 'simulate', destination: 'x.test', due: clock.now() + 9 }, { stream: 'default', mode: 'simulate', destination: 'inbox.test', due: clock.now() - 5 }]);
        expect(await store.lanes({ stream: 'blue' })).toHaveLength(1);
        expect(await store.lanes({ destination: 'nowhere.test' })).toEqual([]);
        expect(await store.lanes({ stream: 'gone' })).toEqual([]);
      });
    });

    describe('leases', () => {
      test('a lease says all that a transaction needs', async () => {
        const { at, lease } = it;
        const recipients = [{ address: 'ann@inbox.test', notify: ['FAILURE' as const], orcpt: 'rfc822;a@b.test' }, { address: 'bo@inbox.test' }];
        const id = await at.post({ headers: { 'Message-ID': '<m1@app.test>' }, tags: ['t'], queue: { destinations: ['inbox.test', 'inbox.test'] }, to: recipients.map((one) => one.address), envelope: { recipients, ret: 'HDRS', envid: 'e1', body: '8BITMIME', smtputf8: true, requireTls: true, declaredSize: 9 } });
        const { messages: [mail], left } = await lease();
        expect(mail).toMatchObject({ message: id, seq: 1, stream: 'default', from: 'app@sender.test', ret: 'HDRS', envid: 'e1', body: '8BITMIME', smtputf8: true, requireTls: true, messageId: 'm1@app.test', tags: ['t'] });
        expect(mail!.size).toBe((await it.store.read(id))!.size);
        expect(mail!.recipients).toMatchObject([{ address: 'ann@inbox.test', state: 'active', notify: ['FAILURE'], orcpt: 'rfc822;a@b.test', suppressed: null }, { address: 'bo@inbox.test', n: 1 }]);
        expect(mail!.recipients[1]).not.toHaveProperty('notify');
        expect(left).toEqual([]);
      });

      test('what is leased is not leased again, and nothing before it is due', async () => {
        const { at, clock, lease, told } = it;
        await at.post({ queue: {} });
        await at.post({ queue: { due: clock.now() + MIN } });
        const first = await lease();
        expect(first.messages).toHaveLength(1);
        expect(first.left).toEqual([expect.objectContaining({ stream: 'default', destination: 'inbox.test', due: clock.now() + MIN })]);
        expect((await lease()).messages).toEqual([]);
        clock.advance(MIN);
        expect((await lease()).messages).toHaveLength(1);
        expect(told('recipient.cancelled')).toEqual([]);
      });

      test('the urgent are first, then those that are due the longest', async () => {
        const { at, clock, lease } = it;
        const now = clock.now();
        const ids = new Map<string, string>();
        for (const [key, priority, due] of [['slow', 'low', -9], ['b', 'normal', -2], ['a', 'normal', -5], ['now', 'high', 0]] as const) ids.set(await at.post({ queue: { priority, due: now + due } }), key);
        const order = async (messages: number) => (await lease({ messages })).messages.map(({ message }) => ids.get(message));
        expect(await order(3)).toEqual(['now', 'a', 'b']);
        expect(await order(3)).toEqual(['slow']);
      });

      test('over many destinations of one site the order is the same', async () => {
        const { at, clock, lease } = it;
        const destinations = Array.from({ length: 7 }, (_, i) => `d${i}.test`);
        const ids: string[] = [];
        for (const [i, destination] of destinations.entries()) ids.push(await at.post({ to: [`a@${destination}`], queue: { due: clock.now() - ((i * 3) % 7) } }));
        const wanted = ids.map((id, i) => ({ id, age: (i * 3) % 7 })).sort((a, b) => b.age - a.age).map(({ id }) => id);
        const taken: string[] = [];
        for (let i = 0; i < 4; i++) taken.push(...(await lease({ destinations, messages: 2 })).messages.map(({ message }) => message));
        expect(taken).toEqual(wanted);
      });

      test('recipients of one message in several destinations of a site share a lease, up to a limit', async () => {
        const { at, lease } = it;
        const id = await at.post({ to: ['a@one.test', 'b@two.test', 'c@elsewhere.test', 'd@one.test'], queue: {} });
        const site = { destinations: ['one.test', 'two.test'] };
        const first = await lease({ ...site, recipients: 2 });
        expect(first.messages.map(({ message, recipients }) => [message, recipients.map(({ n }) => n)])).toEqual([[id, [0, 1]]]);
        expect(first.left.map(({ destination }) => destination)).toEqual(['one.test']);
        expect((await lease({ ...site, recipients: 2 })).messages[0]!.recipients.map(({ n }) => n)).toEqual([3]);
      });

      test('a narrowed lease takes nothing else', async () => {
        const { at, lease } = it;
        await at.post({ queue: {} });
        const id = await at.post({ to: ['a@inbox.test', 'b@inbox.test'], queue: {} });
        expect((await lease({ only: { message: 'gone' } })).messages).toEqual([]);
        const [mail] = (await lease({ only: { message: id }, recipients: 1 })).messages;
        expect(mail!.recipients.map(({ n }) => n)).toEqual([0]);
        const other = mail!.recipients[0]!.key + 1;
        expect((await lease({ only: { key: other } })).messages[0]!.recipients.map(({ key }) => key)).toEqual([other]);
      });

      test('each lease of a crowd that asks at once has mail of its own', async () => {
        const { at, lease } = it;
        await at.postAll(Array.from({ length: 40 }, () => ({ queue: {} })));
        const leases = await Promise.all(Array.from({ length: 10 }, () => lease({ messages: 5 })));
        const keys = leases.flatMap(({ messages }) => messages.flatMap(({ recipients }) => recipients.map(({ key }) => key)));
        expect(new Set(keys).size).toBe(40);
        expect(keys).toHaveLength(40);
      });

      test('what a killed process had in hand is eligible again, and said to be uncertain', async () => {
        const { store, at, lease, outcomeOf } = it;
        const id = await at.post({ to: ['a@inbox.test', 'b@inbox.test'], queue: {} });
        const [mail] = (await lease()).messages;
        await store.settle([outcomeOf(mail!.recipients[0]!, 'delivered')]);
        expect(await store.recover([mail!.recipients[1]!.key])).toBe(0); // a living one holds it
        expect(await store.recover()).toBe(1);
        expect(await store.recover()).toBe(0);
        expect((await store.delivery(id))!.recipients.map(({ recipient }) => [recipient.state, recipient.uncertain])).toEqual([['delivered', false], ['queued', true]]);
        const [again] = (await lease()).messages;
        expect(again!.recipients).toMatchObject([{ n: 1, uncertain: true }]);
        await store.settle([outcomeOf(again!.recipients[0]!, 'deferred')]);
        expect((await store.delivery(id))!.recipients[1]!.recipient).toMatchObject({ state: 'deferred', uncertain: false });
      });

      test('what was leased because its time was over is eligible after a crash too', async () => {
        const { store, at, clock } = it;
        await at.post({ queue: {} });
        await store.hold({ stream: 'default' }, clock.now(), 'ann');
        clock.advance(DAY);
        expect(await store.overdue({ stream: 'default', mode: 'simulate', now: clock.now(), limit: 10 })).toHaveLength(1);
        expect(await store.recover()).toBe(1);
        expect(await store.overdue({ stream: 'default', mode: 'simulate', now: clock.now(), limit: 10 })).toHaveLength(1);
        await store.recover();
      });
    });

    describe('outcomes', () => {
      test('a deferred recipient waits until its next due time, then is delivered; its attempts are kept', async () => {
        const { store, at, clock, carry, told } = it;
        const id = await at.post({ queue: {} });
        await carry('deferred');
        expect((await store.delivery(id))!.recipients[0]!.recipient).toMatchObject({ state: 'deferred', attempts: 1, due: clock.now() + MIN, last: { answer: LATER, class: 'greylisted' } });
        expect((await store.read(id))!.delivery).toEqual({ deferred: 1 });
        clock.advance(MIN);
        await carry('delivered');
        const { recipient, attempts } = (await store.delivery(id))!.recipients[0]!;
        expect(recipient).toMatchObject({ state: 'delivered', attempts: 2, due: null });
        expect(attempts.map(({ number, outcome, transcript }) => [number, outcome, transcript[0]!.line])).toEqual([[1, 'deferred', 'RCPT TO:<ann@inbox.test>'], [2, 'delivered', 'RCPT TO:<ann@inbox.test>']]);
        expect(it.heard.map((event) => event.type)).toEqual(['message.captured', 'recipient.deferred', 'recipient.delivered']);
        expect(told('recipient.deferred')).toMatchObject([{ message: id, n: 0, attempt: 1, nextDue: clock.now() }]);
        expect(await store.lanes()).toEqual([]);
        expect(await store.tally({ message: id })).toEqual({ delivered: 1 });
      });

      test('the events of one message are told without those of others', async () => {
        const { store, at, carry, heard } = it;
        await at.post({ queue: {} });
        const id = await at.post({ queue: {} });
        await at.post();
        await carry('deferred');
        const wanted = heard.filter((event) => 'message' in event && event.message === id).map((event) => event.id);
        const found = await store.events({ after: 0, limit: 9, message: id });
        expect(found.map((event) => event.id)).toEqual(wanted);
        expect(found.map((event) => event.type)).toEqual(['message.captured', 'recipient.deferred']);
        expect(await store.events({ after: wanted[0]!, limit: 9, message: id, stream: 'default' })).toHaveLength(1);
        expect(await store.events({ after: 0, limit: 9, message: id, stream: 'blue' })).toEqual([]);
        expect(await store.events({ after: 0, limit: 9, message: 'gone' })).toEqual([]);
      });

      test('recipients of one transaction share its dialogue', async () => {
        const { store, at, lease, outcomeOf, attemptOf } = it;
        const id = await at.post({ to: ['a@inbox.test', 'b@inbox.test', 'c@inbox.test'], queue: {} });
        const { recipients } = (await lease()).messages[0]!;
        const transcript = [{ at: 1, by: 'S' as const, line: '354 go on' }];
        const alone = [{ at: 2, by: 'S' as const, line: '452 alone' }];
        await store.settle(recipients.map((one, i) => outcomeOf(one, 'delivered', { attempt: attemptOf(one, 'delivered', { transcript: i === 1 ? alone : transcript }) })));
        expect((await store.delivery(id))!.recipients.map(({ attempts }) => attempts[0]!.transcript)).toEqual([transcript, alone, transcript]);
      });

      test('only the first outcome of a lease counts', async () => {
        const { store, at, lease, outcomeOf, told } = it;
        const id = await at.post({ queue: {} });
        const one = (await lease()).messages[0]!.recipients[0]!;
        await Promise.all([store.settle([outcomeOf(one, 'delivered')]), store.settle([outcomeOf(one, 'bounced')])]);
        await store.settle([outcomeOf(one, 'deferred'), outcomeOf(one, 'delivered')]);
        expect(told('recipient.delivered')).toHaveLength(1);
        expect(told('recipient.bounced')).toHaveLength(0);
        expect((await store.delivery(id))!.recipients[0]).toMatchObject({ recipient: { state: 'delivered' }, attempts: [{ number: 1 }] });
      });

      test('what is given back waits as before, without an attempt', async () => {
        const { store, at, lease, clock } = it;
        const id = await at.post({ queue: {} });
        const one = (await lease()).messages[0]!.recipients[0]!;
        await store.settle([{ key: one.key, state: 'queued', due: one.due!, events: [] }]);
        expect((await store.delivery(id))!.recipients[0]).toMatchObject({ recipient: { state: 'queued', attempts: 0, due: clock.now() }, attempts: [] });
        expect((await lease()).messages).toHaveLength(1);
      });

      test('a failure notice is in the inbox of the sender from the same moment on', async () => {
        const { store, at, lease, outcomeOf, heard } = it;
        const id = await at.post({ queue: {} });
        const one = (await lease()).messages[0]!.recipients[0]!;
        const body = store.openBody();
        const raw = Buffer.alloc(400_000, 'Subject: failed\r\n\r\nno such user\r\n');
        await body.write(raw);
        const notice = {
          id: '01NOTICE00000000000000000A', stream: 'default', via: 'smtp' as const, receivedAt: 7, envelope: { from: '', recipients: [{ address: 'app@sender.test' }] },
          header: { subject: 'failed', from: [], to: [], cc: [], replyTo: [], messageId: '', tags: [] }, tags: [], metadata: {}, session: SESSION, body,
        };
        const lost = { ...notice, id: '01NOTICE00000000000000000B', body: store.openBody() };
        await lost.body.write(Buffer.from('never'));
        await store.settle([outcomeOf(one, 'bounced', { notice }), outcomeOf(one, 'bounced', { notice: lost })]);
        expect(heard.map((event) => event.type)).toEqual(['message.captured', 'recipient.bounced', 'message.captured']);
        expect(heard.map((event) => event.id)).toEqual([1, 2, 3]);
        expect((await bytesOf(await store.body(notice.id))).equals(raw)).toBe(true);
        expect((await store.list({ filter: { kind: 'inbox', address: 'app@sender.test' }, limit: 5 })).map((mail) => mail.id)).toEqual([notice.id]);
        expect(await store.read(lost.id)).toBeUndefined();
        expect((await store.delivery(id))!.recipients[0]!.recipient.state).toBe('bounced');
      });
    });
  });
}
