/** OpenDKIM, signing for one domain with an RSA-2048 key of its own. Undefined where it is not installed. */
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { has } from './programs.ts';
import { until } from './through.ts';

export type Milter = { /** As Postfix is told where it is. */ at: string; stop(): Promise<void> };

export async function startOpenDkim(domain: string): Promise<Milter | undefined> {
  if (!has('opendkim')) return undefined;
  const root = mkdtempSync(join(tmpdir(), 'postern-bench-opendkim-'));
  chmodSync(root, 0o755);
  const [socket, key] = [join(root, 'socket'), join(root, 'key.pem')];
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const config = join(root, 'opendkim.conf');
  writeFileSync(config, [
    'Mode s', `Socket local:${socket}`, 'UMask 000', `Domain ${domain}`, 'Selector bench', `KeyFile ${key}`, 'Canonicalization relaxed/relaxed',
    'OversignHeaders From', 'InternalHosts 127.0.0.1', 'RequireSafeKeys no', 'Syslog no', 'Background no', '',
  ].join('\n'));
  const child = spawn('opendkim', ['-f', '-x', config], { stdio: 'ignore' });
  await until(() => existsSync(socket));
  return {
    at: `unix:${socket}`,
    async stop() {
      child.kill('SIGKILL');
      rmSync(root, { recursive: true, force: true });
    },
  };
}
