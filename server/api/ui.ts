/**
 * The built UI, from one folder and nothing outside it. What is no file is
 * the UI's own page when a browser asks for one (its routes are its own);
 * without a build, a sentence says how to make it.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import type { Context } from 'hono';
import { APP_CSP } from './guards.ts';
import { notBy } from './route.ts';
import { streamOf } from './stream.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json', '.txt': 'text/plain; charset=utf-8', '.map': 'application/json',
};

/** Undefined when this path is not the UI's to answer. */
export function uiServer(dir: string | undefined): (c: Context) => Promise<Response | undefined> {
  const root = dir === undefined ? undefined : resolve(dir);
  return async (c) => {
    const path = c.req.path;
    if (/^\/(?:v1|problems|docs)(?:\/|$)/.test(path)) return undefined;
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return path === '/' || (root !== undefined && (await find(root, path))) ? notBy(c, 'GET, HEAD') : undefined;
    const asksPage = (c.req.header('accept') ?? '').includes('text/html');
    if (root === undefined) return asksPage || path === '/' ? unbuilt() : undefined;
    const file = await find(root, path);
    if (file) {
      // Vite puts a hash of the content into the names of assets.
      const cache = path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
      const headers = { 'content-type': TYPES[extname(file.path)] ?? 'application/octet-stream', 'content-length': String(file.size), 'cache-control': cache, 'content-security-policy': APP_CSP };
      return new Response(c.req.method === 'HEAD' ? null : streamOf(createReadStream(file.path)), { headers });
    }
    if (!asksPage && path !== '/') return undefined;
    try {
      const page = await readFile(join(root, 'index.html'));
      return new Response(new Uint8Array(page), { headers: { 'content-type': TYPES['.html']!, 'cache-control': 'no-cache', 'content-security-policy': APP_CSP } });
    } catch {
      return unbuilt();
    }
  };
}

async function find(root: string, asked: string): Promise<{ path: string; size: number } | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(asked);
  } catch {
    return undefined;
  }
  const path = resolve(root, `.${decoded}`);
  if (decoded.includes('\0') || !path.startsWith(root + sep)) return undefined;
  try {
    const facts = await stat(path);
    return facts.isFile() ? { path, size: facts.size } : undefined;
  } catch {
    return undefined;
  }
}

const unbuilt = () => new Response('Postern is running. The web inbox is not built here: run `npm run build`, then reload. The API is at /docs.\n', {
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
});
