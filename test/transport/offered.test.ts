/** What a message needs, and what the remote offers: it goes as it is, or not at all. */
import { expect, test } from 'vitest';
import { message, ready, short, spoken } from './house.ts';

test('what the remote offers is used, and what it does not is left out', async () => {
  const sent = async (extensions: string[]) => {
    const { carrier, remote } = await ready('C: MAIL*\nS: 250 ok\nC: RCPT*\nS: 550 no', extensions);
    await carrier.carry(message(['b@x.test'], { body: '8BITMIME', ret: 'HDRS', envid: 'e+2B1', size: 500, recipients: [{ address: 'b@x.test', notify: ['SUCCESS', 'DELAY'], orcpt: 'rfc822;b@x.test' }] }));
    return remote.heard.slice(1);
  };
  expect(await sent(['size 1000', '8bitmime', 'DSN'])).toEqual(['MAIL FROM:<a@app.test> SIZE=500 BODY=8BITMIME RET=HDRS ENVID=e+2B1', 'RCPT TO:<b@x.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@x.test']);
  expect(await sent(['8BITMIME'])).toEqual(['MAIL FROM:<a@app.test> BODY=8BITMIME', 'RCPT TO:<b@x.test>']);
});

test('octets beyond ASCII go only where 8BITMIME is offered, and the connection is good for the next message', async () => {
  const { carrier, remote } = await ready('C: MAIL FROM:<a@app.test>\nS: 250 ok\nC: RCPT*\nS: 550 no', []);
  const refused = await carrier.carry(message(['b@x.test', 'c@x.test'], { body: '8BITMIME' }));
  expect(short(refused)).toEqual(['554 mail', '554 mail']);
  expect(refused.recipients[1]!.answer).toMatchObject({ kind: 'reply', enhanced: { class: 5, subject: 6, detail: 3 }, stage: 'mail', host: '', text: expect.stringContaining('8BITMIME') });
  expect(spoken(refused.transcript)).toContain('* not sent: the remote was not asked');
  expect(refused.alive).toBe(true);
  expect(short(await carrier.carry(message(['b@x.test'], { body: '7BIT' })))).toEqual(['550 rcpt']);
  await remote.done;
});

test('a message that is larger than the remote takes is not offered to it', async () => {
  const { carrier, remote } = await ready('C: MAIL*', ['SIZE 100']);
  expect(carrier.offers.sizeLimit).toBe(100);
  const result = await carrier.carry(message(['b@x.test', 'c@x.test'], { size: 101 }));
  expect(short(result)).toEqual(['size mail', 'size mail']);
  expect(result).toMatchObject({ alive: true });
  expect(carrier.carried).toBe(0);
  void carrier.carry(message(['b@x.test'], { size: 100 }));
  await remote.done;
});

test.each(['SIZE', 'SIZE 0', 'SIZE lots'])('%s is no limit', async (offered) => {
  expect((await ready('', [offered])).carrier.offers.sizeLimit).toBeUndefined();
});

test('a message that needs SMTPUTF8 goes only where it is offered', async () => {
  const without = await ready('C: nothing');
  const refused = await without.carrier.carry(message(['b@x.test'], { smtputf8: true }));
  expect(refused.recipients[0]!.answer).toMatchObject({ kind: 'reply', code: 553, enhanced: { class: 5, subject: 6, detail: 7 }, stage: 'mail', host: '' });
  expect(refused.alive).toBe(true);

  const { carrier, remote } = await ready('C: MAIL FROM:<jörg@app.test> SMTPUTF8', ['SMTPUTF8']);
  void carrier.carry(message(['b@x.test'], { from: 'jörg@app.test' }));
  await remote.done;
});

test('one recipient that needs SMTPUTF8 does not take the others with it', async () => {
  const { carrier, remote } = await ready('C: MAIL*\nS: 250 ok\nC: RCPT TO:<b@x.test>\nS: 250 ok\nC: DATA\nS: 354 go\nC.\nS: 250 taken');
  const result = await carrier.carry(message(['jörg@x.test', 'b@x.test']));
  await remote.done;
  expect(short(result)).toEqual(['553 mail', '250 body']);
});

test('a message that requires TLS never goes over plaintext', async () => {
  const { carrier } = await ready('C: nothing', ['REQUIRETLS']);
  const result = await carrier.carry(message(['b@x.test'], { requireTls: true }));
  expect(result.recipients[0]!.answer).toMatchObject({ kind: 'reply', code: 530, enhanced: { class: 5, subject: 7, detail: 10 }, host: '' });
});
