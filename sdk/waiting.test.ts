import { expect, test } from 'vitest';
import { detail } from '../test/support/detail.ts';
import { createApi, type Api } from './api.ts';
import type { WaitQuery, WaitResult } from './contract.ts';
import { compile, type Criteria } from './criteria.ts';
import { PosternError, UnexpectedMailError, WaitTimeoutError } from './errors.ts';
import { expectNothing, waitForMessages } from './waiting.ts';
import { createWire } from './wire.ts';

/** An api whose waits are answered by a script, and which notes what it was asked. */
function scripted(...answers: (WaitResult | PosternError)[]) {
  const read: string[] = [];

  const asked: WaitQuery[] = [];
  const real = createApi(createWire({ url: 'http://postern.invalid' }));
  const api: Api = { ...real, wait: async (query) => {
    asked.push(query);
    const answer = answers.shift();
    if (!answer) throw new Error('asked once too often');
    if (answer instanceof PosternError) throw answer;
    return answer;
  }, read: async (id) => {
    read.push(id);
    if (id.includes('gone')) throw new PosternError('deleted', { status: 404 });
    return detail({ id, subject: id.slice(3), text: 'pay the invoice'.slice(0, id.includes('near') ? undefined : 3) });
  } };
  const wait = (criteria: Criteria, timeout: number, round?: number) => ({ api, compiled: compile(criteria), timeout, where: { smtp: '127.0.0.1:1025' }, ...(round === undefined ? {} : { round }) });
  return { asked, read, wait };
}
const found = (...subjects: string[]): WaitResult => ({ messages: subjects.map((subject, i) => detail({ id: `ID-${subject}`, subject, cursor: `m${i}` })), cursor: `after ${subjects.join()}` });
const none = (...arrived: string[]) => new PosternError('', { status: 408, problem: {
  type: '', title: '', status: 408, found: 0, wanted: 1, waited: 0, cursor: 'm0', arrivedInAll: arrived.length,
  arrived: arrived.map((subject) => ({ id: `ID-${subject}`, subject, from: '', to: [], receivedAt: '', differs: [{ field: 'subject', wanted: '"x"', got: subject }] })),
} as PosternError['problem'] & object });

test('what the server can decide is one request, of the whole count', async () => {
  const { asked, wait } = scripted(found('a', 'b'));
  expect((await waitForMessages(wait({ subject: 'x', after: 'm5' }, 10_000), 2)).map(({ subject }) => subject)).toEqual(['a', 'b']);
  expect(asked).toEqual([{ subject: 'x', after: 'm5', count: 2, timeout: expect.toSatisfy((ms: number) => ms > 9_000 && ms <= 10_000) }]);
});

test('a long wait is held in rounds of at most a minute, from the same place', async () => {
  const { asked, wait } = scripted(none(), none(), found('a'));
  await waitForMessages(wait({ subject: 'x', after: 'm5' }, 600_000), 1);
  expect(asked.map(({ after, timeout }) => [after, timeout])).toEqual([['m5', 60_000], ['m5', 60_000], ['m5', 60_000]]);
});

test('what is decided here goes on after the messages that did not fit, and keeps those that did', async () => {
  const { asked, wait } = scripted(found('a1'), found('b'), found('a2'));
  expect((await waitForMessages(wait({ subject: /^a/ }, 10_000), 2)).map(({ subject }) => subject)).toEqual(['a1', 'a2']);
  expect(asked.map(({ after, count }) => [after, count])).toEqual([[undefined, 1], ['after a1', 1], ['after b', 1]]);
});

test('a wait that runs out tells of what the server let through and of what it did not, the nearest first', async () => {
  const { wait } = scripted(found('near'), none('far'));
  const error = await waitForMessages(wait({ subject: /^x$/, text: 'zebra', from: 'a@b.test' }, 5), 1).then(() => undefined, (error: unknown) => error);
  expect(error).toBeInstanceOf(WaitTimeoutError);
  expect((error as WaitTimeoutError).facts).toMatchObject({ found: 0, wanted: 1, arrivedInAll: 2, arrived: [{ subject: 'near', differs: [{ field: 'subject' }, { field: 'text' }] }, { subject: 'far' }] });
});

test('a wait for none is one request that counts to none', async () => {
  const { asked, wait } = scripted({ messages: [], cursor: 'm0' });
  await expectNothing(wait({ subject: 'x' }, 1_000));
  expect(asked).toEqual([{ subject: 'x', count: 0, timeout: expect.toSatisfy((ms: number) => ms > 900 && ms <= 1_000) }]);
});

test('a wait for none that is decided here passes over what does not fit', async () => {
  const { asked, wait } = scripted(found('b'), none());
  await expectNothing(wait({ subject: /^a/ }, 5));
  expect(asked.map(({ after, count }) => [after, count])).toEqual([[undefined, 1], ['after b', 1]]);
});

test('a wait for none that saw one tells of it', async () => {
  await expect(expectNothing(scripted(found('b'), found('a')).wait({ subject: /^a/ }, 5_000))).rejects.toThrow(UnexpectedMailError);
  const conflict = new PosternError('', { status: 409, problem: { type: '', title: '', status: 409, messages: [detail({ subject: 'Oops' })], cursor: 'm1' } as PosternError['problem'] & object });
  await expect(expectNothing(scripted(conflict).wait({}, 5_000))).rejects.toThrow(/Came:\n {2}"Oops" from shop@app\.test/);
});

test('any other problem is thrown as it is', async () => {
  const bad = new PosternError('bad search', { status: 400, problem: { type: '', title: '', status: 400 } });
  await expect(waitForMessages(scripted(bad).wait({ q: '((' }, 5_000), 1)).rejects.toBe(bad);
});

const timeoutOf = (wait: Promise<unknown>) => wait.then(() => { throw new Error('found'); }, (error: WaitTimeoutError) => error);

test('what the server did not let through is read, and its body judged, before it is said how it differs', async () => {
  const { read, wait } = scripted(none('far', 'near'));
  const error = await timeoutOf(waitForMessages(wait({ subject: 'x', text: 'invoice' }, 5), 1));
  expect(read).toEqual(['ID-far', 'ID-near']);
  expect(error.facts.arrived.map(({ subject, differs }) => [subject, ...differs.map(({ field }) => field)])).toEqual([['near', 'subject'], ['far', 'subject', 'text']]);
  expect(error.message).toContain('Only subject differs in the nearest');
  const both = await timeoutOf(waitForMessages(scripted(none('far')).wait({ subject: 'x', text: 'invoice' }, 5), 1));
  expect(both.message).toMatch(/subject: wanted[^]*text: wanted "invoice"\n +got pay$/m);
  expect(both.message).not.toContain('Only');
});

test('what cannot be read any more is not said to differ in nothing else', async () => {
  const error = await timeoutOf(waitForMessages(scripted(none('gone')).wait({ subject: 'x', text: 'invoice' }, 5), 1));
  expect(error.message).toContain('subject differs in the nearest, whose body and header were not looked at');
});

test('where the server judges everything, nothing is read', async () => {
  const { read, wait } = scripted(none('near'));
  expect((await timeoutOf(waitForMessages(wait({ subject: 'x' }, 5), 1))).message).toContain('Only subject differs');
  expect(read).toEqual([]);
});
