/**
 * `postern dkim`: makes the keys that real mail is signed with, shows what to
 * publish, and changes them with overlap. It works on files alone; a running
 * Postern notices within seconds.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '../config.ts';
import { nearest } from '../nearest.ts';
import { OperatorError } from '../operator-error.ts';
import { activate, keyDomain, newPair, retire, rotate } from '../outgoing/keys/changes.ts';
import { namesIn, readFolder } from '../outgoing/keys/files.ts';
import { DOMAIN, stateOf, type KeyPair, type PairRecord } from '../outgoing/keys/pair.ts';
import { dkimFolder } from '../outgoing/keys/ring.ts';
import { recordOf, zoneLine } from '../outgoing/keys/zone.ts';
import { durationOf, EX, Failure, readOptions, usage, verb } from './options.ts';
import { DEFAULT_FILE } from './start.ts';
import type { Io } from './verb.ts';

const HELP = `postern dkim new DOMAIN [--selector NAME]
postern dkim list [DOMAIN] [--json]
postern dkim records DOMAIN [--json]
postern dkim rotate DOMAIN [--selector NAME] [--in TIME]
postern dkim activate DOMAIN SELECTOR [--in TIME]
postern dkim retire DOMAIN SELECTOR [--force]

The keys that mail in mode deliver is signed with: for each domain a pair,
RSA-2048 and Ed25519, that sign together. A running Postern notices changes
within a few seconds.

  new        makes the first pair of a domain; it signs at once
  list       what there is: prepared, active, superseded, retired
  records    the lines for the zone of the domain
  rotate     makes the next pair. Publish it, wait for the TTL, activate it;
             retire the one before after a week, then take out its records
  activate   the pair signs from now on (or --in 24h)
  retire     the pair signs no more

  --selector NAME    name of the pair [postern and the month]; r and e are added
  --in TIME          not at once but after so long, like 48h
  --force            retire the last one, too: mail of the domain is then held
  --data-dir DIR     the data folder [POSTERN_DATA_DIR, else ./postern-data]
  --dkim-dir DIR     the folder of the keys [POSTERN_DKIM_DIR, else dkim in it]
  --config FILE      a file with settings [POSTERN_CONFIG]

Exit codes: 0 done, 1 failed, 64 wrong usage.
`;

const OPTIONS = {
  selector: { type: 'string' }, in: { type: 'string' }, force: { type: 'boolean' }, json: { type: 'boolean' },
  'data-dir': { type: 'string' }, 'dkim-dir': { type: 'string' }, config: { type: 'string' },
} as const;

/** What each takes beside its name, and the options that mean something to it. */
const DEEDS: Record<string, { least: number; most: number; options: string[] }> = {
  new: { least: 1, most: 1, options: ['selector'] },
  list: { least: 0, most: 1, options: ['json'] },
  records: { least: 1, most: 1, options: ['json'] },
  rotate: { least: 1, most: 1, options: ['selector', 'in'] },
  activate: { least: 2, most: 2, options: ['in'] },
  retire: { least: 2, most: 2, options: ['force'] },
};
const FOLDERS = ['data-dir', 'dkim-dir', 'config'];

export async function dkim(args: string[], io: Io, now: () => number = Date.now): Promise<number> {
  return verb('postern dkim', HELP, args, io, async () => {
    const { values, positionals: [deed = '', ...said] } = readOptions(args, OPTIONS, true);
    const takes = Object.hasOwn(DEEDS, deed) ? DEEDS[deed]! : undefined;
    if (!takes) throw usage(deed === '' ? `takes one of ${Object.keys(DEEDS).join(', ')}` : `there is no "${deed}"${nearest(deed, Object.keys(DEEDS), ' (did you mean "%"?)')}`);
    if (said.length < takes.least || said.length > takes.most) throw usage(takes.most === 2 ? `${deed} takes a domain and a selector` : takes.least === 0 ? `${deed} takes one domain or none` : `${deed} takes one domain`);
    const stray = Object.keys(values).find((name) => ![...takes.options, ...FOLDERS].includes(name));
    if (stray !== undefined) throw usage(`--${stray} means nothing to ${deed}`);
    const at = now();
    const [domain = '', selector = ''] = said;
    const from = values.in === undefined ? undefined : at + durationOf(values.in, '--in');
    const out = (lines: readonly string[]) => void io.stdout.write(lines.map((line) => `${line}\n`).join(''));
    try {
      const dir = folder(values, io);
      switch (deed) {
        case 'new': out([...made(await newPair(dir, domain, at, values.selector), 'It signs from now on. Publish these, then look with `postern check`:'), ...(await zone(dir, domain, at))]); break;
        case 'rotate': {
          const pair = await rotate(dir, domain, at, from ?? null, values.selector);
          out([...made(pair, pair.activeFrom === null ? `It signs nothing yet. Publish these, wait until the world has them, then \`postern dkim activate ${pair.domain} ${pair.selector}\`:` : `It signs from ${time(pair.activeFrom)} on. Publish these before:`), ...(await zone(dir, domain, at, pair.selector))]);
          break;
        }
        case 'activate': {
          const pair = await activate(dir, domain, selector, at, from);
          out([`${pair.selector} signs for ${pair.domain} from ${pair.activeFrom === at ? 'now' : time(pair.activeFrom!)} on. Leave the records of the one before in the zone for a week, then retire it.`]);
          break;
        }
        case 'retire': {
          const pair = await retire(dir, domain, selector, at, values.force ?? false);
          out([`${pair.selector} of ${pair.domain} is retired: its records may be taken out of the zone.`]);
          break;
        }
        case 'records': {
          const records = await recordsOf(dir, domain, at);
          if (values.json) out([JSON.stringify(records)]);
          else out(records.length > 0 ? await zone(dir, domain, at) : [`; every key of ${keyDomain(domain)} is retired: there is nothing to publish`]);
          break;
        }
        case 'list': await list(dir, said.length > 0 ? keyDomain(domain) : undefined, at, values.json ?? false, io, out); break;
      }
    } catch (error) {
      if (error instanceof OperatorError) throw new Failure(EX.FAILED, error.message);
      throw error;
    }
    return EX.OK;
  });
}

/** As the server would find it, by the same settings. */
function folder(values: { 'data-dir'?: string | undefined; 'dkim-dir'?: string | undefined; config?: string | undefined }, io: Io): string {
  const args = FOLDERS.flatMap((name) => {
    const value = values[name as keyof typeof values];
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  const dir = dkimFolder(readConfig({ args, env: io.env, ...(existsSync(DEFAULT_FILE) ? { file: DEFAULT_FILE } : {}) }));
  if (dir === null) throw usage('with data in memory there is no folder for keys: name one with --dkim-dir');
  return resolve(dir);
}

const time = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
const made = ({ domain, selector }: PairRecord, then: string): string[] => [`; a pair of keys for ${domain}: ${selector} (RSA-2048 and Ed25519)`, `; ${then}`];

/** What is to be in the zone: all but the retired ones. */
async function recordsOf(dir: string, said: string, now: number) {
  const domain = keyDomain(said);
  const { pairs, flaws } = await readFolder(dir, domain);
  if (pairs.length === 0) throw new OperatorError(flaws[0]?.text ?? `${domain} has no key: \`postern dkim new ${domain}\` makes one`);
  return pairs.filter((pair) => stateOf(pair, pairs, now) !== 'retired')
    .flatMap((pair) => pair.keys.map((key) => ({ ...recordOf(domain, key), type: 'TXT', pair: pair.selector, state: stateOf(pair, pairs, now) })));
}

async function zone(dir: string, domain: string, now: number, pair?: string): Promise<string[]> {
  return (await recordsOf(dir, domain, now)).filter((record) => pair === undefined || record.pair === pair).map(zoneLine);
}

async function list(dir: string, only: string | undefined, now: number, json: boolean, io: Io, out: (lines: readonly string[]) => void): Promise<void> {
  const domains = only === undefined ? (await namesIn(dir)).filter((name) => DOMAIN.test(name)).sort() : [only];
  const folders = await Promise.all(domains.map(async (domain) => ({ domain, ...(await readFolder(dir, domain)) })));
  for (const { flaws } of folders) for (const { text } of flaws) io.stderr.write(`postern dkim: ${text}\n`);
  const all = folders.flatMap(({ pairs }) => pairs.map((pair) => ({ pair, state: stateOf(pair, pairs, now) })));
  if (json) {
    const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
    out([JSON.stringify(all.map(({ pair, state }) => ({ domain: pair.domain, selector: pair.selector, state, createdAt: iso(pair.createdAt), activeFrom: iso(pair.activeFrom), retiredAt: iso(pair.retiredAt), keys: pair.keys.map(({ selector, algorithm, publicKey }) => ({ selector, algorithm, publicKey })) })))]);
    return;
  }
  if (all.length === 0) return out([only === undefined ? `There are no keys in ${dir}.` : `${only} has no key.`]);
  const width = Math.max(...all.map(({ pair }) => pair.domain.length));
  const selectors = Math.max(...all.map(({ pair }) => pair.selector.length));
  out(all.map(({ pair, state }) => `${pair.domain.padEnd(width)}  ${pair.selector.padEnd(selectors)}  ${state.padEnd(10)}  ${since(pair, state)}`));
}

function since(pair: KeyPair, state: string): string {
  if (state === 'retired') return `since ${time(pair.retiredAt!)}`;
  if (pair.activeFrom === null) return `made ${time(pair.createdAt)}`;
  return `from ${time(pair.activeFrom)}`;
}
