/** The same delivery, to a mail server of another house: Exim. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Farm, farm, farmable } from './farm.ts';

describe.skipIf(!farmable()?.exim)('a real Exim', () => {
  let world: Farm;
  beforeAll(async () => {
    world = await farm();
    await world.stream('default', { schedule: { kind: 'steps', steps: ['1s'] }, jitter: 0 });
  }, 60_000);
  afterAll(() => world?.[Symbol.asyncDispose]());

  test('mail arrives in chunks and over TLS that both ends agree on, octet by octet', async () => {
    const id = await world.send('ann@e.test', { text: 'Hello Exim.\n.\n..\nBye.' });
    const { recipients } = await world.until(id, 'delivered');
    const [attempt] = recipients[0]!.history;
    expect(attempt!.transcript.some(({ line }) => /^BDAT \d+ LAST$/.test(line))).toBe(true);
    expect(attempt!.tls).toMatchObject({ version: 'TLSv1.3' });
    // GnuTLS spells it otherwise: TLS1.3:ECDHE_…__AES_256_GCM:256
    const cipher = /AES_\d+_GCM|CHACHA20_POLY1305/.exec(attempt!.tls!.cipher)![0];
    expect(world.exim!.log()).toMatch(new RegExp(`<= .* X=TLS1\\.3:\\w*__${cipher}:256 .* for ann@e\\.test`));
    const [letter] = await world.arrived(id, 1, 'exim');
    const stored = Buffer.from(await (await fetch(`${world.house.http}/v1/messages/${id}/raw`)).arrayBuffer());
    expect(letter!.sent.subarray(-stored.length).equals(stored)).toBe(true);
    expect(letter!.sent.subarray(0, -stored.length).toString().match(/^[\w-]+(?=:)/gm)).toEqual(['Received', 'DKIM-Signature', 'DKIM-Signature']);
  });

  test('an unknown user bounces in Exim\'s own words, which have no enhanced code, and the others get theirs', async () => {
    const id = await world.send(['unknown@e.test', 'bo@e.test']);
    const { recipients } = await world.until(id, 'bounced', 'delivered');
    expect(recipients[0]!.history[0]).toMatchObject({ answer: { kind: 'reply', code: 550, enhanced: null, text: 'Unknown user' }, verdict: { class: 'invalid_recipient', permanence: 'hard' } });
    expect((await world.arrived(id, 1, 'exim')).map(({ to }) => to)).toEqual(['bo@e.test']);
  });

  test('a greylisted recipient is deferred, then delivered, once', async () => {
    const id = await world.send('grey@e.test');
    await world.until(id, 'deferred');
    world.exim!.pass();
    const { recipients } = await world.until(id, 'delivered');
    const history = recipients[0]!.history.map(({ outcome, verdict }) => `${outcome} ${verdict.class}`);
    expect(history[0]).toBe('deferred greylisted');
    expect(history.at(-1)).toBe('delivered delivered');
    expect(await world.arrived(id, 1, 'exim')).toHaveLength(1);
  });

  test('addresses in UTF-8 and mail for both servers in one message', async () => {
    const id = await world.send(['jürgen@e.test', 'ann@a.test']);
    await world.until(id, 'delivered', 'delivered');
    expect((await world.arrived(id, 1, 'exim'))[0]!.to).toBe('jürgen@e.test');
    expect((await world.arrived(id))[0]!.to).toBe('ann@a.test');
  });
});
