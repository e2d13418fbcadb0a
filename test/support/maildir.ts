/** What a mail server on the other side has delivered: a maildir, read file by file. */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

export type Letter = {
  file: string;
  /** As the server wrote it, with line ends of the system. */
  raw: Buffer;
  /** Header and body, without what the receiving server put on top: from our own Received on, with CRLF. */
  sent: Buffer;
  /** The address that the server delivered to. */
  to: string;
  /** Our id of the message, from our Received; '' without one. */
  message: string;
  subject: string;
};

/** A local delivery writes its own fields first, the one for each recipient among them. */
const OURS = /^Received: (?:(?!^\S).*\n)*? by \S+ \(Postern\) with \S+ id (\w+)/m;

export function lettersIn(folder: string): Letter[] {
  let names: string[];
  try {
    names = readdirSync(join(folder, 'new'));
  } catch {
    return []; // the first mail makes it
  }
  return names.map((file) => letterOf(file, readFileSync(join(folder, 'new', file))));
}

/** Of each letter the first octets, which hold its header: of very many. */
export function headsIn(folder: string, most = 16_384): Letter[] {
  const block = Buffer.alloc(most);
  return readdirSync(join(folder, 'new')).map((file) => {
    const descriptor = openSync(join(folder, 'new', file), 'r');
    try {
      return letterOf(file, Buffer.from(block.subarray(0, readSync(descriptor, block))));
    } finally {
      closeSync(descriptor);
    }
  });
}

export function letterOf(file: string, raw: Buffer): Letter {
  const text = raw.toString('latin1');
  const head = text.slice(0, text.indexOf('\n\n') + 1);
  const ours = OURS.exec(head);
  const field = (name: string) => new RegExp(`^${name}: *(.*)$`, 'mi').exec(head)?.[1] ?? '';
  return {
    file, raw,
    sent: Buffer.from(text.slice(ours?.index ?? 0).replace(/\n/g, '\r\n'), 'latin1'),
    to: Buffer.from(field('Delivered-To') || field('Envelope-To'), 'latin1').toString(),
    message: ours?.[1] ?? '',
    subject: field('Subject'),
  };
}
