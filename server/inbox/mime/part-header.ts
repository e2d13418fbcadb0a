/**
 * What the header of one MIME part says about its body (RFC 2045, RFC 2183,
 * RFC 2231). Lenient: a field that cannot be read counts as absent, and what
 * is absent has its default. Of duplicates the first counts. Never throws.
 */
import libmime from 'libmime';
import { decodeText } from '../../mail/header.ts';
import type { HeaderField } from '../../mail/message.ts';
import { displayName } from './file-name.ts';

export type PartHeader = {
  /** Lower case, `type/subtype`. */
  type: string;
  /** False when the type is the default because none (or an unreadable one) was given. */
  typed: boolean;
  boundary?: string;
  charset?: string;
  flowed: boolean;
  delSp: boolean;
  /** iTIP (RFC 5546): `method` of text/calendar. */
  method?: string;
  /** Lower case; `7bit` when absent. */
  encoding: string;
  filename?: string;
  disposition?: string;
  contentId?: string;
};

type Value = { value: string; params: Record<string, string> };

// What follows without its semicolon (`application/pdf name=x`) is passed over.
const TYPE = /^[^\s/;,"()<>@=]+\/[^\s/;,"()<>@=]+/;
/** Characters of one field that are looked at; the reader is linear but a field may hold megabytes. */
const FIELD_LIMIT = 16_384;

export function partHeader(fields: readonly HeaderField[], defaultType = 'text/plain'): PartHeader {
  const header: PartHeader = { type: defaultType, typed: false, flowed: false, delSp: false, encoding: '7bit' };
  let type: Value | undefined;
  let disposition: Value | undefined;
  let encoding: string | undefined;
  for (const { name, value } of fields) {
    if (name.length < 10 || name.length > 25) continue;
    switch (name.toLowerCase()) {
      case 'content-type': type ??= valueOf(value); break;
      case 'content-disposition': disposition ??= valueOf(value); break;
      case 'content-transfer-encoding': encoding ??= value; break;
      case 'content-id': header.contentId ??= value.replace(/^\s*<|>\s*$/g, '').slice(0, 998); break;
    }
  }
  if (type) {
    const said = TYPE.exec(type.value.trim().toLowerCase())?.[0];
    if (said !== undefined) {
      header.type = said;
      header.typed = true;
    } else if (type.params['name']) {
      header.type = 'application/octet-stream'; // a file, of whatever kind
    }
    const { boundary, charset, format, delsp, method } = type.params;
    if (boundary) header.boundary = boundary.trimEnd().slice(0, 998);
    if (charset) header.charset = charset.trim().slice(0, 100);
    header.flowed = format?.toLowerCase() === 'flowed';
    header.delSp = delsp?.toLowerCase() === 'yes';
    if (method) header.method = method.trim().slice(0, 40);
  }
  if (encoding !== undefined) header.encoding = /[a-z0-9-]+/i.exec(encoding.replace(/\([^()]*\)/g, ' '))?.[0].toLowerCase() ?? '7bit';
  if (disposition) {
    const said = /^[\w-]+/.exec(disposition.value.trim())?.[0].toLowerCase();
    if (said) header.disposition = said;
  }
  const written = disposition?.params['filename'] || type?.params['name'];
  if (written) {
    const name = displayName(decodeText(written));
    if (name) header.filename = name;
  }
  if (header.contentId === '') delete header.contentId;
  return header;
}

function valueOf(field: string): Value | undefined {
  try {
    const read: { value: string | false; params: Record<string, string> } = libmime.parseHeaderValue(field.slice(0, FIELD_LIMIT)) as never;
    return { value: read.value || '', params: read.params };
  } catch {
    return undefined;
  }
}
