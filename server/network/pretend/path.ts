/**
 * Reads `MAIL FROM:<path> params` and `RCPT TO:<path> params` (RFC 5321
 * §4.1.2) as a mailbox provider does, and judges the parameters by what EHLO
 * offered: one of an extension that is hidden is not known (555).
 */
import { addressFault } from '../../mail/address.ts';
import { type Said, said } from './said.ts';

export type Path = { address: string; params: Map<string, string> };

// A quoted local part may hold `>` and spaces. The alternatives exclude each other, so this is linear.
const FORM = /^(?:MAIL FROM|RCPT TO):\s*(?:<((?:"(?:[^"\\]|\\.)*"|[^">\\])*)>|([^\s<>]+))(.*)$/is;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;
const PARAM = /^[A-Za-z0-9][A-Za-z0-9-]*(?:=[^\s=][^\s]*)?$/;
const NONE: Map<string, string> = new Map();

const SYNTAX = said(501, '5.5.4', 'Syntax error in parameters or arguments');

export function readPath(line: string): Path | Said {
  if (CONTROL.test(line)) return SYNTAX;
  const form = FORM.exec(line);
  if (!form) return SYNTAX;
  let address = form[1] ?? form[2]!;
  // A source route is ignored (RFC 5321 appendix C).
  if (address.startsWith('@')) address = address.slice(address.indexOf(':') + 1);
  const rest = form[3]!.trim();
  if (rest === '') return { address, params: NONE };
  if (form[3]![0] !== ' ') return SYNTAX;
  const params = new Map<string, string>();
  for (const word of rest.split(/ +/)) {
    if (!PARAM.test(word)) return SYNTAX;
    const equals = word.indexOf('=');
    const name = (equals < 0 ? word : word.slice(0, equals)).toUpperCase();
    if (params.has(name)) return SYNTAX;
    params.set(name, equals < 0 ? '' : word.slice(equals + 1));
  }
  return { address, params };
}

/** Parameter → the extension that brings it, and what it may say. */
const MAIL_PARAMS: Record<string, { of: string; form: RegExp }> = {
  SIZE: { of: 'SIZE', form: /^\d{1,15}$/ },
  BODY: { of: '8BITMIME', form: /^(?:7BIT|8BITMIME)$/i },
  SMTPUTF8: { of: 'SMTPUTF8', form: /^$/ },
  RET: { of: 'DSN', form: /^(?:FULL|HDRS)$/i },
  ENVID: { of: 'DSN', form: /^.{1,100}$/s },
  AUTH: { of: 'AUTH', form: /^.+$/s },
  REQUIRETLS: { of: 'REQUIRETLS', form: /^$/ },
};
const RCPT_PARAMS: Record<string, { of: string; form: RegExp }> = {
  NOTIFY: { of: 'DSN', form: /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})$/i },
  ORCPT: { of: 'DSN', form: /^[A-Za-z0-9-]+;.{1,500}$/s },
};

export function paramFault(verb: 'MAIL' | 'RCPT', params: Path['params'], offered: (extension: string) => boolean): Said | undefined {
  const table = verb === 'MAIL' ? MAIL_PARAMS : RCPT_PARAMS;
  for (const [name, value] of params) {
    const known = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!known || !offered(known.of)) return said(555, '5.5.4', `Unsupported parameter: ${name}`);
    if (!known.form.test(value)) return SYNTAX;
  }
  return undefined;
}

// eslint-disable-next-line no-control-regex
const BEYOND_ASCII = /[^\x00-\x7f]/;

export function pathFault(verb: 'MAIL' | 'RCPT', address: string, utf8: boolean): Said | undefined {
  if (verb === 'MAIL' && address === '') return undefined;
  if (addressFault(address)) return said(501, verb === 'MAIL' ? '5.1.7' : '5.1.3', 'That is no valid address');
  // RFC 6531 §3.3: only with SMTPUTF8.
  if (!utf8 && BEYOND_ASCII.test(address)) return said(553, '5.6.7', 'SMTPUTF8 is needed for this address');
  return undefined;
}
