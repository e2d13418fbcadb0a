import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createTransport } from 'nodemailer';
import { afterAll, expect, test } from 'vitest';
import { connect, NotInMessageError, PosternError, start, UnexpectedMailError, WaitTimeoutError, type Inbox, type Settings } from '../../sdk/index.ts';

const sandbox = await start();
afterAll(() => sandbox.close());

/** As an application would. */
async function mail(inbox: Pick<Inbox, 'smtp'> & { address?: string }, message: object = {}) {
  const transport = createTransport(inbox.smtp.transport);
  await transport.sendMail({ from: 'Shop <shop@app.test>', to: inbox.address, subject: 'Hello', text: 'Hi.', ...message });
  transport.close();
}

test('a mail that an application sends is in the inbox, with its link, code and attachment', async () => {
  const inbox = await sandbox.inbox();
  await mail(inbox, {
    subject: 'Reset your password', headers: { 'X-Campaign': 'spring' },
    text: 'Your code is 482913.', html: '<p>Your code is 482913. <a href="https://app.test/reset?t=1">Choose a new one</a></p>',
    attachments: [{ filename: 'a.txt', content: 'grüße' }],
  });
  const message = await inbox.waitFor({ subject: 'reset', from: 'shop@app.test' });
  expect(message.subject).toBe('Reset your password');
  expect(message.from).toEqual({ name: 'Shop', address: 'shop@app.test' });
  expect(message.link(/reset/)).toBe('https://app.test/reset?t=1');
  expect(message.code).toBe('482913');
  expect(message.header('x-campaign')).toBe('spring');
  expect(message.html).toContain('<a href=');
  expect(await message.attachment('a.txt').text()).toBe('grüße');
  expect(message.envelope).toMatchObject({ from: 'shop@app.test', to: [inbox.address] });
  expect(message.session.protocol).toBe('smtp');
  expect(Buffer.from(await message.raw()).toString()).toMatch(/^[^]*Subject: Reset your password\r\n/);
  expect(() => message.link(/unsubscribe/)).toThrow(NotInMessageError);
});

test('a wait sees what is there already and what is still to come', async () => {
  const inbox = await sandbox.inbox();
  await mail(inbox, { subject: 'Before' });
  expect((await inbox.waitFor('Before')).subject).toBe('Before');
  const later = inbox.waitFor('After');
  await mail(inbox, { subject: 'After' });
  expect((await later).subject).toBe('After');
});

test('a wait gives the first that fits, each time; `after` moves on', async () => {
  const inbox = await sandbox.inbox();
  await mail(inbox, { text: 'one' });
  await mail(inbox, { text: 'two' });
  const first = await inbox.waitFor('Hello');
  expect((await inbox.waitFor('Hello')).id).toBe(first.id);
  expect((await inbox.waitFor({ subject: 'Hello', after: first })).text.trim()).toBe('two');
  const mark = await inbox.mark();
  const third = inbox.waitFor({ after: mark });
  await mail(inbox, { text: 'three' });
  expect((await third).text.trim()).toBe('three');
});

test('patterns, texts and functions are decided here, over mail that does not fit', async () => {
  const inbox = await sandbox.inbox();
  for (const n of [1, 2, 3]) await mail(inbox, { subject: `Order ${n}`, text: `Number ${n}\nof three` });
  expect((await inbox.waitFor({ subject: /^Order [23]$/ })).subject).toBe('Order 2');
  expect((await inbox.waitFor({ text: 'number 3 of three' })).subject).toBe('Order 3');
  expect((await inbox.waitFor({ where: ({ text }) => text.includes('2') })).subject).toBe('Order 2');
  expect((await inbox.waitForCount(2, { text: /[12]/ })).map(({ subject }) => subject)).toEqual(['Order 1', 'Order 2']);
  expect((await inbox.waitForCount(3)).map(({ subject }) => subject)).toEqual(['Order 1', 'Order 2', 'Order 3']);
});

test('a wait that runs out says what arrived instead', async () => {
  const inbox = await sandbox.inbox();
  await mail(inbox, { subject: 'Rest your password' });
  await inbox.waitFor();
  for (const criteria of [{ subject: 'Reset' }, { subject: /Reset/ }]) {
    const error = await inbox.waitFor(criteria, { timeout: 50 }).then(() => undefined, (error: unknown) => error as WaitTimeoutError);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(error!.message).toMatch(/No message matched within[^]*subject ["/]Reset["/][^]*Rest your password[^]*got/);
    expect(error!.facts).toMatchObject({ found: 0, wanted: 1, arrivedInAll: 1 });
  }
  await expect(inbox.waitForCount(2, {}, { timeout: 50 })).rejects.toThrow(/^1 of 2 messages matched/);
});

test('a search that cannot be read is a problem at once, not a time-out', async () => {
  const inbox = await sandbox.inbox();
  await expect(inbox.waitFor({ q: 'sbuject:x' })).rejects.toMatchObject({ name: 'PosternError', problem: { type: expect.stringContaining('bad-search') } });
});

test('expecting none passes when none is there, and shows what is', async () => {
  const inbox = await sandbox.inbox();
  await inbox.expectNone({ for: 20 });
  await mail(inbox, { subject: 'Oops' });
  await inbox.waitFor();
  await expect(inbox.expectNone({ for: 20 })).rejects.toThrow(UnexpectedMailError);
  await expect(inbox.expectNone({ subject: /^Oo/, for: 20 })).rejects.toThrow(/Came:\n {2}"Oops" from shop@app\.test/);
  await inbox.expectNone({ subject: 'Other', for: 20 });
  await inbox.expectNone({ subject: /Other/, for: 20 });
  await inbox.expectNone({ after: await inbox.mark(), for: 20 });
});

test('a wait can be given up', async () => {
  const inbox = await sandbox.inbox();
  const stop = new AbortController();
  const wait = inbox.waitFor({}, { timeout: '5s', signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(wait).rejects.toThrow('enough');
});

test('two inboxes know nothing of each other, and clearing one leaves the other', async () => {
  const [ann, bob] = await Promise.all([sandbox.inbox({ prefix: 'ann' }), sandbox.inbox({ prefix: 'bob' })]);
  expect(ann.address).not.toBe(bob.address);
  await mail(ann);
  await mail(bob);
  await ann.waitFor();
  expect(await ann.messages()).toHaveLength(1);
  expect(await ann.clear()).toBe(1);
  expect(await ann.messages()).toEqual([]);
  expect(await ann.latest()).toBeUndefined();
  expect((await bob.latest())?.subject).toBe('Hello');
});

test('messages are in the order of arrival, and latest is the last', async () => {
  const inbox = await sandbox.inbox();
  for (const n of [1, 2, 3]) await mail(inbox, { subject: `No ${n}` });
  expect((await inbox.messages()).map(({ subject }) => subject)).toEqual(['No 1', 'No 2', 'No 3']);
  expect((await inbox.messages({ limit: 2 })).map(({ subject }) => subject)).toEqual(['No 2', 'No 3']);
  expect((await inbox.latest())?.subject).toBe('No 3');
});

test('an address of one\'s own choosing is an inbox, however often it is named', async () => {
  const first = await sandbox.inbox('signup@shop.test');
  await mail(first);
  expect((await (await sandbox.inbox('signup@shop.test')).waitFor()).subject).toBe('Hello');
});

test('Bcc recipients are seen in the envelope', async () => {
  const inbox = await sandbox.inbox();
  await mail(inbox, { to: 'public@shop.test', bcc: inbox.address });
  expect((await inbox.waitFor()).envelope.bcc).toEqual([inbox.address]);
});

test('a stream is made when it is first named, and its login leads into it', async () => {
  const billing = await sandbox.stream('billing');
  await mail({ ...billing, address: 'ann@shop.test' }, { subject: 'Invoice' });
  expect(await billing.waitFor('Invoice')).toMatchObject({ stream: 'billing' });
  await billing.send({ from: 'a@app.test', to: 'b@shop.test', subject: 'By HTTP', text: 'x' });
  expect((await (await sandbox.stream('billing')).messages()).map(({ subject }) => subject)).toEqual(['Invoice', 'By HTTP']);
  expect((await sandbox.streams()).map(({ name }) => name)).toEqual(expect.arrayContaining(['default', 'billing']));
  expect(await billing.clear()).toBe(2);
  expect(await billing.facts()).toMatchObject({ messages: 0 });
});

test('a message can be sent over HTTP, with bytes attached', async () => {
  const inbox = await sandbox.inbox();
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
  const { id } = await sandbox.send({ from: 'a@app.test', to: inbox.address, subject: 'Bytes', text: 'x', attachments: [{ filename: 'b.bin', content: bytes }] });
  const message = await inbox.waitFor('Bytes');
  expect(message.id).toBe(id);
  expect(Buffer.compare(await message.attachment().bytes(), bytes)).toBe(0);
});

test('an attachment of text is text, and base64 only where it is said', async () => {
  const inbox = await sandbox.inbox();
  await sandbox.send({ from: 'a@app.test', to: inbox.address, subject: 'Files', text: 'x', attachments: [{ filename: 'a.txt', content: 'data' }, { filename: 'b.txt', content: 'Grüße, nicht base64!' }, { filename: 'c.txt', content: 'ZGF0YQ==', encoding: 'base64' }] });
  const message = await inbox.waitFor('Files');
  expect(await Promise.all(['a.txt', 'b.txt', 'c.txt'].map((name) => message.attachment(name).text()))).toEqual(['data', 'Grüße, nicht base64!', 'data']);
});

test('a mail that differs in what the server compares and in its body is told to differ in both', async () => {
  const inbox = await sandbox.inbox();
  await mail(inbox, { subject: 'Hello', text: 'Nothing to pay.' });
  await inbox.waitFor();
  const error = await inbox.waitFor({ subject: 'Bye', text: 'invoice' }, { timeout: 50 }).catch((error: unknown) => error as Error);
  expect((error as Error).message).toMatch(/subject: wanted[^]*text: wanted "invoice"\n +got Nothing to pay\./);
  expect((error as Error).message).not.toContain('Only');
  const name = await inbox.waitFor({ from: 'The Shop' }, { timeout: 50 }).catch((error: unknown) => error as Error);
  expect((name as Error).message).toMatch(/from: .*\*@|whole address/);
});

test('what is no option of a wait is an error, and so is what is nothing to wait for', async () => {
  const inbox = await sandbox.inbox();
  await expect(inbox.waitFor('x', 100 as unknown as object)).rejects.toThrow('The options of waitFor are an object, like { timeout: 100 }');
  await expect(inbox.waitForCount(1, 'x', { timeOut: 1 } as object)).rejects.toThrow('waitForCount has no option `timeOut`');
  for (const nothing of [5, null]) await expect(inbox.waitFor(nothing as unknown as string)).rejects.toThrow(`It was given ${nothing}`);
  await expect(inbox.expectNone(null as unknown as object)).rejects.toThrow('It was given null');
  await expect(inbox.expectNone({ timeout: 5 } as object)).rejects.toThrow('how long to watch is `for`');
  const message = await sandbox.send({ from: 'a@app.test', to: inbox.address, subject: 'x', text: 'x' });
  await expect(message.waitFor(null as unknown as 'ended')).rejects.toThrow('A wait for an event is waitFor({ event: \'delivered\' })');
  await expect(message.waitFor('ended', 5 as unknown as object)).rejects.toThrow('The options of waitFor');
});

test('events are replayed from a cursor and then come live', async () => {
  const inbox = await sandbox.inbox();
  const { cursor } = await sandbox.api.events({ limit: 500 });
  await mail(inbox, { subject: 'First' });
  const subjects: string[] = [];
  for await (const event of sandbox.events({ after: cursor, types: ['message.captured'] })) {
    if (event.type !== 'message.captured') throw new Error(`${event.type} was not asked for`);
    subjects.push(event.summary.subject);
    if (subjects.length === 1) await mail(inbox, { subject: 'Second' });
    else break;
  }
  expect(subjects).toEqual(['First', 'Second']);
});

test('connect has the same mail as the sandbox itself', async () => {
  await using other = await connect(sandbox.http);
  const inbox = await other.inbox();
  await mail(inbox);
  expect((await sandbox.waitFor({ to: inbox.address })).id).toBe((await inbox.waitFor()).id);
  expect(other.smtp).toEqual(sandbox.smtp);
});

test('a sandbox that is not there is an error that says how to start one', async () => {
  const gone = await start();
  const { http } = gone;
  await gone.close();
  await expect(connect(http)).rejects.toThrow(/Postern cannot be reached at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)[^]*npx postern start/);
  await expect(connect('not a url')).rejects.toThrow(/looks like http:\/\/127\.0\.0\.1:8025/);
});

test('a token is asked for, and may stand in the URL', async () => {
  await using guarded = await start({ token: 'a-long-enough-token' });
  await expect(connect(guarded.http)).rejects.toThrow(/401[^]*Give its token/);
  await expect(connect(guarded.http, { token: 'wrong-token' })).rejects.toThrow(/not the one of this sandbox/);
  const inUrl = new URL(guarded.http);
  inUrl.password = 'a-long-enough-token';
  expect((await (await connect(inUrl.href)).inbox()).address).toContain('@');
  expect(await guarded.inbox()).toMatchObject({ stream: 'default' });
});

test.each<[object, string]>([
  [{ settings: { maxMessagSize: '1m' } }, 'There is no setting `settings.maxMessagSize` of start() (did you mean `maxMessageSize`?)'],
  [{ settings: { maxMessageSize: 'big' } }, '`settings.maxMessageSize` of start() must be a size of at least 1024 octets, like 500k, 25m or 2g; it is "big"'],
  [{ modes: 'simulate' }, 'start() has no option `modes`; it has dataDir, http, smtp, token,'],
  [{ token: 'short' }, '`token` of start() must have at least 8 characters'],
  [{ http: 'nowhere' }, '`http` of start() must be host:port, like'],
  [{ mode: 'simulated' }, 'mode'],
  [{ settings: { tlsCert: '/x.pem' } }, 'tlsCert and tlsKey go together'],
  [{ settings: { streams: ['Not A Name'] } }, '`settings.streams[0]` of start() must have a name in lower case'],
  [{ dataDir: '/dev/null/x' }, '/dev/null/x'],
  [{ http: new URL(sandbox.http).host }, 'Choose another port with `http`'],
])('what is wrong with the options of start is told by their names (%j)', async (options, sentence) => {
  const error = await start(options).then(async (own) => { await own.close(); return new Error('started'); }, (error: unknown) => error as Error);
  expect(error.message).toContain(sentence);
  expect(error).toBeInstanceOf(PosternError);
  expect(error.message).not.toContain('--');
});

test('an inbox of an address without a domain is asked for in angle brackets, as it is listed', async () => {
  const inbox = await sandbox.inbox('<root>');
  expect(inbox.address).toBe('<root>');
  await sandbox.send({ from: 'cron@app.test', to: 'ops@app.test', envelope: { to: ['root'] }, subject: 'Cron' });
  expect((await inbox.waitFor({ to: '<root>' })).subject).toBe('Cron');
  expect(await inbox.waitFor({ event: 'message.captured' })).toMatchObject({ summary: { subject: 'Cron' } });
  expect((await sandbox.inbox('<root>')).address).toBe('<root>');
  expect((await sandbox.api.inboxes({ prefix: 'root' })).map(({ address }) => address)).toContain('<root>');
  expect(await inbox.clear()).toBe(1);
  await expect(sandbox.inbox('root')).rejects.toThrow('<root> where it has no domain; it is "root"');
});

test('settings of start are known by name, and taken as a file has them', async () => {
  // @ts-expect-error -- the compiler names a misspelt one before start does
  const misspelt: Settings = { maxMesageSize: '1m' };
  await expect(start({ settings: misspelt })).rejects.toThrow('did you mean `maxMessageSize`?');
  await using own = await start({ streams: ['one', 'two'], settings: { maxMessageSize: 2048, smtpRequireTls: true, smtpStarttls: 'on', retainAge: 'none', httpHosts: ['a.test', 'b.test'] } });
  expect(own.info.limits.messageSize).toBe(2048);
  expect((await own.streams()).map(({ name }) => name).sort()).toEqual(['default', 'one', 'two']);
});

test('closing ends the events that are listened to', async () => {
  const own = await start();
  const told = (async () => {
    for await (const _ of own.events());
    return 'ended';
  })();
  await own.close();
  expect(await told).toBe('ended');
  await own.close();
  await expect(own.inbox()).rejects.toThrow(PosternError);
});

test('closing a connected sandbox ends its waits, and lets the process go', async () => {
  const other = await connect(sandbox.http);
  const inbox = await other.inbox();
  const stream = await other.stream('closing', { mode: 'simulate' });
  const sent = await stream.send({ from: 'a@app.test', to: 'b@app.test', subject: 'x', text: 'x' });
  const waits = [inbox.waitFor(), inbox.waitForCount(2), inbox.expectNone({ for: '10s' }), inbox.waitFor({ event: 'bounced' }), sent.waitFor('complaint'), stream.recipient('x@y.test').waitFor()];
  const ended = Promise.allSettled(waits);
  const begun = Date.now();
  await other.close();
  for (const one of await ended) expect(one).toMatchObject({ status: 'rejected', reason: { name: 'PosternError', message: expect.stringContaining(`The sandbox at ${sandbox.http} was closed`) } });
  await expect(inbox.waitFor()).rejects.toThrow('was closed');
  expect(Date.now() - begun).toBeLessThan(5_000);

  const script = `import { connect } from ${JSON.stringify(new URL('../../sdk/client.ts', import.meta.url).href)}; const sandbox = await connect(${JSON.stringify(sandbox.http)}); sandbox.waitFor({ subject: 'Never' }, { timeout: '2m' }).catch(() => {}); setTimeout(() => sandbox.close(), 50);`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 });
});
