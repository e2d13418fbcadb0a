import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcp, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { manualClock, wallClock } from '../../../clock.ts';
import type { Probe } from '../dialer.ts';
import { createLinkCheck } from './link-check.ts';
import { rspamd } from './rspamd.ts';
import { spamCheck, type SpamQuestion } from './spam.ts';
import { spamd } from './spamd.ts';

const BODY = 'Subject: Hello\r\n\r\nHello\r\n';
const question = (body = BODY): SpamQuestion => ({
  envelope: { from: 'a@shop.test', recipients: [{ address: 'ann@reader.test' }, { address: 'bob@reader.test' }] }, size: Buffer.byteLength(body),
  body: async () => (async function* () { for (let at = 0; at < body.length; at += 1000) yield Buffer.from(body.slice(at, at + 1000)); })(),
});

async function httpServer(answer: (body: string, headers: Record<string, unknown>, url: string) => { status?: number; text: string }): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += String(chunk); });
    request.on('end', () => {
      const { status = 200, text } = answer(body, request.headers, request.url!);
      response.writeHead(status).end(text);
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function tcpServer(answer: (asked: string) => string | undefined): Promise<{ host: string; port: number }> {
  const server = createTcp({ allowHalfOpen: true }, (socket) => {
    let asked = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => { asked += String(chunk); });
    socket.on('end', () => {
      const said = answer(asked);
      if (said !== undefined) socket.end(said);
    });
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const ask = (filter: (question: SpamQuestion) => ReturnType<ReturnType<typeof rspamd>>, body?: string) => spamCheck({ id: 'spam-x', name: 'The filter' }, filter)(question(body));

test('rspamd is handed the message and the envelope, and its score and symbols are told', async () => {
  let got: { body: string; headers: Record<string, unknown>; url: string } | undefined;
  const url = await httpServer((body, headers, at) => {
    got = { body, headers, url: at };
    return { text: JSON.stringify({ score: 6.5, required_score: 15, action: 'add header', symbols: { MISSING_DATE: { score: 1, description: 'Missing date header' }, BAYES_SPAM: { score: 5.5 } } }) };
  });
  const check = await ask(rspamd(url, wallClock));
  expect(got).toMatchObject({ body: BODY, url: '/checkv2', headers: { from: 'a@shop.test', 'content-length': String(BODY.length) } });
  expect(got!.headers['rcpt']).toBe('ann@reader.test, bob@reader.test');
  expect(check).toMatchObject({ id: 'spam-x', verdict: 'warn', details: [{ text: '5.5 BAYES_SPAM' }, { text: '1 MISSING_DATE: Missing date header' }] });
  expect(check!.summary).toContain('6.5 points; from 15 on');
});

test.each([[0, 'pass'], [8, 'warn'], [15, 'fail'], [-3, 'pass']] as const)('%d of 15 points are %s', async (score, verdict) => {
  const url = await httpServer(() => ({ text: JSON.stringify({ score, required_score: 15, symbols: {} }) }));
  expect(await ask(rspamd(url, wallClock))).toMatchObject({ verdict });
});

test('a large message goes to rspamd in pieces, whole', async () => {
  const large = BODY + 'x'.repeat(3 * 1024 * 1024);
  let length = 0;
  const url = await httpServer((body) => { length = body.length; return { text: '{"score":0,"required_score":15}' }; });
  expect(await ask(rspamd(url, wallClock), large)).toMatchObject({ verdict: 'pass' });
  expect(length).toBe(large.length);
});

test.each([['no JSON', 200], ['{}', 200], ['null', 200], ['{"score":"1"}', 200], ['busy', 503]] as const)('an answer "%s" (%d) of rspamd is told, and is no verdict', async (text, status) => {
  const url = await httpServer(() => ({ text, status }));
  expect(await ask(rspamd(url, wallClock))).toMatchObject({ verdict: 'info', summary: expect.stringContaining('did not answer') as string });
});

test('SpamAssassin is asked for a report, and points and rules are told', async () => {
  let got = '';
  const at = await tcpServer((asked) => {
    got = asked;
    return 'SPAMD/1.1 0 EX_OK\r\nContent-length: 300\r\nSpam: True ; 7.1 / 5.0\r\n\r\nContent analysis details:   (7.1 points, 5.0 required)\n\n pts rule name              description\n---- ---------------------- -----------\n 5.0 GTUBE                  BODY: Generic Test for Unsolicited Bulk\n                            Email\n-0.1 DKIM_VALID             Message has a valid signature\n';
  });
  expect(await ask(spamd(at, wallClock))).toMatchObject({ verdict: 'fail', details: [{ text: '5 GTUBE: BODY: Generic Test for Unsolicited Bulk Email' }, { text: '-0.1 DKIM_VALID: Message has a valid signature' }] });
  expect(got).toBe(`REPORT SPAMC/1.5\r\nContent-length: ${BODY.length}\r\n\r\n${BODY}`);
});

test.each(['', 'HTTP/1.1 400 Bad Request\r\n', 'SPAMD/1.0 76 EX_PROTOCOL\r\n', 'SPAMD/1.1 0 EX_OK\r\n\r\n'])('"%s" from spamd is told, and is no verdict', async (answer) => {
  expect(await ask(spamd(await tcpServer(() => answer), wallClock))).toMatchObject({ verdict: 'info' });
});

test('a filter that is not there, or says nothing, is told', async () => {
  const gone = createTcp().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  gone.close();
  await once(gone, 'close');
  expect(await ask(spamd({ host: '127.0.0.1', port }, wallClock))).toMatchObject({ verdict: 'info' });
  expect(await ask(rspamd(`http://127.0.0.1:${port}`, wallClock))).toMatchObject({ verdict: 'info' });
  const clock = manualClock();
  let heard: () => void = () => {};
  const arrived = new Promise<void>((resolve) => { heard = resolve; });
  const silent = ask(spamd(await tcpServer(() => { heard(); return undefined; }), clock));
  await arrived;
  clock.advance(15_000);
  expect(await silent).toMatchObject({ verdict: 'info', summary: expect.stringContaining('no answer within 15 s') as string });
});

test('a message that is too large for a filter is not handed over', async () => {
  const check = await spamCheck({ id: 'x', name: 'The filter' }, () => { throw new Error('asked'); })({ ...question(), size: 11 * 1024 * 1024 });
  expect(check).toMatchObject({ verdict: 'info', summary: expect.stringContaining('larger than') as string });
});

const link = (href: string) => ({ href, text: '', from: 'html' as const });
const following = (answers: Record<string, Partial<Probe>>, clock = manualClock(), took = 0) => {
  const asked: { url: string; get: boolean | undefined }[] = [];
  const check = createLinkCheck(async (url, options) => {
    asked.push({ url, get: options?.get });
    clock.advance(took);
    return { kind: 'answer', status: 200, url, redirects: 0, ...answers[url] } as Probe;
  }, clock);
  return { check, asked };
};

test('links that answer pass; what is gone fails, what may be for programs only is noted', async () => {
  const { check } = following({ 'https://a.test/gone': { status: 404 }, 'https://a.test/private': { status: 403 }, 'https://a.test/broken': { status: 500 } });
  expect(await check([link('https://a.test/')])).toMatchObject({ id: 'link-check', verdict: 'pass', details: [] });
  expect(await check([link('https://a.test/private')])).toMatchObject({ verdict: 'info' });
  expect(await check(['https://a.test/', 'https://a.test/gone', 'https://a.test/broken'].map(link))).toMatchObject({ verdict: 'fail', summary: '2 links of 3 do not work.', details: [{ text: 'Answered 404: https://a.test/gone', href: 'https://a.test/gone' }, {}] });
  expect(await check([link('mailto:a@a.test')])).toMatchObject({ verdict: 'pass', summary: 'There is no link to follow.' });
});

test('a link that the guard refuses, that fails, or that falls back to http is told', async () => {
  const { check } = following({ 'http://10.0.0.1/': { kind: 'refused', why: 'it is private' } as Probe, 'https://b.test/': { kind: 'fault', why: 'the name cannot be resolved' } as Probe, 'https://c.test/': { url: 'http://c.test/' } });
  expect(await check([link('http://10.0.0.1/')])).toMatchObject({ verdict: 'info', details: [{ text: 'Not followed, it is private: http://10.0.0.1/' }] });
  expect(await check([link('https://b.test/')])).toMatchObject({ verdict: 'fail' });
  expect(await check([link('https://c.test/')])).toMatchObject({ verdict: 'warn' });
});

test('each address is asked once, without its fragment, at most 50, and never by GET where that might do something', async () => {
  const { check, asked } = following({});
  await check([link('https://a.test/x#1'), link('https://a.test/x#2'), link('https://a.test/unsubscribe/1')]);
  expect(asked).toEqual([{ url: 'https://a.test/x', get: true }, { url: 'https://a.test/unsubscribe/1', get: false }]);
  const many = following({});
  const said = await many.check(Array.from({ length: 60 }, (_, index) => link(`https://a.test/${index}`)));
  expect(many.asked).toHaveLength(50);
  expect(said.details).toEqual([{ text: '10 further links not asked' }]);
});

test('when the links of a message have taken 20 s together, the rest is not asked', async () => {
  const slow = following({}, manualClock(), 5_000);
  const said = await slow.check(Array.from({ length: 10 }, (_, index) => link(`https://a.test/${index}`)));
  expect(slow.asked.length).toBeLessThan(10);
  expect(said).toMatchObject({ verdict: 'pass', details: [{ text: `${10 - slow.asked.length} further links not asked` }] });
});
