/**
 * Which HTML features and image formats a mail uses, by the names that
 * caniemail.com gives them. A name that the table does not know is dropped
 * later, so newer data needs no change here.
 */
import type { HtmlScan, Tag } from '../html-scan.ts';
import { note, type Uses } from './uses.ts';

const words = (text: string) => new Set(text.split(' '));

/** Elements that have a feature of their own name. */
const ELEMENTS = words('abbr acronym address audio base bdi blockquote body code del dfn dialog div form hr img link marquee meter object p picture pre progress rp rt ruby select small span strike strong style svg table textarea video wbr');
/** Elements that share one. */
const GROUPS: Record<string, string> = {
  ...Object.fromEntries('h1 h2 h3 h4 h5 h6'.split(' ').map((name) => [name, 'html-h1-h6'])),
  ...Object.fromEntries('ul ol dl'.split(' ').map((name) => [name, 'html-lists'])),
  ...Object.fromEntries('article aside details figcaption figure footer header main mark nav section summary time'.split(' ').map((name) => [name, 'html-semantics'])),
  map: 'html-image-maps',
};
const ATTRIBUTES = words('align aria-describedby aria-hidden aria-label aria-labelledby aria-live background cellpadding cellspacing dir height hidden lang popover required role srcset target valign width');
const ATTRIBUTE_NAMES: Record<string, string> = { loading: 'html-loading-attribute', inert: 'css-inert-attribute', sizes: 'html-srcset' };
const INPUTS = words('checkbox hidden radio reset submit text');
const FORMATS: Record<string, string> = {
  apng: 'apng', avif: 'avif', bmp: 'bmp', gif: 'gif', heic: 'heif', heif: 'heif', ico: 'ico', jpg: 'jpg', jpeg: 'jpg', mp4: 'mp4', png: 'png', svg: 'svg', 'svg+xml': 'svg',
  tif: 'tiff', tiff: 'tiff', webp: 'webp', 'vnd.microsoft.icon': 'ico', 'x-icon': 'ico',
};

export function htmlUses(scan: HtmlScan, uses: Uses, typeOfCid: (cid: string) => string | undefined): void {
  for (const tag of scan.tags) {
    elementUses(tag, uses);
    for (const name of tag.attributes.keys()) {
      if (ATTRIBUTES.has(name)) note(uses, `html-${name}`, tag.line);
      else if (Object.hasOwn(ATTRIBUTE_NAMES, name)) note(uses, ATTRIBUTE_NAMES[name]!, tag.line);
    }
    for (const source of imagesOf(tag)) imageUse(source, tag.line, uses, typeOfCid);
  }
  for (const { line, conditional } of scan.comments) if (!conditional) note(uses, 'html-comments', line);
  if (scan.doctype?.html5) note(uses, 'html-doctype', scan.doctype.line);
}

function elementUses({ name, line, attributes }: Tag, uses: Uses): void {
  if (ELEMENTS.has(name)) note(uses, `html-${name}`, line);
  else if (Object.hasOwn(GROUPS, name)) note(uses, GROUPS[name]!, line);
  const type = attributes.get('type')?.trim().toLowerCase();
  if (name === 'input') note(uses, `html-input-${INPUTS.has(type ?? 'text') ? type ?? 'text' : 'text'}`, line);
  if (name === 'button') note(uses, `html-button-${type === 'reset' ? 'reset' : 'submit'}`, line);
  const href = attributes.get('href')?.trim() ?? '';
  if (name === 'a' && /^#./.test(href)) note(uses, 'html-anchor-links', line);
  if (name === 'a' && /^mailto:/i.test(href)) note(uses, 'html-mailto-links', line);
  if (name === 'meta' && attributes.get('name')?.trim().toLowerCase() === 'color-scheme') note(uses, 'html-meta-color-scheme', line);
}

function imagesOf({ name, attributes }: Tag): string[] {
  const found: string[] = [];
  const src = attributes.get('src');
  if (src !== undefined && (name === 'img' || name === 'source' || name === 'input')) found.push(src);
  const srcset = attributes.get('srcset');
  if (srcset !== undefined) found.push(...srcset.split(',', 50).map((one) => one.trim().split(/\s/, 1)[0]!).filter(Boolean));
  const background = attributes.get('background');
  if (background) found.push(background);
  return found;
}

export function imageUse(source: string, line: number, uses: Uses, typeOfCid: (cid: string) => string | undefined): void {
  const written = source.trim();
  const inline = /^data:image\/([\w.+-]+)/i.exec(written.slice(0, 100))?.[1]?.toLowerCase();
  if (inline !== undefined) {
    if (/;base64/i.test(written.slice(0, 200))) note(uses, 'image-base64', line);
    if (Object.hasOwn(FORMATS, inline)) note(uses, `image-${FORMATS[inline]!}`, line);
    return;
  }
  const cid = /^cid:(.*)$/is.exec(written)?.[1];
  const said = cid === undefined ? /\.([a-z0-9]{2,5})$/i.exec(written.split(/[?#]/, 1)[0]!)?.[1]?.toLowerCase() : typeOfCid(cid)?.replace(/^image\//, '');
  if (said !== undefined && Object.hasOwn(FORMATS, said)) note(uses, `image-${FORMATS[said]!}`, line);
}
