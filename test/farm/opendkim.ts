/**
 * opendkim-testmsg, a verifier that is not of our house. It asks the resolver
 * of the system, so it runs in a mount namespace whose resolv.conf names an
 * address of loopback, and behind that is the DNS of the farm.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A container may not let anybody. */
export const mayUnshare = (): boolean => spawnSync('unshare', ['-m', 'true']).status === 0;

export type Verdict = { code: number | null; said: string };

export async function opendkimVerify(program: string, octets: Buffer, dns: { host: string; port: number }): Promise<Verdict> {
  const dir = mkdtempSync(join(tmpdir(), 'postern-opendkim-'));
  const inner = await port53(dns);
  try {
    writeFileSync(join(dir, 'resolv.conf'), `nameserver ${inner.address}\noptions timeout:2 attempts:1\n`);
    const child = spawn('unshare', ['-m', 'sh', '-c', 'mount --bind "$1" /etc/resolv.conf && exec "$2"', 'sh', join(dir, 'resolv.conf'), program]);
    let said = '';
    for (const out of [child.stdout, child.stderr]) out.setEncoding('utf8').on('data', (chunk: string) => { said += chunk; });
    child.stdin.on('error', () => {});
    child.stdin.end(octets);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  } finally {
    await inner.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The resolver of the system has no word for a port: what comes to 53 of an address that nobody has goes there and back. */
async function port53(dns: { host: string; port: number }): Promise<{ address: string; close(): Promise<void> }> {
  const address = `127.${randomInt(1, 255)}.${randomInt(255)}.${randomInt(1, 255)}`;
  const front = createSocket('udp4');
  const behind = createSocket('udp4');
  const askers = new Map<number, RemoteInfo>();
  front.on('message', (raw, from) => {
    askers.set(raw.readUInt16BE(0), from);
    behind.send(raw, dns.port, dns.host);
  });
  behind.on('message', (raw) => {
    const from = askers.get(raw.readUInt16BE(0));
    if (from) front.send(raw, from.port, from.address);
  });
  front.bind(53, address);
  await once(front, 'listening');
  return {
    address,
    close: async () => {
      await Promise.all([front, behind].map((socket) => new Promise<void>((done) => { socket.close(() => done()); })));
    },
  };
}
