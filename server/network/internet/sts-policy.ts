/**
 * The texts of MTA-STS (RFC 8461): the TXT record that says that there is a
 * policy, the policy itself, and whether a host is one that it names. Pure.
 */
export type StsMode = 'enforce' | 'testing' | 'none';
/** `maxAge` in seconds. */
export type StsPolicy = { mode: StsMode; mx: string[]; maxAge: number };

/** §3.2: about a year. */
const LONGEST = 31_557_600;
const MOST_MX = 200;

/** The id; undefined without a policy. §3.1: any other number of records than one is none. */
export function stsId(records: readonly string[]): string | undefined {
  const ours = records.filter((text) => /^v=STSv1[ \t]*;/.test(text));
  if (ours.length !== 1) return undefined;
  for (const field of ours[0]!.split(';').slice(1)) {
    const [, id] = /^\s*id=([a-zA-Z0-9]{1,32})\s*$/.exec(field) ?? [];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** A sentence when it is no policy. */
export function readStsPolicy(text: string): StsPolicy | string {
  const single = new Map<string, string>();
  const mx: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const [, key, value] = /^[ \t]*([a-zA-Z0-9][a-zA-Z0-9_.-]{0,31})[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) return `a line of the policy is none: "${line.slice(0, 80)}"`;
    // §3.2: of what stands there twice the first counts, but for mx.
    if (key === 'mx') mx.push(value.toLowerCase().replace(/\.$/, ''));
    else if (!single.has(key)) single.set(key, value);
  }
  if (single.get('version') !== 'STSv1') return 'the policy has no "version: STSv1"';
  const mode = single.get('mode');
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none') return 'the policy has no mode that is known';
  const age = single.get('max_age') ?? '';
  if (!/^\d{1,10}$/.test(age)) return 'the policy has no max_age';
  if (mx.some((pattern) => !PATTERN.test(pattern))) return 'the policy names an mx that cannot be one';
  if (mode !== 'none' && mx.length === 0) return 'the policy names no mx';
  if (mx.length > MOST_MX) return `the policy names more than ${MOST_MX} mx`;
  return { mode, mx, maxAge: Math.min(Number(age), LONGEST) };
}

const PATTERN = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;

/** §4.1: `*` stands for one label, the first. `host` in lower case. */
export function stsNames({ mx }: Pick<StsPolicy, 'mx'>, host: string): boolean {
  return mx.some((pattern) => (pattern.startsWith('*.') ? host.slice(host.indexOf('.') + 1) === pattern.slice(2) && host.includes('.') : host === pattern));
}
