/**
 * Key and certificate of the listeners: the operator's files, or a pair made
 * here (EC P-256, self-signed), kept in the data folder with mode 600 so that
 * a client that pinned it goes on working. With data in memory it is made in
 * memory. Nothing is made or loaded before the first handshake asks: it costs
 * tens of milliseconds, and the start is to be quick.
 */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { makeFolder } from '../../folder.ts';
import { OperatorError } from '../../operator-error.ts';

/** PEM texts. */
export type KeyPair = { key: string; cert: string };
/** Asked once per listener; both get the same pair. */
export type TlsMaterial = () => Promise<KeyPair>;

export type TlsOptions = {
  /** The operator's files; both or none. Read at once, so that a wrong one stops the start. */
  cert: string | null;
  key: string | null;
  /** The folder where a made pair is kept; null when data is in memory. */
  dir: string | null;
  /** What the made certificate is for, beside localhost. */
  name: string;
  /** Milliseconds since the epoch; wall time, by which clients judge it too. */
  now?: () => number;
};

const KEY = 'smtp-key.pem';
const CERT = 'smtp-cert.pem';
const YEARS_MS = 10 * 365 * 24 * 3_600_000;
/** A kept certificate is made anew when it ends within this. */
const SPARE_MS = 24 * 3_600_000;

export function tlsMaterial({ cert, key, dir, name, now = Date.now }: TlsOptions): TlsMaterial {
  if ((key === null) !== (cert === null)) throw new Error('A TLS key and a TLS certificate go together: name both files, or none');
  if (key !== null && cert !== null) {
    const given = readGiven(key, cert);
    return async () => given;
  }
  let pair: Promise<KeyPair> | undefined;
  return () => {
    pair ??= own(dir, name, now()).catch((error: unknown) => {
      pair = undefined;
      throw error;
    });
    return pair;
  };
}

function readGiven(keyFile: string, certFile: string): KeyPair {
  try {
    const pair = { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    throw new OperatorError(`The TLS key ${keyFile} and certificate ${certFile} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

async function own(dir: string | null, name: string, now: number): Promise<KeyPair> {
  if (dir === null) return make(name, now);
  const kept = await readKept(dir, name, now);
  if (kept) return kept;
  const made = await make(name, now);
  makeFolder(dir, 0o700);
  await writePrivate(join(dir, KEY), made.key);
  await writePrivate(join(dir, CERT), made.cert);
  return made;
}

async function readKept(dir: string, name: string, now: number): Promise<KeyPair | undefined> {
  try {
    const pair = { key: await readFile(join(dir, KEY), 'utf8'), cert: await readFile(join(dir, CERT), 'utf8') };
    const certificate = new X509Certificate(pair.cert);
    if (Date.parse(certificate.validTo) - now < SPARE_MS) return undefined;
    if (!(isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name))) return undefined;
    createSecureContext(pair); // throws when they do not belong together
    return pair;
  } catch {
    return undefined; // not there, or cut off by a crash: a new one does
  }
}

/** Whole or not at all, and never readable for others, not even for a moment. */
async function writePrivate(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, text, { mode: 0o600 });
  await rename(part, path);
}

async function make(name: string, now: number): Promise<KeyPair> {
  const { generate } = await import('selfsigned');
  const names = [...new Set(['localhost', '127.0.0.1', '::1', name])];
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // An hour back, for clients whose clock is behind.
    notBeforeDate: new Date(now - 3_600_000),
    notAfterDate: new Date(now + YEARS_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((one) => (isIP(one) ? { type: 7 as const, ip: one } : { type: 2 as const, value: one })) },
    ],
  });
  return { key: made.private, cert: made.cert };
}
