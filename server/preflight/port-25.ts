/** Whether this machine reaches the mail servers of others at all: many providers close port 25 to the outside. */
import type { Look } from './ask.ts';
import { addressesOf } from './bounded.ts';
import { about, shorten, printable } from './finding.ts';
import { isNullMx } from './mx.ts';
import { bare } from './names.ts';
import type { Finding } from './preflight.ts';

const say = about('port-25', 'RFC 5321 §2.3.9');
/** Hosts that are called before it is given up. */
const CALLS = 3;

export async function checkPort25({ port25, dial25, resolver }: Look): Promise<Finding[]> {
  if (port25 === null || !dial25) return [say.skip('No mail server was called.')];
  const answer = await resolver.mx(port25);
  if (answer.kind === 'failed') return [say.lost(port25, answer)];
  const names = answer.kind === 'records' ? [...answer.records].sort((a, b) => a.preference - b.preference).map(({ exchange }) => bare(exchange)) : [port25];
  if (answer.kind === 'nxdomain' || (answer.kind === 'records' && isNullMx(answer.records))) return [say.skip(`${port25} takes no mail; name a domain that does.`)];
  const found: string[] = [];
  for (const name of names.slice(0, CALLS)) {
    const { addresses } = await addressesOf(resolver, name);
    const address = addresses[0];
    if (address === undefined) {
      found.push(`${name}: no address`);
      continue;
    }
    const said = await dial25({ name, address });
    if ('greeting' in said) return [say.pass(`Port 25 is open to the outside: ${name} answered "${shorten(printable(said.greeting), 120)}".`, { found: [`${name} [${address}]: ${said.greeting}`] })];
    found.push(`${name} [${address}]: ${said.failed}`);
  }
  return [say.fail(`No mail server of ${port25} could be reached on port 25. Many providers close it; ask for it to be opened, or deliver through a relay.`, { found })];
}
