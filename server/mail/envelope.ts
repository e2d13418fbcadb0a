/**
 * The envelope: who a message is from and for, as the client said it in MAIL
 * and RCPT (or as the HTTP submission derived it). Not the headers.
 */

export type DsnReturn = 'FULL' | 'HDRS';
export type DsnNotify = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

export type EnvelopeRecipient = {
  /** As it was written on the wire, quotes and case kept. */
  address: string;
  /** RFC 3461 §4.1; absent when the client gave none. */
  notify?: DsnNotify[];
  /** RFC 3461 §4.2, the xtext as written, e.g. `rfc822;a@b.test`. */
  orcpt?: string;
};

export type Envelope = {
  /** As written; `''` is the null sender `<>`. */
  from: string;
  /** In the order of RCPT, each at most once. */
  recipients: EnvelopeRecipient[];
  /** RFC 3461 §4.3 and §4.4. */
  ret?: DsnReturn;
  envid?: string;
  /** BODY= (RFC 6152), SMTPUTF8 (RFC 6531), SIZE= in octets (RFC 1870), REQUIRETLS (RFC 8689). */
  body?: '7BIT' | '8BITMIME';
  smtputf8?: true;
  declaredSize?: number;
  requireTls?: true;
};
