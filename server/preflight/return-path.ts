/**
 * The domain of signed return paths leads here: its MX is the listener for
 * what comes back. What SPF says of it, spf.ts looks at.
 */
import type { Look } from './ask.ts';
import { addressesOf } from './bounded.ts';
import { about, listed } from './finding.ts';
import { isNullMx, MX_MOST, mxLines } from './mx.ts';
import { bare, sameAddress, sameName } from './names.ts';
import type { Finding, ZoneRecord } from './preflight.ts';

const say = about('return-path', 'RFC 5321 §4.4');

export async function checkReturnPath({ returnPath, listener, resolver }: Look): Promise<Finding[]> {
  if (returnPath === null) return [say.skip('There is no return path of its own: bounces go to the sender that the application gave, and are not matched with what was sent.')];
  const publish: ZoneRecord[] = listener?.names[0] ? [{ name: returnPath, type: 'MX', value: `10 ${bare(listener.names[0])}.`, why: 'Bounces of the stream come back here' }] : [];
  const answer = await resolver.mx(returnPath);
  if (answer.kind === 'failed') return [say.lost(returnPath, answer)];
  const records = answer.kind === 'records' ? answer.records : [];
  const found = mxLines(records);
  if (isNullMx(records)) return [say.fail(`${returnPath} says that it takes no mail (null MX): bounces cannot come back.`, { found, publish, see: 'RFC 7505' })];
  const names = records.length > 0 ? [...new Set(records.map(({ exchange }) => bare(exchange)))].slice(0, MX_MOST) : [returnPath];
  const hosts = await Promise.all(names.map(async (name) => ({ name, ...(await addressesOf(resolver, name)) })));
  const reached = hosts.filter(({ addresses }) => addresses.length > 0);
  const lost = hosts.find((host) => host.lost);
  if (reached.length === 0) return [lost?.lost ? say.lost(lost.name, lost.lost) : say.fail(`Bounces cannot come back: ${returnPath} has ${records.length === 0 ? 'no MX record and no address' : `no mail server with an address (${listed(names)})`}.`, { found, publish })];
  if (listener === null) return [say.warn(`${returnPath} takes mail at ${listed(names)}, but nothing listens for bounces here (mxListen is off): they are not matched with what was sent.`, { found })];
  if (listener.names.length === 0 && listener.addresses.length === 0) return [say.warn(`${returnPath} takes mail at ${listed(names)}; whether that is here is not known.`, { found })];
  const here = reached.filter(({ name, addresses }) => listener.names.some((one) => sameName(one, name)) || addresses.some((address) => listener.addresses.some((one) => sameAddress(one, address))));
  if (here.length === 0) return [say.fail(`Bounces to ${returnPath} go to ${listed(names)} and not here (${listed([...listener.names, ...listener.addresses])}).`, { found, publish })];
  if (here.length < reached.length) return [say.warn(`Some bounces to ${returnPath} go elsewhere: ${listed(reached.filter((host) => !here.includes(host)).map(({ name }) => name))} ${reached.length - here.length === 1 ? 'is' : 'are'} not here.`, { found })];
  return [say.pass(`Bounces to ${returnPath} come back here, by ${listed(here.map(({ name }) => name))}.`, { found })];
}
