/**
 * TLS on any stream of octets, as a client. Here whoever answers is taken, and
 * what would be wrong with its certificate is recorded; whether that will do
 * is judged by who asked (demand.ts). Two shapes of the first message: the
 * usual one, and a small one for middle boxes that break on a ClientHello of
 * more than one packet (TLS 1.3, classic key shares, three ciphers).
 */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, type DetailedPeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import type { TlsFacts } from '../mail/session.ts';
import { certificateFacts, type Shown } from './certificate.ts';
import type { TlsMemory } from './tls-sessions.ts';

export type HelloShape = 'usual' | 'reduced';

export type Encrypting = {
  /** Gives up: nothing is told any more, the stream is destroyed. */
  abandon(): void;
};

/** `shown` is of a full handshake; who resumes a session shows nothing. */
export type Encrypted = { stream: Duplex; tls: TlsFacts; shown: Shown } | { failed: string };

const SHAPES = {
  usual: {},
  reduced: { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256', ecdhCurve: 'X25519:P-256:P-384' },
} as const;

/** For a host that chose X25519 before: the same groups, but a key share for this one alone. The hybrid's takes longer than the rest of a resumed hello. */
const AGAIN = { ecdhCurve: 'X25519:X25519MLKEM768:P-256:P-384' };

export type TlsContexts = (shape: HelloShape | 'again') => SecureContext;

/** Made once for all connections: a context costs more than a handshake's beginning. Believes these authorities (PEM) alone; absent, those that Node brings along. */
export function tlsContexts(authorities?: readonly string[]): TlsContexts {
  const made: Partial<Record<HelloShape | 'again', SecureContext>> = {};
  const ca = authorities === undefined ? {} : { ca: [...authorities] };
  return (shape) => (made[shape] ??= createSecureContext({ ...(shape === 'again' ? AGAIN : SHAPES[shape]), ...ca }));
}

const usualContexts = tlsContexts();

export type TlsAsk = {
  /** Sent in the hello, unless it is an address; what the certificate is compared with for the facts. */
  name: string;
  shape: HelloShape;
  memory?: TlsMemory | undefined;
  contexts?: TlsContexts;
};

/** Calls `told` once, unless abandoned; whoever listens to the stream from then on misses nothing. */
export function encrypt(raw: Duplex, { name, shape, memory, contexts = usualContexts }: TlsAsk, told: (outcome: Encrypted) => void): Encrypting {
  let isOver = false;
  const { ecdhCurve } = { ecdhCurve: undefined, ...SHAPES[shape] };
  const offered = memory?.take();
  const socket: TLSSocket = connect({
    socket: raw,
    secureContext: contexts(shape === 'usual' && offered?.group === 'X25519' ? 'again' : shape),
    rejectUnauthorized: false,
    host: name,
    ...(isIP(name) || name === '' ? {} : { servername: name }),
    ...(ecdhCurve === undefined ? {} : { ecdhCurve }),
    ...(offered === undefined ? {} : { session: offered.session }),
  });

  const finish = (outcome: Encrypted) => {
    if (isOver) return;
    isOver = true;
    socket.off('secureConnect', secured).off('error', failed).off('close', closed).off('end', closed);
    raw.off('close', closed).off('error', failed);
    if ('failed' in outcome) {
      socket.on('error', swallow);
      socket.destroy();
      raw.destroy();
    }
    told(outcome);
  };
  let facts: TlsFacts | undefined;
  let early: Buffer | undefined;
  const keep = (session: Buffer) => memory!.keep({ session, facts: facts!, group: groupOf(socket) });
  const secured = () => {
    const chain = chainOf(socket);
    facts = { ...said(socket, name), ...(offered && socket.isSessionReused() ? proof(offered.facts) : proofOf(socket, chain[0])) };
    if (early) keep(early);
    finish({ stream: socket, tls: facts, shown: shownOf(socket, chain) });
  };
  const failed = (error: Error) => finish({ failed: reasonOf(error) });
  const closed = () => finish({ failed: 'the remote closed the connection' });

  socket.on('secureConnect', secured).on('error', failed).on('close', closed).on('end', closed);
  // With TLS 1.3 it comes behind the handshake, with older ones before its end, when nothing is judged yet. One that was resumed is not prolonged.
  if (memory) socket.once('session', (session: Buffer) => {
    if (socket.isSessionReused()) return;
    if (facts) keep(session);
    else early = session;
  });
  raw.on('close', closed).on('error', failed);
  return {
    abandon() {
      told = swallow;
      finish({ failed: '' });
    },
  };
}

const swallow = () => {};

function said(socket: TLSSocket, name: string): TlsFacts {
  const servername = isIP(name) || name === '' ? undefined : name;
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    ...(servername === undefined ? {} : { servername }),
  };
}

/** Absent for a hybrid one, of which Node says nothing. */
const groupOf = (socket: TLSSocket): string | undefined => (socket.getEphemeralKeyInfo() as { name?: string } | null)?.name;

/** What is known of the certificate. */
type Proof = Pick<TlsFacts, 'unverified' | 'certificate'>;
const proof = ({ unverified, certificate }: TlsFacts): Proof => ({ ...(unverified === undefined ? {} : { unverified }), ...(certificate === undefined ? {} : { certificate }) });

function proofOf(socket: TLSSocket, leaf: X509Certificate | undefined): Proof {
  return { ...(socket.authorized ? {} : { unverified: why(socket.authorizationError) }), ...(leaf ? { certificate: certificateFacts(leaf) } : {}) };
}

const WRONG_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

function shownOf(socket: TLSSocket, [leaf, ...issuers]: X509Certificate[]): Shown {
  const doubt = socket.authorized ? undefined : why(socket.authorizationError);
  // Node looks at the name last, when all else holds.
  return { leaf, issuers, distrust: doubt === WRONG_NAME ? undefined : doubt };
}

/** The host's own, then what Node linked above it, by names alone; the last one may link to itself. Never with getPeerX509Certificate: in Node 24 it takes the first certificate out of what the others read. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let at: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (at?.raw && chain.length < LONGEST) {
    chain.push(new X509Certificate(at.raw));
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate;
  }
  return chain;
}

/** Certificates of a host that are looked at. */
const LONGEST = 20;

/** `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `ERR_TLS_CERT_ALTNAME_INVALID` … */
const why = (error: unknown): string => (typeof error === 'string' ? error : (error as { code?: string } | undefined)?.code ?? 'unknown');

/** OpenSSL's errors hold an address and a source line; what is between is for people. */
function reasonOf(error: Error & { reason?: string; code?: string }): string {
  if (error.code === 'ECONNRESET') return 'the remote reset the connection';
  return error.reason ?? error.message;
}
