/** What somebody wants of a hook, judged before it is kept. Pure. */
import type { EventType } from '../events/event.ts';
import { notPublic } from '../public-address.ts';
import type { Hook } from './hook.ts';
import { secretFault } from './sign.ts';

export type HookWish = { url?: string; types?: EventType[]; headers?: Record<string, string>; secret?: string; misbehave?: { duplicate?: number; reorder?: number; lose?: number; seed?: number } | null };
export type HookFaults = { path: string; message: string }[];

const URL_LIMIT = 2_000;
const HEADERS_MOST = 20;
const HEADER_OCTETS = 4_000;
/** Set by us, or by HTTP itself. */
const OURS = /^(?:webhook-.*|host|content-length|content-type|transfer-encoding|connection|upgrade|te|trailer|expect|keep-alive|proxy-.*)$/i;

export function wishFaults({ url, headers, secret, misbehave }: HookWish, guarded: boolean): HookFaults {
  const faults: HookFaults = [];
  const add = (path: string, message: string | undefined) => {
    if (message !== undefined) faults.push({ path, message });
  };
  if (url !== undefined) add('url', urlFault(url, guarded));
  if (secret !== undefined) add('secret', secretFault(secret));
  const fields = Object.entries(headers ?? {});
  if (fields.length > HEADERS_MOST) add('headers', `takes at most ${HEADERS_MOST} fields`);
  for (const [name, value] of fields.slice(0, HEADERS_MOST)) {
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) add(`headers.${name.slice(0, 40)}`, 'is no name of a header field');
    else if (OURS.test(name)) add(`headers.${name}`, 'is set by Postern');
    else if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value) || value.length > HEADER_OCTETS) add(`headers.${name}`, `must be one line of at most ${HEADER_OCTETS} characters`);
  }
  for (const share of ['duplicate', 'reorder', 'lose'] as const) {
    const value = misbehave?.[share];
    if (value !== undefined && !(value >= 0 && value <= 1)) add(`misbehave.${share}`, 'must be a share from 0 to 1');
  }
  return faults;
}

function urlFault(text: string, guarded: boolean): string | undefined {
  if (text.length > URL_LIMIT || !URL.canParse(text)) return `must be a web address of at most ${URL_LIMIT} characters`;
  // The parser of addresses passes over them in silence: what is kept, shown and logged would be another text than what is called.
  if (/\p{Cc}/u.test(text)) return 'must not hold line breaks or other control characters';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must begin with http:// or https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a login; use a header field';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = url.hostname.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
  const why = guarded && literal ? notPublic(host) : undefined;
  return why === undefined ? undefined : `must be public: ${host} is not (${why})`;
}

/** The whole misbehaviour, or none. */
export function misbehaviour(wish: HookWish['misbehave']): Hook['misbehave'] {
  if (!wish) return null;
  const { duplicate = 0, reorder = 0, lose = 0, seed = 1 } = wish;
  return { duplicate, reorder, lose, seed };
}
