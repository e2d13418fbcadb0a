/** HTML that mail clients take out or that filters take for an attack. */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import type { Tag } from '../html-scan.ts';
import { count, type Rule, type Said, type Verdict, worst } from '../matter.ts';

const ATTACKS = new Set(['script', 'iframe', 'frame', 'frameset', 'object', 'embed', 'applet']);
const IGNORED: Record<string, string> = { form: 'forms work in few clients', video: 'video plays in few clients', audio: 'audio plays in few clients', base: '<base> is ignored, so relative addresses break', canvas: 'a canvas needs scripts', portal: 'is ignored', dialog: 'needs scripts' };

export const markup: Rule = {
  id: 'markup',
  title: 'Active content',
  check({ html }): Said | undefined {
    if (!html) return undefined;
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    for (const tag of html.scan.tags) {
      const fault = faultOf(tag);
      if (!fault) continue;
      verdicts.push(fault.verdict);
      details.push({ text: fault.why, line: tag.line, in: 'html' });
    }
    if (html.scan.cut) {
      verdicts.push('warn');
      details.push({ text: 'There is more HTML than was looked at' });
    }
    const verdict = worst(verdicts);
    return {
      verdict, details,
      summary: verdict === 'pass' ? 'Nothing that clients take out or filters fear.' : verdict === 'fail' ? `${count(details.length, 'place')} in the HTML that clients take out and filters distrust.` : `${count(details.length, 'place')} in the HTML that clients ignore.`,
    };
  },
};

function faultOf({ name, attributes }: Tag): { verdict: Verdict; why: string } | undefined {
  if (name === 'script' && /^application\/(ld\+)?json$/i.test(attributes.get('type')?.trim() ?? '')) return undefined; // Gmail reads schema.org data
  if (ATTACKS.has(name)) return { verdict: 'fail', why: `<${name}>: taken out by every client` };
  if (name === 'meta' && /^refresh$/i.test(attributes.get('http-equiv') ?? '')) return { verdict: 'fail', why: '<meta http-equiv="refresh">: taken out' };
  for (const attribute of attributes.keys()) if (/^on[a-z]{3,30}$/.test(attribute)) return { verdict: 'fail', why: `${attribute}="…" on <${name}>: taken out by every client` };
  if (name === 'link' && /\bstylesheet\b/i.test(attributes.get('rel') ?? '') && !/^https:\/\/fonts\./i.test(attributes.get('href') ?? '')) return { verdict: 'warn', why: '<link rel="stylesheet">: most clients load no style sheets; put it into a <style>' };
  return Object.hasOwn(IGNORED, name) ? { verdict: 'warn', why: `<${name}>: ${IGNORED[name]!}` } : undefined;
}
