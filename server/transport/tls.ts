/**
 * STARTTLS on any stream of octets, as a client. Opportunistic: whoever
 * answers is taken, encrypted being better than not, and what would have been
 * wrong with its certificate is recorded. Two shapes of the first message:
 * the usual one, and a small one for middle boxes that break on a ClientHello
 * of more than one packet (TLS 1.3, classic key shares, three ciphers).
 */
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { TlsFacts } from '../mail/session.ts';
import type { TlsMemory } from './tls-sessions.ts';

export type HelloShape = 'usual' | 'reduced';

export type Encrypting = {
  /** Gives up: nothing is told any more, the stream is destroyed. */
  abandon(): void;
};

export type Encrypted = { stream: Duplex; tls: TlsFacts } | { failed: string };

const SHAPES = {
  usual: {},
  reduced: { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256', ecdhCurve: 'X25519:P-256:P-384' },
} as const;

/** For a host that chose X25519 before: the same groups, but a key share for this one alone. The hybrid's takes longer than the rest of a resumed hello. */
const AGAIN = { ecdhCurve: 'X25519:X25519MLKEM768:P-256:P-384' };

// Made once: a context costs more than a handshake's beginning.
const contexts: Partial<Record<HelloShape | 'again', SecureContext>> = {};
const contextOf = (shape: HelloShape | 'again'): SecureContext => (contexts[shape] ??= createSecureContext(shape === 'again' ? AGAIN : SHAPES[shape]));

/** Calls `told` once, unless abandoned; whoever listens to the stream from then on misses nothing. */
export function encrypt(raw: Duplex, { name, shape, memory }: { name: string; shape: HelloShape; memory?: TlsMemory | undefined }, told: (outcome: Encrypted) => void): Encrypting {
  let isOver = false;
  const { ecdhCurve } = { ecdhCurve: undefined, ...SHAPES[shape] };
  const offered = memory?.take();
  const socket: TLSSocket = connect({
    socket: raw,
    secureContext: contextOf(shape === 'usual' && offered?.group === 'X25519' ? 'again' : shape),
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
  const facts = () => (offered && socket.isSessionReused() ? { ...factsOf(socket, name), ...doubts(offered.facts) } : { ...factsOf(socket, name), ...doubtsAbout(socket) });
  const secured = () => finish({ stream: socket, tls: facts() });
  const failed = (error: Error) => finish({ failed: reasonOf(error) });
  const closed = () => finish({ failed: 'the remote closed the connection' });

  socket.on('secureConnect', secured).on('error', failed).on('close', closed).on('end', closed);
  // With TLS 1.3 it comes behind the handshake. A session that was resumed is not prolonged.
  if (memory) socket.once('session', (session: Buffer) => { if (!socket.isSessionReused()) memory.keep({ session, facts: facts(), group: groupOf(socket) }); });
  raw.on('close', closed).on('error', failed);
  return {
    abandon() {
      told = swallow;
      finish({ failed: '' });
    },
  };
}

const swallow = () => {};

function factsOf(socket: TLSSocket, name: string): TlsFacts {
  const servername = isIP(name) || name === '' ? undefined : name;
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    ...(servername === undefined ? {} : { servername }),
  };
}

/** Absent for a hybrid one, of which Node says nothing. */
const groupOf = (socket: TLSSocket): string | undefined => (socket.getEphemeralKeyInfo() as { name?: string } | null)?.name;

type Doubts = Pick<TlsFacts, 'unverified'>;
const doubts = ({ unverified }: TlsFacts): Doubts => (unverified === undefined ? {} : { unverified });
const doubtsAbout = (socket: TLSSocket): Doubts => (socket.authorized ? {} : { unverified: why(socket.authorizationError) });

/** `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`, `ERR_TLS_CERT_ALTNAME_INVALID` … */
const why = (error: unknown): string => (typeof error === 'string' ? error : (error as { code?: string } | undefined)?.code ?? 'unknown');

/** OpenSSL's errors hold an address and a source line; what is between is for people. */
function reasonOf(error: Error & { reason?: string; code?: string }): string {
  if (error.code === 'ECONNRESET') return 'the remote reset the connection';
  return error.reason ?? error.message;
}
