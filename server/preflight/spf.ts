/**
 * SPF (RFC 7208) of the envelope sender's domain: one record, without faults,
 * within the limits, that lets every address of ours send. What to publish is
 * the record that is there with what is missing put in front.
 */
import type { Look } from './ask.ts';
import { about, listed, shorten } from './finding.ts';
import { isInside } from './names.ts';
import type { Finding, ZoneRecord } from './preflight.ts';
import { evaluateSpf, type SpfResult } from './spf-evaluate.ts';
import { isNearlySpf, isSpf, mergedSpf, readSpf, SPF_ABSURD, SPF_LONG, type SpfTerm } from './spf-record.ts';
import { LOOKUPS, VOIDS, walkSpf } from './spf-walk.ts';

const say = about('spf', 'RFC 7208');

export async function checkSpf(look: Look): Promise<Finding[]> {
  const { envelope, resolver, sources } = look;
  // Of an address inside of a network the world sees another one, and it must not be published.
  const addresses = [...new Set(sources.map(({ address }) => address))].filter((address) => !isInside(address));
  const answer = await resolver.txt(envelope);
  if (answer.kind === 'failed') return [say.lost(envelope, answer)];
  const texts = answer.kind === 'records' ? answer.records : [];
  const records = texts.filter(isSpf);
  const publish = (of: readonly string[], missing: readonly string[], why: string): ZoneRecord[] => [{ name: envelope, type: 'TXT', value: mergedSpf(of, missing), why }];
  if (records.length === 0) {
    const nearly = texts.filter(isNearlySpf);
    const text = nearly.length > 0 ? `${envelope} has a record that was meant to be SPF and is none: it must begin with "v=spf1" and a space.` : `${envelope} has no SPF record: receivers cannot know that its mail may come from here.`;
    return [say.fail(addresses.length > 0 ? text : `${text} What to publish depends on the addresses that the mail leaves from.`, { found: nearly, publish: addresses.length > 0 ? publish([], addresses, `Lets ${listed(addresses)} send as ${envelope}`) : [], see: 'RFC 7208 §3' })];
  }
  if (records.length > 1) {
    const isAbsurd = records.some((record) => record.length > SPF_ABSURD);
    return [say.fail(`${envelope} has ${records.length} SPF records; receivers take that for an error and let none of them count.`, { found: records, publish: isAbsurd ? [] : publish(records, addresses, 'One record in place of all of these'), see: 'RFC 7208 §4.5' })];
  }
  const record = records[0]!;
  if (record.length > SPF_ABSURD) return [say.fail(`The SPF record of ${envelope} is ${record.length} octets long; no receiver takes that.`, { found: [record], see: 'RFC 7208 §3.4' })];
  return judge(look, record, addresses);
}

async function judge({ envelope, resolver, sources, helo }: Look, record: string, addresses: string[]): Promise<Finding[]> {
  const found = [record];
  const walk = await walkSpf(resolver, envelope, record);
  const said: Finding[] = [];
  const results = await evaluations(addresses, (address) => evaluateSpf(resolver, { domain: envelope, address, helo: sources.find((source) => source.address === address)?.helo ?? helo }));
  const passes = addresses.length > 0 && addresses.every((address) => results.get(address)!.result === 'pass');

  const missing = addresses.filter((address) => ['fail', 'softfail', 'neutral', 'none'].includes(results.get(address)!.result));
  const isOpen = readSpf(record).terms.some(({ name, qualifier }) => name === 'all' && qualifier === '+');
  // What passes because everybody does would be shut out with everybody.
  const unfit = addresses.filter((address) => isOpen || missing.includes(address) || results.get(address)!.result === 'permerror');
  // One and the same for whatever is wrong: two SPF records would be an error.
  const value = mergedSpf([record], unfit);
  const publish: ZoneRecord[] = value === record || (isOpen && addresses.length === 0) ? [] : [{ name: envelope, type: 'TXT', value, why: unfit.length > 0 ? `Lets ${listed(unfit)} send; replaces the SPF record that is there` : 'Replaces the SPF record that is there' }];

  const broken = addresses.filter((address) => results.get(address)!.result === 'permerror');
  if (walk.faults.length > 0 || broken.length > 0) {
    const faults = walk.faults.length > 0 ? walk.faults : [...new Set(broken.map((address) => results.get(address)!.comment))].filter(Boolean);
    said.push(say.fail(`The SPF record of ${envelope} is in error: ${shorten(faults.join('; '), 500)}.`, { found, publish: readSpf(record).faults.length > 0 || broken.length > 0 ? publish : [], see: 'RFC 7208 §4.6' }));
  }
  const costs = walk.costs.map(({ term, lookups }) => `${lookups} for ${shorten(term, 80)}`);
  if (walk.lookups > LOOKUPS) said.push((passes ? say.warn : say.fail)(`The SPF record of ${envelope} needs ${walk.lookups > 40 ? 'more than 40' : walk.lookups} look-ups where ${LOOKUPS} are allowed (${costs.length > 0 ? listed(costs, 8) : 'all of them nested'})${passes ? '; our addresses match before the limit, others may not' : ''}.`, { found, see: 'RFC 7208 §4.6.4' }));
  if (walk.voids > VOIDS) said.push((passes ? say.warn : say.fail)(`${walk.voids} names in the SPF record of ${envelope} are not there; more than ${VOIDS} are an error.`, { found, see: 'RFC 7208 §4.6.4' }));

  if (missing.length > 0) {
    const how = [...new Set(missing.map((address) => results.get(address)!.result))].join(', ');
    said.push(say.fail(`The SPF record of ${envelope} does not let ${listed(missing)} send (${how}).`, { found, publish, see: 'RFC 7208 §5.6' }));
  }
  const puzzled = addresses.filter((address) => results.get(address)!.result === 'temperror');
  if (puzzled.length > 0 || (walk.unanswered.length > 0 && !passes)) said.push(say.lost(listed([...new Set(walk.unanswered)]) || envelope, { kind: 'failed', reason: 'servfail', detail: 'needed to evaluate the SPF record' }));
  said.push(...remarks(envelope, record, walk.usesPtr, publish));

  if (!said.some(({ verdict }) => verdict === 'fail' || verdict === 'skip')) {
    const cost = `${walk.lookups} of ${LOOKUPS} look-ups`;
    said.unshift(say.pass(`The SPF record of ${envelope} ${addresses.length === 0 ? `is in order and takes ${cost}; which addresses send is not known here` : `lets ${listed(addresses)} send, with ${cost}`}.`, { found }));
  }
  return said;
}

async function evaluations(addresses: readonly string[], evaluate: (address: string) => Promise<SpfResult>): Promise<Map<string, SpfResult>> {
  return new Map(await Promise.all(addresses.map(async (address) => [address, await evaluate(address)] as const)));
}

function remarks(envelope: string, record: string, usesPtr: boolean, publish: ZoneRecord[]): Finding[] {
  const said: Finding[] = [];
  const { terms } = readSpf(record);
  const end: SpfTerm | undefined = terms.find(({ name }) => name === 'all');
  const found = [record];
  if (end?.qualifier === '+') said.push(say.fail(`"${end.text}" lets everybody in the world send as ${envelope}.`, { found, publish, see: 'RFC 7208 §5.1' }));
  else if (end?.qualifier === '?') said.push(say.warn('"?all" says nothing about anybody who is not named; "~all" or "-all" does.', { found, publish, see: 'RFC 7208 §5.1' }));
  else if (!end && !terms.some(({ name }) => name === 'redirect')) said.push(say.warn('The SPF record does not end in "all" and says nothing about anybody who is not named.', { found, publish, see: 'RFC 7208 §4.7' }));
  if (end && terms.indexOf(end) < terms.findLastIndex((term) => !term.modifier)) said.push(say.warn('What stands behind "all" in the SPF record is never looked at.', { found, see: 'RFC 7208 §5.1' }));
  if (usesPtr) said.push(say.warn('The SPF record uses "ptr", which should not be used: it is slow, and some receivers leave it out.', { found, see: 'RFC 7208 §5.5' }));
  if (record.length > SPF_LONG) said.push(say.warn(`The SPF record is ${record.length} octets long and may not fit into one answer; ${SPF_LONG} are safe.`, { found, see: 'RFC 7208 §3.4' }));
  return said;
}
