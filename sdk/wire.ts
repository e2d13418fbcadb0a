/**
 * One HTTP request to a sandbox: address, token, JSON, and every failure as a
 * PosternError. Nothing here knows what the routes mean, and nothing but
 * `fetch` is needed, so it also runs in a browser.
 */
import type { Problem } from './contract.ts';
import { PosternError } from './errors.ts';

export type Query = Record<string, string | number | boolean | string[] | undefined>;

/** What `fetch` sends. Spelt out: `BodyInit` is a browser's type, which projects for Node do not know. */
export type RequestBody = string | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

export type Ask = {
  query?: Query | undefined;
  json?: unknown;
  /** Instead of `json`: sent as it is. A stream must come with its own length unknown. */
  body?: RequestBody | undefined;
  headers?: Record<string, string | undefined> | undefined;
  signal?: AbortSignal | undefined;
  /** Goes on when the page that asked is left (browsers). */
  keepalive?: boolean | undefined;
};

export type Wire = {
  /** Without a slash at the end. */
  readonly http: string;
  /** A 2xx answer; any other is thrown. */
  answer(method: string, path: string, ask?: Ask): Promise<Response>;
  json<T>(method: string, path: string, ask?: Ask): Promise<T>;
};

export type WireOptions = { url: string; token?: string | undefined; /** Who asks, for the audit log of real delivery. */ by?: string | undefined; fetch?: typeof fetch };

export function createWire(options: WireOptions): Wire {
  const { http, token } = readUrl(options.url, options.token);
  const by = asHeader(options.by ?? '');
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));

  async function answer(method: string, path: string, ask: Ask = {}): Promise<Response> {
    const url = `${http}${path}${queryText(ask.query)}`;
    const headers = new Headers();
    for (const [name, value] of Object.entries(ask.headers ?? {})) if (value !== undefined) headers.set(name, value);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (by !== '' && !READING.has(method)) headers.set('x-postern-by', by);
    if (ask.json !== undefined) headers.set('content-type', 'application/json');
    const body = ask.json === undefined ? ask.body : JSON.stringify(ask.json);
    let response: Response;
    try {
      response = await send(url, {
        // What another host says is not this sandbox, and a token is not for it.
        method, headers, signal: ask.signal ?? null, redirect: 'manual',
        ...(ask.keepalive ? { keepalive: true } : {}),
        ...(body === undefined ? {} : { body }),
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      } as RequestInit);
    } catch (error) {
      if (ask.signal?.aborted) throw ask.signal.reason;
      throw new PosternError(`Postern cannot be reached at ${http} (${reasonOf(error)}). Is it running there? \`npx postern start\` starts one; \`npx postern ready --wait\` waits for it.`, { cause: error });
    }
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) throw redirected(response, http, url);
    if (!response.ok) throw await problemError(response, method, path, token !== undefined);
    return response;
  }

  async function json<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
    const response = await answer(method, path, ask);
    try {
      return await response.json() as T;
    } catch (error) {
      if (ask.signal?.aborted) throw ask.signal.reason;
      const { status, headers } = response;
      if ((error as Error).name === 'SyntaxError') throw new PosternError(`${method} ${path} at ${http} answered ${status} with ${headers.get('content-type')?.split(';')[0] || 'something'} that is no JSON: no sandbox says that. ${WHERE}`, { status, cause: error });
      throw new PosternError(`The answer of ${http} to ${method} ${path} broke off (${reasonOf(error)}).`, { cause: error });
    }
  }

  return {
    http, answer, json,
  };
}

const WHERE = 'Is that the HTTP address of a sandbox? It looks like http://127.0.0.1:8025, and is printed when the sandbox starts.';

const READING = new Set(['GET', 'HEAD']);
/** The octets of its UTF-8: `fetch` takes no other characters in a header. */
const asHeader = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text.replaceAll(/\p{C}+/gu, ' ').trim().slice(0, 100)));

/** A token may also stand in the URL: `http://:token@host:8025`. */
function readUrl(text: string, token: string | undefined): { http: string; token: string | undefined } {
  let url: URL;
  try {
    url = new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    throw new TypeError(`${JSON.stringify(text)} is no URL of a sandbox; it looks like http://127.0.0.1:8025`);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError(`${JSON.stringify(text)} is not the HTTP address of a sandbox; it looks like http://127.0.0.1:8025`);
  const inUrl = decodeURIComponent(url.password || url.username);
  return { http: url.origin + url.pathname.replace(/\/+$/, ''), token: token || inUrl || undefined };
}

export function queryText(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  const text = params.toString();
  return text && `?${text}`;
}

async function problemError(response: Response, method: string, path: string, hadToken: boolean): Promise<PosternError> {
  const text = await response.text().catch(() => '');
  let problem: Problem | undefined;
  if (response.headers.get('content-type')?.includes('json')) {
    try {
      const read = JSON.parse(text) as Problem | null;
      if (typeof read?.title === 'string') problem = read; // else it is JSON of another service
    } catch { /* not what it says it is */ }
  }
  const inputs = (problem?.errors ?? []).filter(({ message }) => !problem?.detail?.includes(message)).map(({ path: at, message }) => `\n  ${at}: ${message}`).join('');
  const said = problem ? `${problem.detail ?? problem.title}${inputs}` : text.trim().slice(0, 300) || response.statusText;
  const strange = !problem && (response.status === 404 || response.status === 405);
  const hint = strange ? `. ${WHERE}` : response.status !== 401 ? '' : hadToken ? '. The token given is not the one of this sandbox.' : '. Give its token: connect(url, { token }), or POSTERN_TOKEN.';
  return new PosternError(`${method} ${path} answered ${response.status}: ${said}${hint}`, { problem, status: response.status });
}

/** Where to is not told to pages in a browser. */
function redirected(response: Response, http: string, url: string): PosternError {
  const to = response.headers.get('location');
  const path = url.slice(http.length).replace(/\?.*/, '');
  const meant = to !== null && URL.canParse(to, url) ? new URL(to, url) : undefined;
  const base = meant?.pathname.endsWith(path) ? `${meant.origin}${meant.pathname.slice(0, -path.length)}` : undefined;
  return new PosternError(`${http} sends ${path} on to ${meant?.href ?? 'another address'} (${response.status || 'a redirect'}), which is not followed. ${base === undefined ? WHERE : `If the sandbox is there, give that address: ${base}`}`, { status: response.status, redirected: true });
}

function reasonOf(error: unknown): string {
  // undici says only "fetch failed"; the cause knows why.
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
