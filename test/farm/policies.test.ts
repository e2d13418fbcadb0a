/** What receivers (and a stream) demand of TLS, against real mail servers that fulfil it or not. What is blocked is never begun: Postfix hears no MAIL of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, Delivery } from '../../sdk/contract.ts';
import { dial } from '../support/dialogue.ts';
import { tlsa } from '../transport/authority.ts';
import { type Farm, farm, farmable } from './farm.ts';

const DOMAINS = ['enforced.test', 'stripped.test', 'forged.test', 'tried.test', 'triedplain.test', 'moved.test', 'danish.test', 'danefalse.test', 'daneself.test', 'daneplain.test'];

describe.skipIf(!farmable())('policies', () => {
  let world: Farm;
  beforeAll(async () => {
    world = await farm({ domains: DOMAINS });
    await world.stream('default');
    await world.stream('strict', { live: { tls: 'required' } });
    world.sts('enforced.test', 'mx1.farm.test', 'enforce');
    world.sts('stripped.test', 'plain.farm.test', 'enforce');
    world.sts('forged.test', 'wrong.farm.test', 'enforce');
    world.sts('moved.test', 'self.farm.test', 'enforce', 'mx1.farm.test');
    world.sts('tried.test', 'wrong.farm.test', 'testing');
    world.sts('triedplain.test', 'plain.farm.test', 'testing');
    dane('danish.test', 'mx1.dane.test', world.address.mx1, world.shown.mx1);
    dane('danefalse.test', 'false.dane.test', world.address.mx1, world.shown.self);
    dane('daneself.test', 'self.dane.test', world.address.self, world.shown.self);
    dane('daneplain.test', 'plain.dane.test', world.address.plain, world.shown.mx1);
  }, 60_000);
  afterAll(() => world?.[Symbol.asyncDispose]());

  /** The record names this certificate's key, whatever the host shows. */
  function dane(domain: string, host: string, address: string, { certificate }: Farm['shown']['mx1']): void {
    const { usage, selector, matching, data } = tlsa(3, 1, 1, certificate);
    world.dns.set(domain, { MX: [`10 ${host}`], authentic: true });
    world.dns.set(host, { A: [address], authentic: true });
    world.dns.set(`_${world.port}._tcp.${host}`, { TLSA: [`${usage} ${selector} ${matching} ${Buffer.from(data).toString('hex')}`], authentic: true });
  }
  const last = ({ recipients }: Delivery): Attempt => recipients[0]!.history.at(-1)!;
  const lines = (attempt: Attempt) => attempt.transcript.map(({ line }) => line);

  async function delivers(to: string, stream = 'default'): Promise<Attempt> {
    const id = await world.send(to, { stream });
    const attempt = last(await world.until(id, 'delivered'));
    await world.arrived(id);
    return attempt;
  }
  /** Deferred, as things may be better later; and not a word of the message was said. */
  async function blocks(to: string, stream = 'default'): Promise<Attempt> {
    const id = await world.send(to, { stream });
    const attempt = last(await world.until(id, 'deferred'));
    expect(attempt).toMatchObject({ stage: 'starttls', answer: { kind: 'fault', fault: 'tls' } });
    expect(lines(attempt).filter((line) => line.startsWith('MAIL'))).toEqual([]);
    expect(world.postfix.log()).not.toContain(`to=<${to}>`);
    return attempt;
  }
  const detail = ({ answer }: Attempt) => (answer.kind === 'fault' ? answer.detail : answer.text);

  test('without any policy a certificate of somebody else, or one made by the host itself, encrypts all the same', async () => {
    const self = await delivers('ann@self.test');
    expect(self.tls).toMatchObject({ version: 'TLSv1.3', unverified: expect.stringMatching(/SELF_SIGNED/) });
    expect((await delivers('ann@wrong.test')).tls).toMatchObject({ version: 'TLSv1.3', unverified: expect.stringMatching(/ALTNAME/) });
    expect((await delivers('ann@plain.test')).tls).toBeNull();
    expect((await delivers('ann@a.test')).tls).not.toHaveProperty('unverified', expect.anything());
  });

  test('MTA-STS enforce delivers to the host that proves its name', async () => {
    expect((await delivers('ann@enforced.test')).tls).toMatchObject({ policy: 'mta-sts' });
  });
  test('MTA-STS enforce blocks a downgrade: STARTTLS is gone', async () => {
    expect(detail(await blocks('ann@stripped.test'))).toMatch(/^MTA-STS demands TLS, and the host does not offer it/);
  });
  test('MTA-STS enforce blocks a certificate for another name', async () => {
    expect(detail(await blocks('ann@forged.test'))).toMatch(/^MTA-STS demands a certificate of wrong\.farm\.test that holds/);
  });
  test('MTA-STS enforce uses no host that the policy does not name', async () => {
    const id = await world.send('ann@moved.test');
    const attempt = last(await world.until(id, 'deferred'));
    expect(attempt).toMatchObject({ stage: 'resolve', answer: { kind: 'fault', fault: 'tls' } });
    expect(detail(attempt)).toContain('does not name self.farm.test');
  });
  test('a connection that was made with anybody carries no mail that a policy protects, and one that proved itself carries both', async () => {
    await world.stream('mixed', { limits: { connections: 1, messagesPerConnection: 2 } });
    const of = async (to: string) => (await delivers(to, 'mixed')).tls?.policy;
    expect(await of('ann@enforced.test')).toBe('mta-sts');
    // Over the same connection, and its last; then over one that is asked to prove nothing.
    expect(await of('ann@a.test')).toBe('mta-sts');
    expect(await of('bo@a.test')).toBeNull();
    expect(await of('bo@enforced.test')).toBe('mta-sts');
  });
  test('a domain whose policy its host does not fulfil rests alone: other mail goes to the same host', async () => {
    await world.stream('beside');
    await blocks('bo@forged.test', 'beside');
    await delivers('bo@wrong.test', 'beside');
    const id = await world.send('cy@forged.test', { stream: 'beside' });
    await expect.poll(async () => (await world.delivery(id)).recipients[0]!.explanation.text, { timeout: 10_000 }).toContain('forged.test is paused');
    // Not for want of time: what came after it has gone.
    await delivers('dee@wrong.test', 'beside');
    expect((await world.delivery(id)).recipients[0]).toMatchObject({ state: 'queued', history: [] });
  });
  test('MTA-STS testing delivers what enforce would block, and says what would have failed', async () => {
    const forged = await delivers('ann@tried.test');
    expect(lines(forged).find((line) => line.startsWith('this would have failed'))).toMatch(/certificate of wrong\.farm\.test/);
    const plain = await delivers('ann@triedplain.test');
    expect(lines(plain).find((line) => line.startsWith('this would have failed'))).toMatch(/does not offer it/);
  });

  test('DANE delivers to a host whose certificate a record names, whoever made it', async () => {
    expect((await delivers('ann@danish.test')).tls).toMatchObject({ policy: 'dane' });
    const self = await delivers('ann@daneself.test');
    expect(self.tls).toMatchObject({ policy: 'dane' });
    expect(self.tls).not.toHaveProperty('unverified', expect.anything());
  });
  test('DANE blocks a certificate that no record names, though an authority vouches for it', async () => {
    expect(detail(await blocks('ann@danefalse.test'))).toMatch(/^DANE demands a certificate that a TLSA record names/);
  });
  test('DANE blocks a downgrade', async () => {
    expect(detail(await blocks('ann@daneplain.test'))).toMatch(/^DANE demands TLS, and the host does not offer it/);
  });

  test('a stream that requires TLS has it from anybody, and sends nothing in plaintext', async () => {
    expect((await delivers('bo@self.test', 'strict')).tls).toMatchObject({ policy: 'required' });
    expect(detail(await blocks('bo@plain.test', 'strict'))).toMatch(/^the stream demands TLS/);
  });

  test('REQUIRETLS is kept: a host that would not go on requiring it gets nothing', async () => {
    const plain = await dial(world.house.smtp);
    await plain.expect('EHLO app.test', '250');
    await plain.startTls();
    await plain.expect('EHLO app.test', /REQUIRETLS/);
    await plain.expect('MAIL FROM:<shop@app.test> REQUIRETLS', '250');
    await plain.expect('RCPT TO:<secret@a.test>', '250');
    await plain.expect('DATA', '354');
    await plain.send('From: shop@app.test\r\nSubject: Secret\r\n\r\nx\r\n');
    const id = /\b[0-9A-HJKMNP-TV-Z]{26}\b/.exec(await plain.expect('.', '250'))![0];
    plain.destroy();
    const attempt = last(await world.until(id, 'bounced'));
    expect(attempt.answer).toMatchObject({ kind: 'reply', code: 550, enhanced: '5.7.30' });
    expect(world.postfix.log()).not.toContain('secret@a.test');
  });
});
