/** A Postfix of its own on a free port, with folders of its own, that relays everything to one place. Undefined where it cannot be run (it starts as root only). */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts, freePort, has, type Program } from './programs.ts';

const SERVICES = [
  'pickup unix n - n 1 1 pickup', 'cleanup unix n - n - 0 cleanup', 'qmgr unix n - n 300 1 qmgr', 'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce', 'defer unix - - n - 0 bounce', 'trace unix - - n - 0 bounce', 'smtp unix - - n - - smtp', 'relay unix - - n - - smtp',
  'error unix - - n - - error', 'retry unix - - n - - error', 'discard unix - - n - - discard', 'tlsmgr unix - - n 1000? 1 tlsmgr',
  'anvil unix - - n - 1 anvil', 'scache unix - - n - 1 scache', 'postlog unix-dgram n - n - 1 postlogd',
];

/** `milter`: who signs what comes in. */
export async function startPostfix(relay: { host: string; port: number }, milter?: { at: string }): Promise<Program | undefined> {
  if (!has('postfix') || process.getuid?.() !== 0) return undefined;
  const port = await freePort();
  const root = mkdtempSync(join(tmpdir(), 'postern-bench-postfix-'));
  chmodSync(root, 0o755);
  const config = join(root, 'etc');
  for (const folder of ['etc', 'spool', 'data']) mkdirSync(join(root, folder));
  execFileSync('chown', ['postfix', join(root, 'data')]);
  // Its defaults, but for names, places and lookups that a sandbox cannot make; the log goes to a file, as everywhere.
  writeFileSync(join(config, 'main.cf'), [
    'compatibility_level = 3.6', `queue_directory = ${join(root, 'spool')}`, `data_directory = ${join(root, 'data')}`,
    `maillog_file = ${join(root, 'mail.log')}`, `maillog_file_prefixes = /var, ${root}`,
    'inet_interfaces = loopback-only', 'inet_protocols = ipv4', 'myhostname = relay.test', 'mydestination =', 'alias_maps =', 'local_recipient_maps =',
    'mynetworks = 127.0.0.0/8', `relayhost = [${relay.host}]:${relay.port}`, 'smtp_dns_support_level = disabled', 'smtp_host_lookup = native',
    ...(milter ? [`smtpd_milters = ${milter.at}`, 'milter_default_action = tempfail'] : []), '',
  ].join('\n'));
  writeFileSync(join(config, 'master.cf'), [`127.0.0.1:${port} inet n - n - - smtpd`, ...SERVICES, ''].join('\n'));
  execFileSync('postfix', ['-c', config, 'start'], { stdio: 'ignore' });
  await accepts(port, 10_000);
  return {
    name: 'postfix', host: '127.0.0.1', port, pid: 0, readyMs: 0,
    async stop() {
      try { execFileSync('postfix', ['-c', config, 'stop'], { stdio: 'ignore' }); } catch { /* it was down */ }
      rmSync(root, { recursive: true, force: true });
    },
  };
}
