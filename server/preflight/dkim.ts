/**
 * DKIM (RFC 6376, RFC 8463): each key that signs, or is about to, is
 * published where receivers look for it, and is the one that we hold.
 */
import type { Look, SigningKey } from './ask.ts';
import { about, listed } from './finding.ts';
import { publishedKey } from './dkim-record.ts';
import type { Finding, ZoneRecord } from './preflight.ts';

const say = about('dkim', 'RFC 6376 §3.6.1');

export async function checkDkim({ signing, resolver }: Look): Promise<Finding[]> {
  const { signs, domain, keys, flaws = [] } = signing;
  if (!signs) return [say.warn('The stream sends unsigned. Gmail, Yahoo and Outlook ask for DKIM, and forwarded mail passes DMARC by it alone.', { see: 'RFC 6376' })];
  if (keys === null) return [say.skip(`The keys that sign for ${domain} are not known here; their selectors say where to look.`)];
  const used = keys.filter(({ state }) => state !== 'retired');
  const unusable = flaws.slice(0, 10).map((flaw) => say.fail(`A key cannot be used: ${flaw}`, { see: 'docs/delivery.md' }));
  if (used.length === 0) return unusable.length > 0 ? unusable : [say.fail(`There is no key to sign as ${domain} with; what cannot be signed is held. \`postern dkim new ${domain}\` makes one.`, { see: 'RFC 6376' })];
  const said = await Promise.all(used.slice(0, 20).map((key) => checkKey(resolver, domain, key)));
  const active = used.filter(({ state }) => state === 'active');
  if (active.length === 0) said.push(say.fail(`No key of ${domain} is in use: ${listed(used.map(({ selector, state }) => `${selector} is ${state}`))}.`));
  else if (active.every(({ algorithm, publicKey }) => algorithm === 'ed25519' && publicKey !== null)) said.push(say.warn('Only Ed25519 keys sign; many receivers verify RSA alone. Sign with both.', { see: 'RFC 8463 §3' }));
  return [...said, ...unusable];
}

async function checkKey(resolver: Look['resolver'], domain: string, key: SigningKey): Promise<Finding> {
  const name = `${key.selector}._domainkey.${domain}`;
  const record: ZoneRecord[] = key.publicKey === null ? [] : [{ name, type: 'TXT', value: `v=DKIM1; k=${key.algorithm}; p=${key.publicKey}`, why: `The ${key.algorithm === 'rsa' ? 'RSA' : 'Ed25519'} key with the selector ${key.selector}` }];
  const answer = await resolver.txt(name);
  if (answer.kind === 'failed') return say.lost(name, answer);
  // The others sign nothing yet, or no more.
  const bad = key.state === 'active' ? say.fail : say.warn;
  if (answer.kind !== 'records' || answer.records.length === 0) return bad(`The key ${key.selector} of ${domain} is not published${WITHOUT[key.state]}.`, { publish: record });
  const found = answer.records;
  if (found.length > 1) return bad(`${name} has ${found.length} TXT records; which of them is the key is anybody's guess.`, { found, publish: record, see: 'RFC 6376 §3.6.2.2' });

  const published = publishedKey(found[0]!);
  if ('fault' in published) return bad(`The record of the key ${key.selector} is in error: ${published.fault}.`, { found, publish: record });
  if (published.revoked) return bad(`The key ${key.selector} is revoked: its record says so with an empty p=.`, { found, publish: record });
  if (key.publicKey !== null && (published.algorithm !== key.algorithm || published.key !== key.publicKey.replace(/\s/g, ''))) {
    return bad(`What is published under ${key.selector} is ${published.algorithm === key.algorithm ? 'another key' : `a key of another kind (${published.algorithm})`} than the one that signs: nothing verifies.`, { found, publish: record });
  }
  if (published.algorithm === 'rsa' && published.bits < 1024) return bad(`The key ${key.selector} has ${published.bits} bits; receivers refuse less than 1024.`, { found, see: 'RFC 8301 §3.2' });
  const what = published.algorithm === 'rsa' ? `RSA, ${published.bits} bits` : 'Ed25519';
  const remarks = [
    ...(published.algorithm === 'rsa' && published.bits < 2048 ? ['2048 bits are usual today'] : []),
    ...(published.testing ? ['it is marked as a test (t=y), and some receivers treat its mail as unsigned'] : []),
  ];
  if (remarks.length > 0) return say.warn(`The key ${key.selector} is published (${what}), but ${listed(remarks)}.`, { found, publish: published.testing ? record : [], see: published.testing ? 'RFC 6376 §3.6.1' : 'RFC 8301 §3.2' });
  return say.pass(`The key ${key.selector} of ${domain} is published${key.publicKey === null ? '' : ' and is the one that we hold'} (${what})${key.state === 'prepared' ? '; it may be taken into use' : ''}.`, { found });
}

const WITHOUT: Record<SigningKey['state'], string> = { prepared: ' yet', active: ': nobody can verify what it signs', superseded: ' any more, and mail that it signed may still be under way', retired: '' };
