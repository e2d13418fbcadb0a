/** A real Postfix, with folders of its own, that relays everything to Postern. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { MessageDetail } from '../../sdk/contract.ts';
import { running } from '../support/running.ts';
import { postfix } from '../support/programs.ts';

const run = promisify(execFile);
const found = postfix();

test.skipIf(!found)('Postfix relays in over TLS, and keeps what it asked for as DSN parameters', async () => {
  const house = await running({ smtpStarttls: 'on' });
  const root = mkdtempSync(join(tmpdir(), 'postern-postfix-'));
  chmodSync(root, 0o755);
  const config = join(root, 'etc');
  for (const folder of ['etc', 'spool', 'data']) mkdirSync(join(root, folder));
  await run('chown', ['postfix', join(root, 'data')]);
  writeFileSync(join(config, 'main.cf'), [
    'compatibility_level = 3.6',
    `queue_directory = ${join(root, 'spool')}`,
    `data_directory = ${join(root, 'data')}`,
    `maillog_file = /var/log/../..${join(root, 'mail.log')}`,
    `maillog_file_prefixes = /var, ${root}`,
    'inet_interfaces = loopback-only', 'inet_protocols = ipv4', 'myhostname = relay.test', 'mydestination =', 'alias_maps =', 'local_recipient_maps =',
    `relayhost = [${house.smtp.host}]:${house.smtp.port}`,
    'smtp_tls_security_level = may', 'smtp_dns_support_level = disabled', 'smtp_host_lookup = native', '',
  ].join('\n').replace('/var/log/../..', ''));
  writeFileSync(join(config, 'master.cf'), [
    'pickup unix n - n 1 1 pickup', 'cleanup unix n - n - 0 cleanup', 'qmgr unix n - n 300 1 qmgr', 'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce', 'defer unix - - n - 0 bounce', 'trace unix - - n - 0 bounce', 'smtp unix - - n - - smtp', 'relay unix - - n - - smtp',
    'error unix - - n - - error', 'retry unix - - n - - error', 'discard unix - - n - - discard', 'tlsmgr unix - - n 1000? 1 tlsmgr', 'anvil unix - - n - 1 anvil', 'scache unix - - n - 1 scache', 'postlog unix-dgram n - n - 1 postlogd', '',
  ].join('\n'));
  try {
    await run(found!, ['-c', config, 'start']);
    const sent = run('/usr/sbin/sendmail', ['-C', config, '-N', 'success,failure', '-V', 'order-17', '-f', 'app@app.test', 'postfix@inbox.test']);
    sent.child.stdin!.end('Subject: Through Postfix\n\nHello.\n');
    await sent;
    const { messages } = await house.get<{ messages: MessageDetail[] }>('/v1/wait?inbox=postfix@inbox.test&timeout=60s').catch((error: Error) => {
      throw new Error(`${error.message}\n${readFileSync(join(root, 'mail.log'), 'utf8')}`);
    });
    expect(messages[0]).toMatchObject({
      subject: 'Through Postfix',
      envelope: { from: 'app@app.test', envid: 'order-17', recipients: [{ address: 'postfix@inbox.test', notify: ['SUCCESS', 'FAILURE'], orcpt: 'rfc822;postfix@inbox.test' }] },
      session: { hello: 'relay.test', tls: { version: 'TLSv1.3' } },
    });
    // Postfix writes its log when it has the answer, which is after the wait had its own.
    await expect.poll(() => readFileSync(join(root, 'mail.log'), 'utf8'), { timeout: 30_000 }).toMatch(new RegExp(`status=sent \\(250 2\\.6\\.0 .*${messages[0]!.id}`));
  } finally {
    await run(found!, ['-c', config, 'stop']).catch(() => {});
    rmSync(root, { recursive: true, force: true });
    await house.close();
  }
}, 90_000);
