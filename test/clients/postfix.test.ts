/** A real Postfix, with folders of its own, that relays everything to Postern. */
import { expect, test } from 'vitest';
import type { MessageDetail } from '../../sdk/contract.ts';
import { startPostfix } from '../support/postfix.ts';
import { postfix } from '../support/programs.ts';
import { running } from '../support/running.ts';

const found = postfix();

test.skipIf(!found)('Postfix relays in over TLS, and keeps what it asked for as DSN parameters', async () => {
  const house = await running({ smtpStarttls: 'on' });
  const mta = await startPostfix(found!, house.smtp, ['smtp_tls_security_level = may']);
  try {
    await mta.send(['-N', 'success,failure', '-V', 'order-17', '-f', 'app@app.test', 'postfix@inbox.test'], 'Subject: Through Postfix\n\nHello.\n');
    const { messages } = await house.get<{ messages: MessageDetail[] }>('/v1/wait?inbox=postfix@inbox.test&timeout=60s').catch((error: Error) => {
      throw new Error(`${error.message}\n${mta.log()}`);
    });
    expect(messages[0]).toMatchObject({
      subject: 'Through Postfix',
      envelope: { from: 'app@app.test', envid: 'order-17', recipients: [{ address: 'postfix@inbox.test', notify: ['SUCCESS', 'FAILURE'], orcpt: 'rfc822;postfix@inbox.test' }] },
      session: { hello: 'relay.test', tls: { version: 'TLSv1.3' } },
    });
    // Postfix writes its log when it has the answer, which is after the wait had its own.
    await expect.poll(mta.log, { timeout: 30_000 }).toMatch(new RegExp(`status=sent \\(250 2\\.6\\.0 .*${messages[0]!.id}`));
  } finally {
    await mta.stop();
    await house.close();
  }
}, 90_000);
