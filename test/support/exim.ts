/**
 * A real Exim as the other side of real delivery. Debian's package cannot be
 * installed beside Postfix, so it runs out of a folder into which .ci/run has
 * unpacked it, in a mount namespace of its own where its user is known (Exim
 * has that name compiled in). It starts as root only.
 */
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Letter, lettersIn } from './maildir.ts';

export const EXIM = fileURLToPath(new URL('../../node_modules/.cache/exim', import.meta.url));
/** Debian's user `mail`, which is there always. */
const MAIL = 8;
const START_MOST = 10_000;

/** The folder where it is unpacked; undefined where it cannot be run. In CI it must be there. */
export function exim(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    if (process.env['CI']) throw new Error('Exim starts as root only, and in CI nothing is skipped');
    return undefined;
  }
  const isThere = existsSync(join(EXIM, 'usr/sbin/exim4'));
  if (!isThere && process.env['CI']) throw new Error(`Exim is not in ${EXIM} (test/support/unpack-exim.sh), and in CI nothing is skipped`);
  return isThere ? EXIM : undefined;
}

/** Where no namespace may be made, unpack-exim.sh has made the user. */
const isUserThere = (): boolean => /^Debian-exim:/m.test(readFileSync('/etc/passwd', 'utf8'));

export type EximOptions = { folder: string; address: string; port: number; domains: string[]; tls: { cert: string; key: string } };
export type Exim = AsyncDisposable & {
  letters(): Letter[];
  log(): string;
  /** From now on a recipient that begins with `grey` is taken. */
  pass(): void;
};

export async function startExim({ folder, address, port, domains, tls }: EximOptions): Promise<Exim> {
  const root = mkdtempSync(join(tmpdir(), 'postern-exim-'));
  chmodSync(root, 0o755);
  const at = (...names: string[]) => join(root, ...names);
  for (const name of ['spool', 'log', 'mail', 'tls']) {
    mkdirSync(at(name));
    chownSync(at(name), MAIL, MAIL);
  }
  writeFileSync(at('tls', 'cert.pem'), tls.cert);
  writeFileSync(at('tls', 'key.pem'), tls.key);
  for (const name of ['cert.pem', 'key.pem']) chownSync(at('tls', name), MAIL, MAIL);
  writeFileSync(at('exim.conf'), `
primary_hostname = mx.exim.test
domainlist local_domains = ${domains.join(' : ')}
spool_directory = ${at('spool')}
log_file_path = ${at('log')}/%slog
pid_file_path = ${at('exim.pid')}
local_interfaces = <; [${address}]:${port}
daemon_smtp_ports =
exim_user = mail
exim_group = mail
deliver_drop_privilege
never_users =
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
message_size_limit = 60M
tls_advertise_hosts = *
tls_certificate = ${at('tls', 'cert.pem')}
tls_privatekey = ${at('tls', 'key.pem')}
chunking_advertise_hosts = *
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
log_selector = +tls_cipher +received_recipients +smtp_protocol_error
acl_smtp_rcpt = rcpt
acl_smtp_data = accept

begin acl
rcpt:
  deny    domains = !+local_domains
          message = relay not permitted
  deny    local_parts = ^unknown
          message = Unknown user
  defer   local_parts = ^grey
          condition = \${if exists{${at('pass')}}{no}{yes}}
          message = Greylisted, come again
  accept

begin routers
here:
  driver = accept
  transport = box

begin transports
box:
  driver = appendfile
  maildir_format
  directory = ${at('mail')}
  delivery_date_add
  envelope_to_add
  return_path_add
  user = mail
  group = mail
`);
  // Exim looks its users up in /etc; its libraries are beside it.
  writeFileSync(at('run.sh'), `
set -e
${isUserThere() ? '' : `{ cat /etc/passwd; echo 'Debian-exim:x:${MAIL}:${MAIL}::/nonexistent:/bin/false'; } > ${at('passwd')}
{ cat /etc/group; echo 'Debian-exim:x:${MAIL}:'; } > ${at('group')}
mount --bind ${at('passwd')} /etc/passwd
mount --bind ${at('group')} /etc/group`}
export LD_LIBRARY_PATH=$(echo ${folder}/usr/lib/*-linux-gnu)
exec ${folder}/usr/sbin/exim4 -C ${at('exim.conf')} -bdf
`);
  const options = { stdio: ['ignore', 'ignore', 'pipe'], cwd: root } satisfies SpawnOptions;
  const child = isUserThere() ? spawn('sh', [at('run.sh')], options) : spawn('unshare', ['-m', 'sh', at('run.sh')], options);
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => { said += chunk; });
  const log = () => {
    try {
      return readFileSync(at('log', 'mainlog'), 'utf8');
    } catch {
      return '';
    }
  };
  const end = async () => {
    await stop(child);
    rmSync(root, { recursive: true, force: true });
  };
  for (const until = performance.now() + START_MOST; !(await answers(address, port)); await pause(20)) {
    if (child.exitCode === null && performance.now() < until) continue;
    const why = `${said}${log()}`;
    await end();
    throw new Error(`Exim did not start: ${why}`);
  }
  return { letters: () => lettersIn(at('mail')), log, pass: () => writeFileSync(at('pass'), ''), [Symbol.asyncDispose]: end };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('data', () => { resolve(true); socket.end('QUIT\r\n'); });
    socket.once('error', () => resolve(false));
  });
}
