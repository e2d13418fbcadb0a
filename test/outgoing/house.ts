/**
 * A copy in the making: keys in a folder of their own, a stored message, and
 * a resolver that answers from the keys, as the zone would.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import { DEFAULT_LIVE, type LivePolicy } from '../../server/mail/live.ts';
import { createPrepare, type PrepareOptions } from '../../server/outgoing/copy.ts';
import { newPair } from '../../server/outgoing/keys/changes.ts';
import { readFolder } from '../../server/outgoing/keys/files.ts';
import { createKeyRing } from '../../server/outgoing/keys/ring.ts';
import { recordOf } from '../../server/outgoing/keys/zone.ts';
import type { Outgoing } from '../../server/outgoing/outgoing.ts';
import type { Trace } from '../../server/outgoing/trace.ts';
import type { LeasedMessage, LeasedRecipient } from '../../server/queue/port.ts';

export const MESSAGE = '01JD0000000000000000000001';
export const RECEIVED_AT = Date.UTC(2026, 10, 20, 9, 30, 5);

export async function keyFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postern-dkim-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** `dns-style` answers for the keys of these domains, and nothing else. */
export async function zoneOf(dir: string, ...domains: string[]): Promise<(name: string, type: string) => Promise<string[][]>> {
  const records = new Map<string, string>();
  for (const domain of domains) for (const { keys } of (await readFolder(dir, domain)).pairs) for (const key of keys) records.set(recordOf(domain, key).name, recordOf(domain, key).value);
  return async (name, type) => {
    const value = type === 'TXT' ? records.get(name.toLowerCase()) : undefined;
    if (value === undefined) throw Object.assign(new Error(`no ${type} for ${name}`), { code: 'ENOTFOUND' });
    return [[value]];
  };
}

type Verdict = { algo: string; signingDomain: string; selector: string; status: { result: string } };

/** What mailauth says of each signature, from the top. */
export async function verify(octets: Buffer, resolver: Awaited<ReturnType<typeof zoneOf>>): Promise<Verdict[]> {
  // Its typed entrance loads all of it, and more than twice as slowly.
  const path = 'mailauth/lib/dkim/verify.js';
  const { dkimVerify } = (await import(path)) as { dkimVerify(octets: Buffer, options: object): Promise<{ results: Verdict[] }> };
  return (await dkimVerify(octets, { resolver })).results;
}

export type House = Awaited<ReturnType<typeof house>>;

/** `stored` is what is kept; in `pieces` of so many octets. The key is that of example.test. */
export async function house({ policy = {}, stored = '', pieces = Infinity, trace = {}, ...more }: { policy?: Partial<LivePolicy>; stored?: string | Buffer; pieces?: number; trace?: Partial<Trace['session']> } & Partial<PrepareOptions> = {}) {
  const dir = await keyFolder();
  const clock = manualClock(RECEIVED_AT + 60_000);
  await newPair(dir, 'example.test', clock.now());
  const keys = createKeyRing({ dir, clock });
  const kept: { octets: Buffer; opened: number; policy: LivePolicy } = { octets: Buffer.from(stored), opened: 0, policy: { ...DEFAULT_LIVE, ...policy } };
  const prepare = createPrepare({
    async openBody() {
      kept.opened++;
      return inPieces(kept.octets, pieces);
    },
    traceOf: async () => ({ session: { protocol: 'smtp', client: { address: '192.0.2.7', port: 4711 }, hello: 'app.example.test', ...trace }, receivedAt: RECEIVED_AT }),
    policyOf: () => kept.policy, keys, wall: clock, name: 'mail.example.test', unsubscribeUrl: undefined, ...more,
  });
  return { dir, clock, keys, kept, prepare, zone: await zoneOf(dir, 'example.test') };
}

async function* inPieces(octets: Buffer, size: number): AsyncGenerator<Buffer, void, void> {
  if (size === Infinity) yield octets;
  else for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}

export function leased(change: Partial<LeasedMessage> = {}, ...recipients: Partial<LeasedRecipient>[]): [LeasedMessage, LeasedRecipient[]] {
  const all = (recipients.length > 0 ? recipients : [{}]).map((one, n) => ({ address: 'user@receiver.test', n, original: null, mode: 'deliver', ...one }) as LeasedRecipient);
  return [{ message: MESSAGE, seq: 1, stream: 'app', size: 0, from: 'sender@example.test', messageId: '', tags: [], recipients: all, ...change }, all];
}

/** The octets of a copy; what it says of their number is held to. */
export async function octetsOf(outgoing: Awaited<ReturnType<House['prepare']>>): Promise<Buffer> {
  if ('held' in outgoing) throw new Error(`It is held: ${outgoing.held.text}`);
  const octets = await drained(outgoing);
  if (octets.length !== outgoing.size) throw new Error(`It says that it has ${outgoing.size} octets and has ${octets.length}`);
  return octets;
}

export async function drained({ open }: Outgoing): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of await open()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
