/**
 * Ways to the bytes of a message for a browser that cannot send a header with
 * a link or a picture: with a token the bytes are fetched and handed over as
 * a blob, without one the plain address does. File names come from the
 * server's answer or are our own, never from the mail's text as a path.
 */
import type { Api } from '../../sdk/api.ts';

export type Way = { api: Api; token: string | undefined };

/** An address for `src` and `href`; `release` it when it is no longer shown. `type` is what the bytes are shown as. */
export async function addressOf({ api, token }: Way, path: string, type?: string): Promise<{ url: string; release(): void }> {
  if (token === undefined && type === undefined) return { url: api.wire.http + path, release: () => {} };
  const bytes = await (await api.wire.answer('GET', path)).blob();
  const url = URL.createObjectURL(type === undefined ? bytes : bytes.slice(0, bytes.size, type));
  return { url, release: () => URL.revokeObjectURL(url) };
}

/** `until`: milliseconds since the epoch by the server's clock; undefined where it has no end. */
export type FramePlace = { url: string; until: number | undefined };

/**
 * The address of a mail's HTML for a frame: its own page of the server, with
 * its own policy. With a token, one that is signed for this page and a few
 * minutes. `part`: of a message that is attached.
 */
export async function frameOf({ api, token }: Way, id: string, remote: boolean, part?: string): Promise<FramePlace> {
  if (token === undefined) return { url: `${api.wire.http}/v1/messages/${id}${part === undefined ? '' : `/parts/${part}`}/html${remote ? '?remote=1' : ''}`, until: undefined };
  const { url, expiresAt } = await api.frame(id, part);
  return { url: `${api.wire.http}${url}${remote ? '&remote=1' : ''}`, until: Date.parse(expiresAt) };
}

export async function saveFrom(way: Way, path: string, name: string): Promise<void> {
  const { url, release } = await addressOf(way, path);
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replace(/[/\\\p{Cc}]/gu, '_') || 'part';
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has begun by then; a blob that goes earlier is an empty file in some.
  setTimeout(release, 60_000);
}
