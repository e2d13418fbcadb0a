/**
 * Who may ask. One middleware before every route, including the upgrade to a
 * WebSocket, so that no spelling of a path leads round it:
 *
 *   1. Host: a loopback name, an IP literal, a listed name, or the request
 *      bears the token; else 421 (a rebound DNS name is neither).
 *   2. Origin: a page of another origin may not change or subscribe to
 *      anything; else 403. No Origin is no browser.
 *   3. Token, when one is set, or a pass (pass.ts) for this very path; else
 *      401. The probes and the UI's files are open.
 *
 * The links to unsubscribe (/u/…) are asked none of it: they are for the
 * world, under whatever name it reaches us, and are keys themselves.
 *
 * It also puts the security headers on every answer. There is no CORS but for
 * the origins that the operator listed; those never get cookies or a login.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import type { Passes } from './pass.ts';
import { problem } from './problems.ts';

export type GuardOptions = { token?: string; allowedHosts?: readonly string[]; allowedOrigins?: readonly string[]; passes: Passes };

/** What an orchestrator asks before it knows any token; and the UI's own files, which hold no mail: its sign-in form must be reachable. */
const OPEN_PATHS = new Set(['/livez', '/readyz', '/', '/index.html', '/theme.js', '/favicon.svg']);
const isOpen = (path: string): boolean => OPEN_PATHS.has(path) || /^\/assets\/[\w.-]+$/.test(path);
/** One spelling: a token of ours has no character that could be written otherwise. */
const UNSUBSCRIBE = /^\/u\/[\w-]{1,1000}$/;
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key, last-event-id, range, if-none-match, x-postern-by',
  'access-control-max-age': '600',
};

/** For pages of our own: nothing from elsewhere, and framed by nobody else. */
export const APP_CSP = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:", "font-src 'self'",
  "connect-src 'self'", "frame-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'self'",
].join('; ');

export function guards(options: GuardOptions): MiddlewareHandler {
  const tokenDigest = options.token === undefined ? undefined : digest(options.token);
  const hosts = new Set((options.allowedHosts ?? []).map((host) => host.toLowerCase()));
  const origins = new Set((options.allowedOrigins ?? []).map((origin) => origin.toLowerCase().replace(/\/$/, '')));

  return async (c, next) => {
    if (UNSUBSCRIBE.test(c.req.path)) {
      await next();
      return harden(c.res.headers);
    }
    const refusal = judge(c);
    const origin = c.req.header('origin')?.toLowerCase();
    const guest = refusal === undefined || refusal.status === 401 ? origin !== undefined && origins.has(origin) : false;
    // A preflight bears no token; it is answered for listed origins before one is asked for.
    if (guest && c.req.method === 'OPTIONS') c.res = new Response(null, { status: 204, headers: PREFLIGHT });
    else if (refusal) c.res = refusal;
    else await next();
    harden(c.res.headers);
    if (guest) {
      c.res.headers.set('access-control-allow-origin', c.req.header('origin')!);
      c.res.headers.set('access-control-expose-headers', 'etag, content-range, content-disposition, idempotency-replayed, retry-after');
      c.res.headers.append('vary', 'Origin');
    }
  };

  function judge(c: Context): Response | undefined {
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    const bearsToken = tokenDigest !== undefined && presented(c.req.header('authorization')).some((one) => timingSafeEqual(digest(one), tokenDigest));
    // A pass is known only to who was let in: it vouches for the name as the token does.
    const pass = c.req.query('pass');
    const letIn = bearsToken || (READING.has(c.req.method) && options.passes.opens(c.req.path, pass));
    if (!letIn && !isKnownHost(host, hosts)) {
      return problem('unknown-host', { detail: `"${host.slice(0, 255)}" is not a name of this server. If it should be, set POSTERN_HTTP_HOSTS=${nameOf(host).slice(0, 255)}.` });
    }
    const upgrade = c.req.header('upgrade') !== undefined;
    if ((upgrade || !READING.has(c.req.method)) && isForeign(c, host, origins)) {
      return problem('cross-origin', { detail: `The page at ${(c.req.header('origin') ?? 'another site').slice(0, 255)} is of another origin. If it should be let in, set POSTERN_HTTP_ORIGINS.` });
    }
    if (tokenDigest !== undefined && !letIn && !(isOpen(c.req.path) && READING.has(c.req.method))) {
      // Only a person who opens an address may be asked in a window of the browser's; not a page's fetch, nor a frame whose pass is over.
      const opened = (c.req.header('sec-fetch-dest') ?? 'document') === 'document';
      return problem('token-required', pass === undefined ? {} : { detail: overText(options.passes.until(c.req.path, pass)) }, { 'www-authenticate': `${!opened ? '' : 'Basic realm="Postern", charset="UTF-8", '}Bearer realm="Postern"` });
    }
    return undefined;
  }
}

/** Of a pass that opens nothing here. */
function overText(until: number | undefined): string {
  const was = until === undefined ? 'is none for this, or from before the server was started anew' : `was good until ${new Date(until).toISOString()}`;
  return `The pass in this address ${was}. GET /v1/messages/{id}/frame, with the token, gives a new one; the web inbox asks for it when the message is opened again.`;
}

/** Also called inside the upgrade handler itself. */
export function isForeign(c: Context, host = c.req.header('host') ?? new URL(c.req.url).host, origins: ReadonlySet<string> = NONE): boolean {
  const origin = c.req.header('origin')?.toLowerCase();
  if (origin === undefined) return c.req.header('sec-fetch-site') === 'cross-site';
  if (origins.has(origin)) return false;
  // The scheme is not compared: TLS may end before us, and no page of this host is another's.
  return !/^https?:\/\//.test(origin) || origin.replace(/^https?:\/\//, '') !== host.toLowerCase();
}
const NONE: ReadonlySet<string> = new Set();

const nameOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/;

function isKnownHost(host: string, listed: ReadonlySet<string>): boolean {
  const name = nameOf(host).replace(/\.$/, '');
  // A name under attack is a name: an address cannot be rebound.
  return name === 'localhost' || name.endsWith('.localhost') || IPV4.test(name) || IPV6.test(name) || listed.has(name) || listed.has(host.toLowerCase());
}

/** What Bearer says, or the password of Basic; a browser can only do the latter. */
function presented(authorization: string | undefined): string[] {
  const match = /^(bearer|basic) +(\S+) *$/i.exec(authorization ?? '');
  if (!match) return [];
  if (match[1]!.toLowerCase() === 'bearer') return [match[2]!];
  const pair = Buffer.from(match[2]!, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 ? [] : [pair.slice(colon + 1)];
}

/** Of equal length whatever is presented, so that the comparison tells nothing by its time. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

function harden(headers: Headers): void {
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  if (!headers.has('cross-origin-resource-policy')) headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('cross-origin-opener-policy', 'same-origin');
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'; sandbox");
}
