/** Whether an HTML mail asks for anything from elsewhere when it is drawn (links do not count). Pure. */
import { tagsOf } from './tags.ts';

const ELSEWHERE = /^(https?:)?\/\//i;
const IN_STYLE = /url\(\s*['"]?\s*(https?:)?\/\/|@import/i;

export function hasRemote(html: string): boolean {
  if (IN_STYLE.test(html)) return true;
  return tagsOf(html).some(({ name, attributes }) => {
    if (name === 'a' || name === 'area' || name === 'base') return false;
    for (const key of ['src', 'background', 'poster', 'srcset', ...(name === 'link' || name === 'image' ? ['href', 'xlink:href'] : [])]) if (ELSEWHERE.test(attributes.get(key) ?? '')) return true;
    return false;
  });
}
