import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { PosternEvent } from '../../sdk/contract.ts';
import { captured, deleted, messageOf, pageOf, Refusal, scripted } from '../../test/support/scripted-api.ts';
import { Mailbox } from './mailbox.svelte.ts';

const shown = (mailbox: Mailbox) => Array.from({ length: mailbox.count }, (_, i) => mailbox.at(i)!.id);

test('mail that arrives stands on top, in the order it came', async () => {
  const mailbox = new Mailbox(scripted(() => pageOf(2, 1)).api);
  await mailbox.open({});
  mailbox.hear([captured(3), captured(4)]);
  expect(shown(mailbox)).toEqual(['m4', 'm3', 'm2', 'm1']);
});

test('while someone looks further down new mail is held back and counted, until they ask or come up', async () => {
  const mailbox = new Mailbox(scripted(() => pageOf(1)).api);
  await mailbox.open({});
  mailbox.look(false);
  mailbox.hear([captured(2), captured(3)]);
  expect([shown(mailbox), mailbox.held]).toEqual([['m1'], 2]);
  mailbox.release();
  expect([shown(mailbox), mailbox.held]).toEqual([['m3', 'm2', 'm1'], 0]);
  mailbox.hear([captured(4)]);
  mailbox.look(true);
  expect(shown(mailbox)).toEqual(['m4', 'm3', 'm2', 'm1']);
});

test('what events bring before the first page is there is neither lost nor doubled', async () => {
  let answer: (value: unknown) => void = () => {};
  const mailbox = new Mailbox(scripted(() => new Promise((resolve) => { answer = resolve; })).api);
  const opened = mailbox.open({});
  mailbox.hear([captured(2), captured(3), deleted(1)]);
  answer(pageOf(2, 1));
  await opened;
  expect(shown(mailbox)).toEqual(['m3', 'm2']);
});

test('mail of another stream or inbox stays out', async () => {
  const mailbox = new Mailbox(scripted(() => pageOf()).api);
  await mailbox.open({ stream: 'default', inbox: 'B@x.test' });
  mailbox.hear([captured(1), captured(2, { stream: 'other' }), captured(3, { envelope: { from: '', to: ['c@x.test'] } })]);
  expect(shown(mailbox)).toEqual(['m1']);
});

test('what lies further down is asked for page by page, once', async () => {
  const { api, asked } = scripted(({ query }) => ({ ...(query['cursor'] ? pageOf(2, 1) : pageOf(4, 3)), next: query['cursor'] ? null : 'c3' }));
  const mailbox = new Mailbox(api);
  await mailbox.open({ stream: 's' });
  await Promise.all([mailbox.more(), mailbox.more()]);
  await mailbox.more();
  expect(shown(mailbox)).toEqual(['m4', 'm3', 'm2', 'm1']);
  expect(asked.map(({ query }) => query['cursor'])).toEqual([undefined, 'c3']);
  expect(mailbox.complete).toBe(true);
});

test('an answer that comes after another scope was opened is not shown', async () => {
  const waiting: ((value: unknown) => void)[] = [];
  const mailbox = new Mailbox(scripted(() => new Promise((resolve) => { waiting.push(resolve); })).api);
  const first = mailbox.open({ stream: 'slow' });
  const second = mailbox.open({ stream: 'quick' });
  waiting[1]!(pageOf(2));
  await second;
  waiting[0]!(pageOf(1));
  await first;
  expect(shown(mailbox)).toEqual(['m2']);
});

test('a search that cannot be read says where, and shows nothing', async () => {
  const mailbox = new Mailbox(scripted(() => new Refusal(400, 'bad-search', { errors: [{ path: 'q[3]', message: 'no such operator' }] })).api);
  await mailbox.open({ q: 'ab tagg:x' });
  expect(mailbox.fault).toEqual({ message: 'no such operator', status: 400, at: 3 });
  expect(mailbox.count).toBe(0);
});

test('a search asks again for what is new, a moment later and once for many', async () => {
  vi.useFakeTimers();
  try {
    let page = pageOf(1);
    const { api, asked } = scripted(() => page);
    const mailbox = new Mailbox(api);
    await mailbox.open({ q: 'is:unread' });
    page = pageOf(3, 1);
    mailbox.hear([captured(2), captured(3)]);
    mailbox.hear([captured(4)]);
    expect(shown(mailbox)).toEqual(['m1']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(shown(mailbox)).toEqual(['m3', 'm1']);
    expect(asked).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test('hidden messages come back to where they were, also when others went meanwhile', async () => {
  const mailbox = new Mailbox(scripted(() => pageOf(3, 2, 1)).api);
  await mailbox.open({});
  mailbox.hear([captured(4), captured(5)]);
  mailbox.hide(['m5', 'm2', 'm3']);
  expect(shown(mailbox)).toEqual(['m4', 'm1']);
  mailbox.hear([captured(6), deleted(3)]);
  mailbox.unhide(['m5', 'm2', 'm3']);
  expect(shown(mailbox)).toEqual(['m6', 'm5', 'm4', 'm2', 'm1']);
});

test('a hidden message stays hidden in another scope', async () => {
  const mailbox = new Mailbox(scripted(() => pageOf(2, 1)).api);
  await mailbox.open({});
  mailbox.hide(['m2']);
  await mailbox.open({ stream: 'default' });
  expect(shown(mailbox)).toEqual(['m1']);
  mailbox.unhide(['m2']);
  expect(shown(mailbox)).toEqual(['m2', 'm1']);
});

test('a whole scope is hidden and brought back, with what came meanwhile on top', async () => {
  const mailbox = new Mailbox(scripted(({ query }) => (query['cursor'] ? pageOf(1) : { ...pageOf(3, 2), next: 'c2' })).api);
  await mailbox.open({});
  mailbox.hideAll(messageOf(3).receivedAt);
  mailbox.hear([captured(4)]);
  await mailbox.more();
  expect(shown(mailbox)).toEqual(['m4']);
  mailbox.showAll();
  await mailbox.more();
  expect(shown(mailbox)).toEqual(['m4', 'm3', 'm2', 'm1']);
});

test('of a scope that is hidden, what came in after its newest of then stays, also where it is held back', async () => {
  const mailbox = new Mailbox(scripted(() => pageOf(2, 1)).api);
  await mailbox.open({});
  mailbox.hear([captured(3)]);
  mailbox.look(false);
  mailbox.hear([captured(4)]);
  mailbox.hideAll(messageOf(2).receivedAt);
  expect([shown(mailbox), mailbox.held]).toEqual([['m3'], 1]);
  mailbox.hear([deleted(1, 2)]);
  mailbox.look(true);
  expect(shown(mailbox)).toEqual(['m4', 'm3']);
});

test('after a gap of more than a page the list begins anew', async () => {
  let page = { ...pageOf(1), next: null as string | null };
  const mailbox = new Mailbox(scripted(() => page).api);
  await mailbox.open({});
  page = { ...pageOf(...Array.from({ length: 100 }, (_, i) => 500 - i)), next: 'c401' };
  await mailbox.refresh();
  expect([mailbox.count, mailbox.at(0)!.id, mailbox.complete]).toEqual([100, 'm500', false]);
});

test('after a lost connection, what was deleted meanwhile goes, and what lies further down stays', async () => {
  let page = { ...pageOf(5, 4, 3), next: 'c3' as string | null };
  const mailbox = new Mailbox(scripted(({ query }) => (query['cursor'] ? pageOf(2, 1) : page)).api);
  await mailbox.open({});
  await mailbox.more();
  page = { ...pageOf(6, 5, 3), next: 'c3' };
  await mailbox.refresh(true);
  expect(shown(mailbox)).toEqual(['m6', 'm5', 'm3', 'm2', 'm1']);
  page = pageOf(6);
  await mailbox.refresh(true);
  expect(shown(mailbox)).toEqual(['m6']);
  page = pageOf();
  const refreshed = mailbox.refresh(true);
  mailbox.hear([captured(7)]);
  await refreshed;
  expect(shown(mailbox)).toEqual(['m7']);
});

test('another store behind the same address begins the list anew', async () => {
  let page = pageOf(2, 1);
  const mailbox = new Mailbox(scripted(() => page).api);
  await mailbox.open({});
  page = pageOf(9);
  await mailbox.refresh(true);
  expect(shown(mailbox)).toEqual(['m9']);
});

test('read marks, tags and parses show in their rows', async () => {
  const mailbox = new Mailbox(scripted(() => pageOf(1)).api);
  await mailbox.open({});
  mailbox.hear([
    { id: 1, at: '', stream: 'default', type: 'message.updated', message: 'm1', read: true, tags: ['t'] },
    { id: 2, at: '', stream: 'default', type: 'message.parsed', message: 'm1', parse: 'failed', attachments: 2 },
    { id: 3, at: '', stream: 'default', type: 'message.updated', message: 'unknown', read: true },
  ]);
  expect(mailbox.at(0)).toMatchObject({ read: true, tags: ['t'], parse: 'failed', attachments: 2 });
  mailbox.close();
});

test('whatever happens in whatever order, rows are those that are there and not hidden, newest first', async () => {
  type Step = { act: 'arrive' | 'delete' | 'hide' | 'unhide' | 'up' | 'down' | 'more'; n: number };
  const step: fc.Arbitrary<Step> = fc.record({ act: fc.constantFrom('arrive', 'delete', 'hide', 'unhide', 'up', 'down', 'more'), n: fc.nat(30) });
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const first = Array.from({ length: 20 }, (_, i) => 20 - i);
    const mailbox = new Mailbox(scripted(({ query }) => (query['cursor'] ? pageOf(...first.slice(10)) : { ...pageOf(...first.slice(0, 10)), next: 'c11' })).api);
    await mailbox.open({});
    let newest = 20;
    let loaded = 10;
    const gone = new Set<number>();
    const hidden = new Set<number>();
    for (const { act, n } of steps) {
      switch (act) {
        case 'arrive': mailbox.hear([captured(++newest)]); break;
        case 'delete': mailbox.hear([deleted(n)]); gone.add(n); break;
        case 'hide': mailbox.hide([`m${n}`]); hidden.add(n); break;
        case 'unhide': mailbox.unhide([`m${n}`]); hidden.delete(n); break;
        case 'up': mailbox.look(true); break;
        case 'down': mailbox.look(false); break;
        case 'more': await mailbox.more(); loaded = 20; break;
      }
    }
    mailbox.look(false);
    mailbox.look(true);
    const expected = Array.from({ length: newest }, (_, i) => newest - i).filter((n) => (n > 20 || n > 20 - loaded) && !gone.has(n) && !hidden.has(n)).map((n) => `m${n}`);
    expect(shown(mailbox)).toEqual(expected);
    for (const [i, id] of expected.entries()) expect(mailbox.indexOf(id)).toBe(i);
  }), { numRuns: 60 });
});

test('what becomes of a message shows on its row: of one recipient at once, of many by asking for the tally', async () => {
  vi.useFakeTimers();
  try {
    let tally = { queued: 2 } as Record<string, number>;
    const many = () => messageOf(2, { envelope: { from: '', to: ['b@x.test', 'c@x.test'] }, delivery: tally });
    const { api, asked } = scripted(() => ({ messages: [many(), messageOf(1, { delivery: { queued: 1 } })], next: null, unindexed: 0 }));
    const mailbox = new Mailbox(api);
    await mailbox.open({});
    const marks = () => [mailbox.get('m2')?.mark, mailbox.get('m1')?.mark];
    expect([marks(), mailbox.get('m2')?.tally]).toEqual([['queued', 'queued'], '2 queued']);
    const outcome = (message: string, type: string) => ({ id: 50, at: '', stream: 'default', type: `recipient.${type}`, message }) as PosternEvent;
    mailbox.hear([outcome('m1', 'deferred'), outcome('m9', 'bounced')]);
    expect([marks(), asked.length]).toEqual([['queued', 'deferred'], 1]);
    mailbox.hear([outcome('m1', 'held'), outcome('m1', 'released')]);
    expect(marks()).toEqual(['queued', 'queued']);
    tally = { delivered: 1, bounced: 1 };
    mailbox.hear([outcome('m2', 'delivered'), outcome('m2', 'bounced')]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([marks()[0], mailbox.get('m2')?.tally, asked.length]).toEqual(['bounced', '1 bounced, 1 delivered', 2]);
    mailbox.close();
  } finally {
    vi.useRealTimers();
  }
});

test('when its stream is deleted a list says at once that there is none, and recovers when the stream is made again', async () => {
  const there = new Set(['s']);
  const { api, asked } = scripted(({ query }) => (there.has(query['stream']!) ? pageOf(1) : new Refusal(404, 'no-such-stream')));
  const mailbox = new Mailbox(api);
  const told = (type: string, stream: string) => mailbox.hear([{ id: 7, at: '', stream, type } as PosternEvent]);
  const settled = async () => await vi.waitFor(() => expect(mailbox.ready).toBe(true));
  await mailbox.open({ stream: 's' });
  told('stream.deleted', 'other');
  expect([mailbox.ready, asked.length]).toEqual([true, 1]);
  there.clear();
  told('stream.deleted', 's');
  expect([mailbox.fault, shown(mailbox), mailbox.ready, asked.length]).toEqual([{ message: 'There is no stream "s".', status: 404 }, [], true, 1]);
  there.add('s');
  told('stream.created', 's');
  await settled();
  expect([mailbox.fault, shown(mailbox)]).toEqual([undefined, ['m1']]);
  // The same while nobody was connected.
  there.clear();
  await mailbox.refresh(true);
  expect(mailbox.fault?.status).toBe(404);
  there.add('s');
  await mailbox.refresh(true);
  expect([mailbox.fault, shown(mailbox)]).toEqual([undefined, ['m1']]);
});
