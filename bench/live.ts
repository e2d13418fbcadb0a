/**
 * How fast real mail goes out: accepted over SMTP, queued durably, routed by
 * the DNS (of this process, on loopback), delivered over TCP to smtp-sink,
 * settled; unsigned, and signed with RSA and Ed25519. Beside Postfix on the
 * same way, unsigned, and with OpenDKIM (RSA alone: it makes no other).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zones } from '../test/support/zones.ts';
import { median, round, type Row } from './figures.ts';
import { startOpenDkim } from './opendkim.ts';
import { startPostfix } from './postfix.ts';
import { has, HOUSE, startPostern, type Program } from './programs.ts';
import { delivered, post, source, startCountingSink, until, type CountingSink } from './through.ts';

const GOAL = '≥ 2 × Postfix';

type Way = { what: string; dkim: object | null; postfix: Program | undefined; beside: string; rates: { postern: number[]; postfix: number[] } };

export async function live({ quick }: { quick: boolean }): Promise<{ rows: Row[]; raw: unknown }> {
  const keys = mkdtempSync(join(tmpdir(), 'postern-bench-keys-'));
  const running: { stop(): Promise<unknown> }[] = [];
  const keep = <T extends { stop(): Promise<unknown> } | undefined>(one: T): T => {
    if (one) running.unshift(one);
    return one;
  };
  try {
    const sink = has('smtp-source') ? keep(await startCountingSink()) : undefined;
    if (!sink) return { rows: [{ what: 'accepted to delivered for real', figure: 'skipped: smtp-source and smtp-sink (Debian: postfix) are not installed', goal: GOAL, met: undefined }], raw: null };
    execFileSync(process.execPath, ['bin/postern.js', 'dkim', 'new', 'sender.test', '--dkim-dir', keys], { cwd: HOUSE, stdio: 'ignore' });
    const dns = await zones({ 'inbox.test': { MX: ['10 mx.inbox.test'] }, 'mx.inbox.test': { A: ['127.0.0.1'] } });
    keep({ stop: async () => dns[Symbol.asyncDispose]() });
    const postern = keep(await startPostern({ env: {
      POSTERN_DELIVERY: 'on', POSTERN_MODE: 'deliver', POSTERN_DKIM_DIR: keys, POSTERN_RESOLVER: dns.address, POSTERN_DELIVERY_PORT: `${sink.port}`, POSTERN_DELIVERY_PRIVATE: '127.0.0.0/8',
      // What is pruned is not counted any more.
      POSTERN_RETAIN_MESSAGES: 'none',
    } }));
    const milter = keep(await startOpenDkim('sender.test'));
    const ways: Way[] = [
      { what: 'accepted to delivered for real (2 KB, 20 clients)', dkim: null, postfix: keep(await startPostfix(sink)), beside: 'Postfix', rates: { postern: [], postfix: [] } },
      { what: 'the same, signed with RSA and Ed25519', dkim: {}, postfix: milter && keep(await startPostfix(sink, milter)), beside: 'Postfix with OpenDKIM (RSA)', rates: { postern: [], postfix: [] } },
    ];
    const messages = quick ? 5_000 : 10_000;
    for (let turn = 0; turn <= 3; turn++) for (const { dkim, postfix, rates } of ways) {
      await post(`${postern.http}/v1/streams/default`, { delivery: { live: { allow: ['inbox.test'], dkim } } }, 'PATCH');
      const ours = await through(sink, postern, turn === 0 ? 2_000 : messages);
      const theirs = postfix && await through(sink, postfix, turn === 0 ? 500 : Math.ceil(messages / 5));
      // The first turn only warms.
      if (turn === 0) continue;
      rates.postern.push(ours);
      if (theirs !== undefined) rates.postfix.push(theirs);
    }
    return { rows: ways.map(rowOf), raw: ways.map(({ what, rates }) => ({ what, rates })) };
  } finally {
    for (const one of running) await one.stop();
    rmSync(keys, { recursive: true, force: true });
  }
}

/** Messages a second, until the sink has taken the last of them; Postern has to say so, too. */
async function through(sink: CountingSink, by: Program, count: number): Promise<number> {
  const before = { sink: sink.messages(), told: by.http ? await delivered(by.http, 'default') : 0 };
  const began = performance.now();
  await source(by, count);
  await until(async () => sink.messages() >= before.sink + count && (!by.http || (await delivered(by.http, 'default')) >= before.told + count));
  return count / ((performance.now() - began) / 1000);
}

function rowOf({ what, postfix, beside, rates }: Way): Row {
  const ratio = postfix && median(rates.postern.map((one, i) => one / rates.postfix[i]!));
  const other = ratio === undefined ? `${beside} cannot be run here` : `${round(ratio, 1)} × ${beside} to smtp-sink, ${round(median(rates.postfix))}/s`;
  return { what, figure: `${round(median(rates.postern))} messages/s; ${other}`, goal: GOAL, met: ratio === undefined ? undefined : ratio >= 2 };
}
