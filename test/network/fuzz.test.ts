/** Whatever a client says: the remote answers or closes, and nothing is left. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settled, stage } from './stage.ts';

const word = fc.oneof(
  fc.constantFrom('EHLO c', 'HELO c', 'MAIL FROM:<a@app.test>', 'MAIL FROM:<>', 'RCPT TO:<b@shop.test>', 'RCPT TO:<b+rcpt.550@shop.test>', 'RCPT TO:<b+drop.data@shop.test>', 'RCPT TO:<b+hang.body@shop.test>',
    'RCPT TO:<"b\\', 'DATA', '.', '..', 'RSET', 'QUIT', 'AUTH LOGIN', 'AUTH PLAIN AGEAYg==', 'STARTTLS', '*', 'BDAT 1', '__proto__', 'constructor x', ''),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const lines = fc.array(fc.tuple(word, fc.constantFrom('\r\n', '\r\n', '\n', '\r', '\r\n.\r\n', '')).map((parts) => parts.join('')), { maxLength: 25 });

test('any octets end in answers or a close', { timeout: 120_000 }, async () => {
  await using postern = stage();
  await fc.assert(fc.asyncProperty(fc.oneof(lines.map((all) => Buffer.from(all.join(''), 'latin1')), fc.uint8Array({ maxLength: 3_000 }).map((octets) => Buffer.from(octets))), fc.integer({ min: 1, max: 200 }), async (octets, size) => {
    const client = await postern.greeted();
    for (let at = 0; at < octets.length; at += size) client.send(octets.subarray(at, at + size));
    client.end();
    await client.gone();
    client.talk!.end();
    // Every line is a reply. After a 220 to STARTTLS it may be an alert of TLS.
    if (!client.heard.includes('Ready to start TLS')) expect(client.heard).toMatch(/^(?:\d{3}[ -].*\r\n)+$/);
  }), { numRuns: 300 });
  await settled();
  expect(postern.pretend.open).toBe(0);
  expect(postern.clock.nextTimer()).toBeUndefined();
  expect(postern.logged).toEqual([]);
});

test('five thousand conversations, some slow, some silent, leave no timers', { timeout: 60_000 }, async () => {
  await using postern = stage({ rules: [{ when: { recipient: 'slow*' }, what: { at: 'rcpt', delay: '5m' } }, { when: { recipient: 'mute*' }, what: { at: 'rcpt', fault: 'silence' } }] });
  let over = 0;
  const one = async (name: string) => {
    const client = await postern.greeted(`${name}@shop.test`);
    const giveUp = client.talk!.after(600_000, () => client.destroy());
    await client.expect('EHLO c', '250');
    await client.expect('MAIL FROM:<ann@app.test>', '250');
    client.send(`RCPT TO:<${name}@shop.test>\r\n`);
    await client.reply().then(() => client.expect('QUIT', '221'), () => {});
    giveUp();
    client.destroy();
    over++;
  };
  const all = Promise.all(Array.from({ length: 5_000 }, (_, n) => one(`${['bob', 'slow', 'mute', 'ann'][n % 4]}${n}`)));
  while (over < 5_000) {
    await settled();
    const next = postern.clock.nextTimer();
    if (next !== undefined) postern.clock.jump(next);
  }
  await all;
  await settled();
  expect([postern.pretend.open, postern.clock.nextTimer()]).toEqual([0, undefined]);
});
