/** Pictures: alternative texts, and sources as they are written. */
import type { CheckDetail } from '../../../../sdk/contract.ts';
import type { Tag } from '../html-scan.ts';
import { count, type Matter, type Rule, type Said, short, type Verdict, worst } from '../matter.ts';
import { decoded, isExample, isPlaceholder, localHost } from './written.ts';

const imagesOf = ({ html }: Matter): Tag[] => html?.scan.tags.filter(({ name }) => name === 'img') ?? [];
const sourceOf = (tag: Tag): string => tag.attributes.get('src')?.trim() ?? '';
/** One that counts who opens is not for reading. */
const isPixel = ({ attributes }: Tag): boolean => ['width', 'height'].every((side) => /^[01](px)?$/.test(attributes.get(side)?.trim() ?? ''));

export const alternatives: Rule = {
  id: 'image-alt',
  title: 'Alternative texts',
  check(matter): Said | undefined {
    const images = imagesOf(matter);
    if (images.length === 0) return undefined;
    const without = images.filter((tag) => !tag.attributes.has('alt') && !/^(presentation|none)$/.test(tag.attributes.get('role') ?? ''));
    const verdict = without.every(isPixel) ? (without.length > 0 ? 'info' : 'pass') : 'warn';
    return {
      verdict,
      summary: verdict === 'warn' ? `${count(without.length, 'picture')} of ${images.length} without an alt text; many clients show no pictures at first.`
        : verdict === 'info' ? 'Only tracking pixels have no alt text (alt="" tells screen readers to pass over them).' : `${images.length === 1 ? 'The picture has' : `All ${images.length} pictures have`} an alt text (empty ones are for decoration).`,
      details: without.map((tag) => ({ text: short(sourceOf(tag)) || '<img> without src', line: tag.line, in: 'html' as const })),
    };
  },
};

export const imageSources: Rule = {
  id: 'image-sources',
  title: 'Picture sources',
  check(matter): Said | undefined {
    const images = imagesOf(matter);
    if (images.length === 0) return undefined;
    const cids = new Set(matter.parsed.attachments.map(({ contentId }) => contentId).filter((id) => id !== undefined));
    const details: CheckDetail[] = [];
    const verdicts: Verdict[] = [];
    for (const tag of images) {
      const source = sourceOf(tag);
      const fault = faultOf(source, cids);
      if (!fault) continue;
      verdicts.push(fault.verdict);
      details.push({ text: `${fault.why}: ${short(source) || '(no src)'}`, line: tag.line, in: 'html' });
    }
    const pixels = images.filter((tag) => isPixel(tag) && /^https?:/i.test(sourceOf(tag)));
    if (pixels.length > 0) details.push(...pixels.map((tag) => ({ text: `A tracking pixel: ${short(sourceOf(tag))}`, line: tag.line, in: 'html' as const })));
    const remote = images.filter((tag) => /^https?:/i.test(sourceOf(tag))).length;
    const verdict = worst(verdicts);
    return {
      verdict, details,
      summary: verdict === 'pass' ? `${count(images.length, 'picture')}${remote > 0 ? `, ${remote} from the web by https` : ', all in the message'}.` : `${verdicts.length} of ${count(images.length, 'picture')} will not show, or not everywhere.`,
    };
  },
};

function faultOf(source: string, cids: ReadonlySet<string>): { verdict: Verdict; why: string } | undefined {
  if (source === '') return { verdict: 'fail', why: 'No source' };
  if (isPlaceholder(source)) return { verdict: 'fail', why: 'Left over from a template' };
  const cid = /^cid:(.*)$/is.exec(source)?.[1];
  if (cid !== undefined) return cids.has(cid) || cids.has(decoded(cid)) ? undefined : { verdict: 'fail', why: 'No part of the message has this Content-ID' };
  if (/^data:/i.test(source)) return /^data:image\//i.test(source) ? { verdict: 'warn', why: 'A data: address, which Gmail and Outlook do not show; attach it and use cid:' } : { verdict: 'fail', why: 'Not a picture' };
  if (/^(file|blob|javascript|about):/i.test(source)) return { verdict: 'fail', why: 'Recipients have nothing at this address' };
  if (source.startsWith('//')) return { verdict: 'warn', why: 'Without a scheme' };
  if (!/^https?:/i.test(source)) return { verdict: 'fail', why: 'Relative; in a mail there is no page that it belongs to' };
  if (!URL.canParse(source)) return { verdict: 'fail', why: 'Not a web address' };
  if (localHost(source)) return { verdict: 'warn', why: 'On this machine or a private network: right in development only' };
  if (isExample(source)) return { verdict: 'warn', why: 'An example domain' };
  if (/^http:/i.test(source)) return { verdict: 'warn', why: 'Not encrypted (http); webmail in https may block it' };
  return undefined;
}

