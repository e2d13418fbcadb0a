/**
 * How a message came in: the client, its login, its TLS, and the dialogue of
 * its transaction. Facts only; it is stored beside the message and shown.
 */

/** One line of the dialogue. `C` the client, `S` the server, `*` a note of ours (TLS started, 2,048 bytes of message). */
export type TranscriptLine = {
  /** Milliseconds since the epoch. */
  at: number;
  by: 'C' | 'S' | '*';
  /** Without CR LF. Credentials are replaced by `***`; a message body by its size. */
  line: string;
};

export type TlsFacts = {
  version: string;
  cipher: string;
  servername?: string;
  /** As a client: why the certificate would not be trusted (`CERT_HAS_EXPIRED` …); absent when it would. */
  unverified?: string;
  /** As a client: the certificate that was shown, and what it had to fulfil. */
  certificate?: { subject: string; issuer: string; validTo: string; fingerprint256: string };
  /** `none`, `required`, `mta-sts`, `dane`, `relay`, `requiretls`; with `(testing)` where only tested. */
  policy?: string;
};

export type Session = {
  /** Of the connection (SMTP) or the request (HTTP). */
  id: string;
  protocol: 'smtp' | 'http';
  client: { address: string; port: number };
  /** What the client called itself in EHLO, HELO (SMTP) or User-Agent (HTTP). */
  hello?: string;
  tls?: TlsFacts;
  login?: { method: string; user: string };
  transcript: TranscriptLine[];
  /** Milliseconds since the epoch: connection opened, MAIL seen, DATA (or the body) begun, final dot (or the body's end) read. */
  times: { opened: number; mail?: number; data?: number; received: number };
};
