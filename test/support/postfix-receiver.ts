/**
 * A real Postfix as the other side of real delivery: it takes mail for some
 * domains on several addresses of loopback (each a mail server of its own to
 * whoever asks), puts it into one maildir, and sends its own bounces to where
 * our MX listener is. It starts as root only.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { headsIn, type Letter, lettersIn } from './maildir.ts';
import type { Issued } from '../transport/authority.ts';
import { SERVICES } from './postfix.ts';

const run = promisify(execFile);

export type Door = {
  address: string;
  /** Of its certificate: chain and key (PEM). Absent: no STARTTLS. */
  tls?: { cert: string; key: string };
  /** More of main.cf, for this door alone. */
  settings?: string[];
};

/** The authority of the tests makes nothing but PEM. */
export const pemOf = ({ cert, key }: Pick<Issued, 'cert' | 'key'>): NonNullable<Door['tls']> => ({ cert: cert as string, key: key as string });

/** What Postfix's policy protocol says of a recipient, and what it is to do: `DUNNO` to take it, `550 5.1.1 …`, `450 4.2.0 …`. */
export type Judge = (facts: Record<string, string>) => string;

export type ReceiverOptions = {
  program: string;
  doors: Door[];
  port: number;
  domains: string[];
  /** Where mail of Postfix itself goes (bounces, notices of success). */
  back?: { host: string; port: number };
  judge?: Judge;
  /** Recipients that it takes, and cannot deliver: `full@later.test` → `5.2.2 The mailbox is full`. */
  later?: Record<string, string>;
  settings?: string[];
};

export type Receiver = AsyncDisposable & {
  letters(): Letter[];
  /** The same, of very many: only what their headers say. */
  heads(): Letter[];
  /** How many there are. */
  count(): number;
  log(): string;
  /** Empty when all that was taken is in the maildir, or bounced. */
  queue(): Promise<string>;
};

export async function startReceiver({ program, doors, port, domains, back, judge = () => 'DUNNO', later = {}, settings = [] }: ReceiverOptions): Promise<Receiver> {
  const root = mkdtempSync(join(tmpdir(), 'postern-receiver-'));
  chmodSync(root, 0o755);
  const at = (...names: string[]) => join(root, ...names);
  for (const folder of ['etc', 'spool', 'data', 'mail']) mkdirSync(at(folder));
  await run('chown', ['postfix', at('data'), at('mail')]);
  const { stdout: uid } = await run('id', ['-u', 'postfix']);
  const policy = await policyServer(judge);

  writeFileSync(at('etc', 'later'), Object.keys(later).map((address) => `${address} late:\n`).join(''));
  writeFileSync(at('etc', 'late.sh'), `case $1 in\n${Object.entries(later).map(([address, why]) => `${address}) echo '${why}';;\n`).join('')}esac\nexit 69\n`);
  writeFileSync(at('etc', 'boxes'), '/./ all/\n');
  doors.forEach(({ tls }, n) => tls && writeFileSync(at('etc', `door${n}.pem`), `${tls.key}${tls.cert}`, { mode: 0o600 }));
  writeFileSync(at('etc', 'main.cf'), [
    'compatibility_level = 3.6', `queue_directory = ${at('spool')}`, `data_directory = ${at('data')}`, `maillog_file = ${at('mail.log')}`, `maillog_file_prefixes = /var, ${root}`,
    'inet_interfaces = all', 'inet_protocols = ipv4', 'myhostname = mx.farm.test', 'mydestination =', 'mynetworks = 127.255.255.255/32', 'alias_maps =', 'local_recipient_maps =', 'append_dot_mydomain = no',
    `virtual_mailbox_domains = ${domains.join(' ')}`, `virtual_mailbox_base = ${at('mail')}`, `virtual_mailbox_maps = regexp:${at('etc', 'boxes')}`,
    `virtual_uid_maps = static:${uid.trim()}`, `virtual_gid_maps = static:${uid.trim()}`, 'virtual_minimum_uid = 1', 'virtual_mailbox_limit = 0', 'message_size_limit = 60000000',
    `transport_maps = texthash:${at('etc', 'later')}`, 'virtual_destination_recipient_limit = 1', 'virtual_destination_concurrency_limit = 4',
    `smtpd_recipient_restrictions = reject_unauth_destination, check_policy_service inet:127.0.0.1:${policy.port}`, 'smtpd_policy_service_default_action = 451 4.3.5 policy is away',
    'smtpd_peername_lookup = no', 'smtpd_client_connection_count_limit = 0', 'smtpd_tls_loglevel = 1', 'smtpd_tls_received_header = yes',
    ...(back ? [`relayhost = [${back.host}]:${back.port}`] : ['relayhost = [127.0.0.1]:9']), 'smtp_dns_support_level = disabled', 'smtp_host_lookup = native', 'smtp_tls_security_level = may',
    'minimal_backoff_time = 5s', 'queue_run_delay = 5s', ...settings, '',
  ].join('\n'));
  writeFileSync(at('etc', 'master.cf'), [
    ...SERVICES, 'virtual unix - n n - - virtual',
    // What error(8) does, but smtpd does not know it beforehand.
    `late unix - n n - - pipe flags=q user=nobody argv=/bin/sh ${at('etc', 'late.sh')} \${recipient}`,
    ...doors.flatMap(({ address, tls, settings: own = [] }, n) => [
      `${address}:${port} inet n - n - - smtpd`,
      ...[tls ? 'smtpd_tls_security_level=may' : 'smtpd_tls_security_level=none', ...(tls ? [`smtpd_tls_chain_files=${at('etc', `door${n}.pem`)}`] : []), ...own].map((one) => `  -o ${one.replaceAll(' ', '')}`),
    ]), '',
  ].join('\n'));
  await run(program, ['-c', at('etc'), 'start']).catch((error: Error) => {
    throw new Error(`${error.message}\n${readFileSync(at('mail.log'), 'utf8')}`);
  });

  return {
    letters: () => lettersIn(at('mail', 'all')),
    heads: () => headsIn(at('mail', 'all')),
    count: () => (existsSync(at('mail', 'all', 'new')) ? readdirSync(at('mail', 'all', 'new')).length : 0),
    log: () => readFileSync(at('mail.log'), 'utf8'),
    queue: async () => (await run('postqueue', ['-c', at('etc'), '-j'])).stdout,
    async [Symbol.asyncDispose]() {
      await run(program, ['-c', at('etc'), 'stop']).catch(() => {});
      await policy.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Postfix asks in lines of `name=value`, ended by an empty one, again and again over one connection. */
async function policyServer(judge: Judge): Promise<{ port: number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => {});
    socket.on('data', (chunk: string) => {
      text += chunk;
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const facts = Object.fromEntries(text.slice(0, end).split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
        socket.write(`action=${judge(facts)}\n\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
