/**
 * The key pairs of one domain on disk. A pair exists from the moment on at
 * which its JSON file does, which is written last; each file appears whole or
 * not at all, in mode 600. A private key that others may read is refused: it
 * has to be taken for known. Faults of a pair are told, not thrown, so that
 * one of them does not stop the mail of the others.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { link, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../folder.ts';
import { OperatorError } from '../../operator-error.ts';
import { ALGORITHMS, SELECTOR, selectorOf, type Algorithm, type DkimKey, type KeyPair, type PairRecord } from './pair.ts';

/** What cannot be used of a domain's folder, each with a sentence. */
export type Flaw = { selector: string; text: string };
export type Folder = { pairs: KeyPair[]; flaws: Flaw[] };

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Sorted by age. A domain without a folder has nothing. Throws when the disk does not answer. */
export async function readFolder(dir: string, domain: string): Promise<Folder> {
  const folder: Folder = { pairs: [], flaws: [] };
  for (const name of await namesIn(join(dir, domain))) {
    const selector = name.slice(0, -'.json'.length);
    if (!name.endsWith('.json') || !SELECTOR.test(selector)) continue;
    try {
      const record = readRecord(await readPrivate(join(dir, domain, name)), domain, selector);
      const keys = await Promise.all(ALGORITHMS.map(async (algorithm) => keyOf(await readPrivate(pemFile(dir, domain, selector, algorithm)), selector, algorithm)));
      folder.pairs.push({ ...record, keys });
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      folder.flaws.push({ selector, text: error.message });
    }
  }
  folder.pairs.sort((a, b) => a.createdAt - b.createdAt || (a.selector < b.selector ? -1 : 1));
  return folder;
}

export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw named(error, folder);
  }
}

/** Another text whenever something of the domain's folder has changed. */
export async function fingerprint(dir: string, domain: string): Promise<string> {
  const folder = join(dir, domain);
  const told = await Promise.all((await namesIn(folder)).sort().map(async (name) => {
    try {
      const { mtimeMs, ctimeMs, size } = await stat(join(folder, name));
      return `${name} ${mtimeMs} ${ctimeMs} ${size}`;
    } catch (error) {
      if (isMissing(error)) return name;
      throw error;
    }
  }));
  return told.join('\n');
}

/** Refuses to replace a key that is there. */
export async function writePair(dir: string, record: PairRecord, keys: readonly { algorithm: Algorithm; privateKey: KeyObject }[]): Promise<void> {
  const folder = join(dir, record.domain);
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    // Some file systems take no new folders, and say that there is none.
    throw isMissing(error) ? new OperatorError(`${folder} cannot be made: ${(error as Error).message}`, { cause: error }) : named(error, folder);
  }
  for (const { algorithm, privateKey } of keys) await write(pemFile(dir, record.domain, record.selector, algorithm), privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, 'new');
  await write(join(folder, `${record.selector}.json`), text(record), 'new');
  await syncFolder(folder);
  await syncFolder(dir);
}

export async function rewriteRecord(dir: string, { domain, selector, createdAt, activeFrom, retiredAt }: PairRecord): Promise<void> {
  const folder = join(dir, domain);
  await write(join(folder, `${selector}.json`), text({ domain, selector, createdAt, activeFrom, retiredAt }), 'instead');
  await syncFolder(folder);
}

const text = (record: PairRecord): string => `${JSON.stringify(record, null, 2)}\n`;
const pemFile = (dir: string, domain: string, selector: string, algorithm: Algorithm): string => join(dir, domain, `${selectorOf(selector, algorithm)}.pem`);

let parts = 0;

async function write(path: string, content: string, how: 'new' | 'instead'): Promise<void> {
  const part = `${path}.${process.pid}-${++parts}.part`;
  try {
    await rm(part, { force: true });
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (how === 'instead') await rename(part, path);
    else await link(part, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new OperatorError(`${path} exists already`, { cause: error });
    throw named(error, path);
  } finally {
    await rm(part, { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readPrivate(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode } = await file.stat();
      // Windows knows no such modes.
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw new OperatorError(`${path} can be read or changed by others (mode ${(mode & 0o777).toString(8)}): after \`chmod 600\` it is used, if nobody did`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    if (isMissing(error)) throw new OperatorError(`${path} is missing`, { cause: error });
    throw named(error, path);
  }
}

/** What the operator can mend is his; a disk that does not answer is nobody's fault and may answer in a minute. */
function named(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  return ['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENAMETOOLONG', 'ENOTDIR'].includes(code ?? '') ? new OperatorError(`${path} cannot be used: ${message}`, { cause: error }) : error;
}

function readRecord(json: string, domain: string, selector: string): PairRecord {
  let said: Partial<PairRecord> | null;
  try {
    said = JSON.parse(json) as Partial<PairRecord> | null;
  } catch {
    said = null;
  }
  const isTime = (time: unknown): time is number => typeof time === 'number' && Number.isFinite(time);
  const { createdAt, activeFrom, retiredAt } = said ?? {};
  if (said?.domain !== domain || said.selector !== selector || !isTime(createdAt) || (activeFrom !== null && !isTime(activeFrom)) || (retiredAt !== null && !isTime(retiredAt))) {
    throw new OperatorError(`${selector}.json of ${domain} does not hold what \`postern dkim\` writes`);
  }
  return { domain, selector, createdAt, activeFrom, retiredAt };
}

function keyOf(pem: string, base: string, algorithm: Algorithm): DkimKey {
  const selector = selectorOf(base, algorithm);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (error) {
    throw new OperatorError(`${selector}.pem holds no private key`, { cause: error });
  }
  if (privateKey.asymmetricKeyType !== algorithm) throw new OperatorError(`${selector}.pem holds a key of another kind (${privateKey.asymmetricKeyType ?? 'unknown'}, not ${algorithm})`);
  // RFC 8301 §3.2
  if (algorithm === 'rsa' && (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < 1024) throw new OperatorError(`${selector}.pem holds an RSA key of less than 1024 bits, which no receiver believes`);
  return { selector, algorithm, privateKey, publicKey: publicKeyOf(privateKey) };
}

/** As in `p=`: SPKI for RSA (RFC 6376 §3.6.1), the 32 octets alone for Ed25519 (RFC 8463 §4). */
function publicKeyOf(privateKey: KeyObject): string {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return (privateKey.asymmetricKeyType === 'ed25519' ? spki.subarray(-32) : spki).toString('base64');
}
