/** A real Postfix, with folders of its own, that relays everything to one place. It starts as root only. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const SERVICES = [
  'pickup unix n - n 1 1 pickup', 'cleanup unix n - n - 0 cleanup', 'qmgr unix n - n 300 1 qmgr', 'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce', 'defer unix - - n - 0 bounce', 'trace unix - - n - 0 bounce', 'smtp unix - - n - - smtp', 'relay unix - - n - - smtp',
  'error unix - - n - - error', 'retry unix - - n - - error', 'discard unix - - n - - discard', 'tlsmgr unix - - n 1000? 1 tlsmgr', 'anvil unix - - n - 1 anvil',
  'scache unix - - n - 1 scache', 'showq unix n - n - - showq', 'flush unix n - n 1000? 0 flush', 'postlog unix-dgram n - n - 1 postlogd',
];

export type Postfix = {
  /** Hands a message to sendmail(1). */
  send(flags: string[], message: string): Promise<void>;
  log(): string;
  /** Tries what is deferred, now. */
  flush(): Promise<void>;
  stop(): Promise<void>;
};

export async function startPostfix(program: string, relay: { host: string; port: number }, settings: string[] = []): Promise<Postfix> {
  const root = mkdtempSync(join(tmpdir(), 'postern-postfix-'));
  chmodSync(root, 0o755);
  const config = join(root, 'etc');
  const log = join(root, 'mail.log');
  for (const folder of ['etc', 'spool', 'data']) mkdirSync(join(root, folder));
  await run('chown', ['postfix', join(root, 'data')]);
  writeFileSync(join(config, 'main.cf'), [
    'compatibility_level = 3.6', `queue_directory = ${join(root, 'spool')}`, `data_directory = ${join(root, 'data')}`,
    `maillog_file = ${log}`, `maillog_file_prefixes = /var, ${root}`,
    'inet_interfaces = loopback-only', 'inet_protocols = ipv4', 'myhostname = relay.test', 'mydestination =', 'alias_maps =', 'local_recipient_maps =',
    `relayhost = [${relay.host}]:${relay.port}`, 'smtp_dns_support_level = disabled', 'smtp_host_lookup = native', ...settings, '',
  ].join('\n'));
  writeFileSync(join(config, 'master.cf'), [...SERVICES, ''].join('\n'));
  await run(program, ['-c', config, 'start']);
  return {
    async send(flags, message) {
      const sent = run('/usr/sbin/sendmail', ['-C', config, ...flags]);
      sent.child.stdin!.end(message);
      await sent;
    },
    log() {
      try {
        return readFileSync(log, 'utf8');
      } catch {
        return '';
      }
    },
    flush: async () => void (await run('postqueue', ['-c', config, '-f'])),
    async stop() {
      await run(program, ['-c', config, 'stop']).catch(() => {});
      rmSync(root, { recursive: true, force: true });
    },
  };
}
