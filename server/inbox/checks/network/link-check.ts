/**
 * Asks each web address that a mail links to, where the setting `linkCheck`
 * says so. HEAD first; addresses that look as if following them did something
 * (unsubscribe, confirm) are never asked by GET.
 */
import type { Check, CheckDetail } from '../../../../sdk/contract.ts';
import type { Link } from '../../../mail/message.ts';
import type { Clock } from '../../../clock.ts';
import type { Dialer, Probe } from '../dialer.ts';
import { checkOf, count, type Said, short, type Verdict, worst } from '../matter.ts';

export type LinkCheck = (links: readonly Link[]) => Promise<Check>;

/** Addresses of one message, and how many are asked at once. */
const ASKED = 50;
const ABREAST = 4;
/** Milliseconds after which no further one is asked. */
const TIME = 20_000;
const ACTS = /unsub|opt-?out|confirm|verif|activat|reset|token|approve|accept|decline|delete/i;

export function createLinkCheck(dial: Dialer, clock: Clock): LinkCheck {
  return async (links) => {
    const found = [...new Set(links.map(({ href }) => href.split('#', 1)[0]!).filter((href) => /^https?:/i.test(href)))];
    const wanted = found.slice(0, ASKED);
    const probes: Promise<Probe>[] = [];
    const begun = clock.now();
    await Promise.all(Array.from({ length: ABREAST }, async () => {
      while (probes.length < wanted.length && clock.now() - begun < TIME) {
        const href = wanted[probes.length]!;
        const probe = dial(href, { get: !ACTS.test(href) });
        probes.push(probe);
        await probe;
      }
    }));
    const asked = wanted.slice(0, probes.length);
    return checkOf({ id: 'link-check', title: 'Links followed' }, wordOf(asked, await Promise.all(probes), found.length));
  };
}

function wordOf(asked: readonly string[], probes: readonly Probe[], found: number): Said {
  if (found === 0) return { verdict: 'pass', summary: 'There is no link to follow.' };
  const details: CheckDetail[] = [];
  const verdicts: Verdict[] = [];
  for (const [index, probe] of probes.entries()) {
    const { verdict, why } = judge(probe, asked[index]!);
    verdicts.push(verdict);
    if (why !== undefined) details.push({ text: `${why}: ${short(asked[index]!)}`, href: asked[index]! });
  }
  if (found > asked.length) details.push({ text: `${count(found - asked.length, 'further link')} not asked` });
  const verdict = worst(verdicts);
  const bad = verdicts.filter((one) => one === 'fail').length;
  return {
    verdict, details,
    summary: verdict === 'pass' ? `${count(asked.length, 'link')} answered.` : bad > 0 ? `${count(bad, 'link')} of ${asked.length} ${bad === 1 ? 'does' : 'do'} not work.` : verdict === 'warn' ? 'Some links may not work.' : 'Some links could not be judged.',
  };
}

function judge(probe: Probe, asked: string): { verdict: Verdict; why?: string } {
  if (probe.kind === 'refused') return { verdict: 'info', why: `Not followed, ${probe.why}` };
  if (probe.kind === 'fault') return { verdict: 'fail', why: probe.why[0]!.toUpperCase() + probe.why.slice(1) };
  const { status, url, redirects } = probe;
  if (status === 401 || status === 403 || status === 405 || status === 429) return { verdict: 'info', why: `Answered ${status}, perhaps to programs only` };
  if (status === 404 || status === 410 || status < 200) return { verdict: 'fail', why: `Answered ${status}` };
  if (status >= 500) return { verdict: 'fail', why: `Answered ${status}` };
  if (status >= 400) return { verdict: 'warn', why: `Answered ${status}` };
  if (/^https:/i.test(asked) && /^http:/i.test(url)) return { verdict: 'warn', why: 'Leads from https to http' };
  return redirects > 2 ? { verdict: 'info', why: `${redirects} redirects` } : { verdict: 'pass' };
}
