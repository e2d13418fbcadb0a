/** The three keys of a stream, as facts: what would still have to be turned before mail leaves. */
import type { Look } from './ask.ts';
import { about, listed } from './finding.ts';
import type { Finding } from './preflight.ts';

const say = about('gate', 'docs/delivery.md');

export function checkGate({ gate, stream }: Look): Finding[] {
  if (gate === null) return [say.skip('Asked without a stream: the gate was not looked at.')];
  const { permitted, stopped, mode, allow, intercept } = gate;
  const said: Finding[] = [];
  if (permitted === false) said.push(say.fail('This process does not deliver for real: start it with POSTERN_DELIVERY=on.'));
  if (stopped !== null) said.push(say.warn(`All real delivery is stopped: ${stopped.replace(/\.$/, '')}.`));
  if (allow.length === 0) said.push(say.fail(`The allow list of ${stream} is empty: everything would be held.`));
  if (mode !== 'deliver') said.push(say.warn(`The stream ${stream} is in mode ${mode}; nothing is delivered for real before it is switched to deliver.`));
  if (said.length > 0) return said;
  const whom = allow.includes('*') ? 'everybody' : listed(allow);
  return [say.pass(`${stream} delivers for real to ${whom}${intercept === null ? '' : `, all of it to ${intercept} instead`}.`, { found: [...allow] })];
}
