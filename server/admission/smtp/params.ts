/**
 * The parameters of MAIL and RCPT that are known here, and what each may say:
 * SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), RET, ENVID, NOTIFY
 * and ORCPT (RFC 3461), AUTH (RFC 4954 §5), REQUIRETLS (RFC 8689). Anything
 * else is 555 5.5.4. Answers the fault as a sentence, or nothing.
 */
import type { DsnNotify, Envelope, EnvelopeRecipient } from '../../mail/envelope.ts';

export type Params = ReadonlyMap<string, string | true>;
export type ParamFault = { code: 501 | 530 | 555; enhanced: string; text: string };

const bad = (text: string): ParamFault => ({ code: 501, enhanced: '5.5.4', text });
const unknown = (name: string): ParamFault => ({ code: 555, enhanced: '5.5.4', text: `The parameter ${name} is not known` });

/** RFC 3461 §4: xtext. What decodes to a control character could break a header line later. */
const XTEXT = /^(?:[\x21-\x2a\x2c-\x3c\x3e-\x7e\u00a0-\u{10ffff}]|\+[0-9A-F]{2})*$/u;
const XTEXT_CONTROL = /\+(?:[01][0-9A-F]|7F)/;
const isXtext = (value: string): boolean => XTEXT.test(value) && !XTEXT_CONTROL.test(value);

export function applyMailParams(envelope: Envelope, params: Params, secure: boolean): ParamFault | undefined {
  for (const [name, value] of params) {
    switch (name) {
      case 'SIZE':
        if (value === true || !/^\d{1,20}$/.test(value)) return bad('SIZE= takes a number of octets');
        envelope.declaredSize = Number(value);
        break;
      case 'BODY': {
        const body = value === true ? '' : value.toUpperCase();
        if (body !== '7BIT' && body !== '8BITMIME') return bad('BODY= takes 7BIT or 8BITMIME');
        envelope.body = body;
        break;
      }
      case 'SMTPUTF8':
        if (value !== true) return bad('SMTPUTF8 takes no value');
        envelope.smtputf8 = true;
        break;
      case 'REQUIRETLS':
        if (value !== true) return bad('REQUIRETLS takes no value');
        if (!secure) return { code: 530, enhanced: '5.7.0', text: 'REQUIRETLS is for TLS connections only' };
        envelope.requireTls = true;
        break;
      case 'RET': {
        const ret = value === true ? '' : value.toUpperCase();
        if (ret !== 'FULL' && ret !== 'HDRS') return bad('RET= takes FULL or HDRS');
        envelope.ret = ret;
        break;
      }
      case 'ENVID':
        // RFC 3461 §4.4: at most 100 characters.
        if (value === true || value.length > 100 || !isXtext(value)) return bad('ENVID= takes up to 100 characters of xtext');
        envelope.envid = value;
        break;
      case 'AUTH':
        if (value === true || !(value === '<>' || isXtext(value))) return bad('AUTH= takes <> or an address as xtext');
        break;
      default:
        return unknown(name);
    }
  }
  return undefined;
}

export function applyRcptParams(recipient: EnvelopeRecipient, params: Params): ParamFault | undefined {
  for (const [name, value] of params) {
    switch (name) {
      case 'NOTIFY': {
        const words = value === true ? [] : value.toUpperCase().split(',');
        if (!words.every(isNotify) || words.length === 0) return bad('NOTIFY= takes NEVER, or some of SUCCESS, FAILURE, DELAY');
        if (words.includes('NEVER') && words.length > 1) return bad('NOTIFY=NEVER stands alone');
        recipient.notify = [...new Set(words)];
        break;
      }
      case 'ORCPT': {
        // RFC 3461 §4.2: at most 500 characters, `addr-type;xtext`.
        const match = value === true || value.length > 500 ? null : /^[A-Za-z0-9-]+;(.+)$/s.exec(value);
        if (!match || !isXtext(match[1]!)) return bad('ORCPT= takes a type and an address as xtext, like rfc822;a@b.test');
        recipient.orcpt = value as string;
        break;
      }
      default:
        return unknown(name);
    }
  }
  return undefined;
}

const isNotify = (word: string): word is DsnNotify => word === 'NEVER' || word === 'SUCCESS' || word === 'FAILURE' || word === 'DELAY';
