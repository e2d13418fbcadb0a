/** Whatever a client says: no crash, no hang; it is answered, or the connection closes. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dial } from '../support/dialogue.ts';
import { reception } from '../support/reception.ts';

const word = fc.oneof(
  fc.constantFrom('EHLO c.test', 'HELO', 'HELO c', 'MAIL FROM:<a@app.test>', 'MAIL FROM:<>', 'MAIL FROM:<a@app.test> SIZE=5', 'mail from:x', 'RCPT TO:<b@shop.test>',
    'RCPT TO:<"b\\', 'RCPT TO:<b@shop.test> NOTIFY=NEVER', 'DATA', 'DATA x', 'RSET', 'NOOP', 'VRFY a', 'AUTH PLAIN', 'AUTH PLAIN AGEAYg==', 'AUTH LOGIN', 'AUTH CRAM-MD5', '*', '=', '.', '..', '', 'BDAT 3 LAST', 'STARTTLS', 'HELP', 'XCLIENT a', '__proto__', 'toString x'),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const end = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n.\r\n', '\r\r\n', '');
const script = fc.array(fc.tuple(word, end).map((parts) => parts.join('')), { maxLength: 25 });

test('any dialogue ends in answers', { timeout: 120_000 }, async () => {
  await using postern = await reception({ limits: { badCommands: 50 } });
  await fc.assert(fc.asyncProperty(script, fc.integer({ min: 1, max: 200 }), async (lines, size) => {
    const socket = connect({ ...postern.at, allowHalfOpen: true });
    socket.setNoDelay(true);
    let heard = '';
    const closed = new Promise<void>((resolve, reject) => {
      socket.on('data', (chunk: Buffer) => { heard += chunk.toString('latin1'); });
      socket.on('end', resolve);
      socket.on('error', () => resolve());
      socket.setTimeout(5_000, () => reject(new Error(`hangs after ${JSON.stringify(lines)}; heard ${JSON.stringify(heard.slice(-300))}`)));
    });
    const octets = Buffer.from(lines.join(''), 'latin1');
    for (let at = 0; at < octets.length; at += size) socket.write(octets.subarray(at, at + size));
    socket.end();
    await closed;
    socket.destroy();
    // Every line is a reply, and every reply but the exceptions has an enhanced code of its own class.
    expect(heard).toMatch(/^220 .*\r\n(?:(?:[245])\d\d[ -].*\r\n|3[35]4 .*\r\n)*$/);
    for (const line of heard.split('\r\n').slice(1, -1)) {
      if (/^3|^250-?/.test(line)) continue;
      expect(line).toMatch(/^([245])\d\d[ -]\1\.\d{1,3}\.\d{1,3} \S/);
    }
  }), { numRuns: 250 });
  await expect.poll(() => postern.listener.connections()).toBe(0);
  expect(postern.openBodies()).toBe(0);
  expect(postern.logged.filter((line) => line.includes('"error"'))).toEqual([]);
  // And it still takes mail.
  expect(await (await dial(postern.at)).message('x\r\n')).toMatch(/^250 2\.6\.0/);
});
