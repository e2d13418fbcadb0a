/**
 * A remote that follows a script, on the other end of any stream. One step a
 * line, carried out in order:
 *
 *     S: 250 hi        says it            S& 250 hi     says it together with the next S:
 *     C: MAIL FROM:*   hears it (`*` is anything)       C. hears a message up to its final dot
 *     C~ 5             reads so many octets of a message, no more
 *     C# 5             hears a message (or a chunk of one) of so many octets
 *     ! close | reset | half-close | silence | deaf | tls | tls-garbage
 *     ! tls expired    with one of the certificates that were handed over
 *     ! raw "\u0000"   says octets as they are (JSON)
 *     ! drip 9000 250 hi   says it an octet at a time, so many milliseconds apart
 *     ! flood "250-x"  says it again and again, as long as anybody is there
 */
import type { Duplex } from 'node:stream';
import { type SecureContextOptions, TLSSocket } from 'node:tls';
import { tlsMaterial } from '../../server/admission/smtp/tls.ts';
import type { Clock } from '../../server/clock.ts';
import type { Fault } from '../../server/mail/reply.ts';
import type { Network } from '../../server/network/network.ts';
import { pair } from '../../server/network/pair.ts';

export type Remote = {
  /** Resolves when all steps are done; rejects with what was heard instead of what should be. */
  done: Promise<void>;
  /** Resolves when the script begins its last step. */
  atEnd: Promise<void>;
  /** All lines heard, and messages, un-stuffed. */
  heard: string[];
  messages: Buffer[];
  /** The client's end of it. */
  client: Duplex;
};

const made = tlsMaterial({ cert: null, key: null, dir: null, name: 'mx.script.test' });

/** An end of an in-process pair, or of a real socket. */
export type End = Duplex & { resetAndDestroy(): unknown };

/** A key, and the certificates that are shown with it. */
export type Material = Pick<SecureContextOptions, 'key' | 'cert' | 'maxVersion'>;

export function remote(script: string, clock?: Clock, { between = pair, materials = {} }: { between?: () => [End, End]; materials?: Record<string, Material> } = {}): Remote {
  const [client, server] = between();
  const steps = script.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const heard: string[] = [];
  const messages: Buffer[] = [];
  let ended!: () => void;
  const atEnd = new Promise<void>((resolve) => { ended = resolve; });
  const done = follow(server, steps, { heard, messages, ended, clock, materials });
  done.catch(() => {});
  return { done, atEnd, heard, messages, client };
}

type Into = { heard: string[]; messages: Buffer[]; ended(): void; clock: Clock | undefined; materials: Record<string, Material> };

async function follow(end: End, steps: string[], { heard, messages, ended, clock, materials }: Into): Promise<void> {
  let stream: Duplex = end;
  let ears = listen(stream);
  let held = '';
  for (const [place, step] of steps.entries()) {
    if (place === steps.length - 1) ended();
    const what = step.slice(3);
    switch (step.slice(0, 2)) {
      case 'S&':
        held += `${what}\r\n`;
        break;
      case 'S:':
        await said(stream, `${held}${what}\r\n`);
        held = '';
        break;
      case 'C:': {
        const line = await ears.until(Buffer.from('\r\n'));
        const text = line === undefined ? '(closed)' : line.toString().slice(0, -2);
        heard.push(text);
        const wanted = new RegExp(`^${what.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
        if (!wanted.test(text)) throw new Error(`the script has "${what}", heard was "${text}"`);
        break;
      }
      case 'C.': {
        const body = await ears.body();
        if (body === undefined) throw new Error('the message had no end');
        messages.push(body);
        break;
      }
      case 'C#': {
        const chunk = await ears.take(Number(what));
        if (chunk === undefined) throw new Error('the chunk had no end');
        messages.push(chunk);
        break;
      }
      case 'C~':
        await ears.some(Number(what));
        break;
      default: {
        const [verb, ...rest] = step.slice(2).split(' ');
        if (verb === 'close') stream.destroy();
        else if (verb === 'reset') end.resetAndDestroy();
        else if (verb === 'half-close') stream.end();
        else if (verb === 'silence') break;
        else if (verb === 'deaf') ears.stop();
        else if (verb === 'raw') await said(stream, Buffer.from(JSON.parse(rest.join(' ')) as string, 'latin1'));
        else if (verb === 'flood') while (!stream.destroyed) await said(stream, JSON.parse(rest.join(' ')) as string);
        else if (verb === 'tls-garbage') await said(stream, 'this is no TLS at all, is it?\r\n');
        else if (verb === 'drip') await drip(stream, `${rest.slice(1).join(' ')}\r\n`, Number(rest[0]), clock!);
        else if (verb === 'tls') {
          ears.stop();
          stream = await secure(stream, rest[0] === undefined ? await made() : materials[rest[0]]!);
          ears = listen(stream);
        } else throw new Error(`no such step: ${step}`);
      }
    }
  }
}

/** Once it has gone over, or cannot any more. */
const said = (stream: Duplex, octets: string | Buffer): Promise<void> => new Promise((resolve) => { stream.write(octets, () => resolve()); });

async function drip(stream: Duplex, text: string, gap: number, clock: Clock): Promise<void> {
  for (const octet of text) {
    if (stream.destroyed) return;
    await said(stream, octet);
    await new Promise<void>((resolve) => clock.after(gap, resolve));
  }
}

function secure(raw: Duplex, material: Material): Promise<Duplex> {
  const socket = new TLSSocket(raw as never, { isServer: true, ...material });
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('secure', () => resolve(socket)));
}

/** Pulls from a stream what a step wants, and not more. */
function listen(stream: Duplex) {
  let rest: Buffer = Buffer.alloc(0);
  let isOver = false;
  let wake: (() => void) | undefined;
  const data = () => {
    wake?.();
  };
  const over = () => {
    isOver = true;
    wake?.();
  };
  stream.on('readable', data).on('end', over).on('close', over).on('error', over);
  async function more(most?: number): Promise<boolean> {
    for (;;) {
      const chunk = (stream.read(most === undefined ? undefined : Math.min(most, stream.readableLength) || undefined) ?? null) as Buffer | null;
      if (chunk) {
        rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        return true;
      }
      if (isOver) return false;
      await new Promise<void>((resolve) => { wake = resolve; });
    }
  }
  async function until(mark: Buffer): Promise<Buffer | undefined> {
    let from = 0;
    for (;;) {
      const at = rest.indexOf(mark, from);
      if (at >= 0) {
        const found = rest.subarray(0, at + mark.length);
        rest = rest.subarray(at + mark.length);
        return found;
      }
      from = Math.max(0, rest.length - mark.length);
      if (!(await more())) return undefined;
    }
  }
  return {
    until,
    /** A strict receiver's reading: only CR LF ends a line, and one dot is taken off where one stands first. */
    async body(): Promise<Buffer | undefined> {
      if (rest.length < 3 && !(await more())) return undefined;
      while (rest.length < 3) if (!(await more())) return undefined;
      if (rest.subarray(0, 3).toString() === '.\r\n') {
        rest = rest.subarray(3);
        return Buffer.alloc(0);
      }
      const whole = await until(Buffer.from('\r\n.\r\n'));
      return whole && unstuff(whole.subarray(0, -3));
    },
    async take(octets: number): Promise<Buffer | undefined> {
      while (rest.length < octets) if (!(await more())) return undefined;
      const taken = rest.subarray(0, octets);
      rest = rest.subarray(octets);
      return taken;
    },
    async some(octets: number): Promise<void> {
      let got = rest.length;
      rest = Buffer.alloc(0);
      while (got < octets && (await more(octets - got))) {
        got += rest.length;
        rest = Buffer.alloc(0);
      }
    },
    stop() {
      stream.off('readable', data).off('end', over).off('close', over).off('error', over);
      stream.on('error', () => {});
      if (rest.length > 0) stream.unshift(rest);
    },
  };
}

export function unstuff(stuffed: Buffer): Buffer {
  const out = Buffer.allocUnsafe(stuffed.length);
  let to = 0;
  for (let i = 0; i < stuffed.length; i++) {
    const atStart = i === 0 || (stuffed[i - 1] === 0x0a && stuffed[i - 2] === 0x0d);
    if (atStart && stuffed[i] === 0x2e) continue;
    out[to++] = stuffed[i]!;
  }
  return out.subarray(0, to);
}

/** A network whose dials are answered in this order: by remotes, or by faults of their own. */
export function dials(...answers: (Remote | Fault['fault'] | Duplex | 'never')[]): Pick<Network, 'dial'> & { dialled: string[] } {
  const dialled: string[] = [];
  return {
    dialled,
    async dial(host) {
      const answer = answers[dialled.push(host.name) - 1];
      if (answer === undefined) throw new Error(`nobody expected a dial of ${host.name}`);
      if (answer === 'never') return new Promise(() => {});
      if (typeof answer === 'string') return { kind: 'fault', stage: 'connect', fault: answer, detail: `${host.name} ${answer}` };
      return 'client' in answer ? answer.client : answer;
    },
  };
}
