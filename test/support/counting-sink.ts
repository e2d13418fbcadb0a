/**
 * A remote that takes everything and counts what a provider would: how many
 * connections are open at once, how many messages come over one, and when
 * each connection and each message came. It takes its time for a message, so
 * that there is something to count.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '../../server/clock.ts';

export type Counted = { open: number; mostOpen: number; mostOnOne: number; connections: number[]; messages: number[] };

export function countingSink({ clock, takes }: { clock: Clock; /** Milliseconds for each message. */ takes: number }) {
  const counted = new Map<string, Counted>();
  const subjects: string[] = [];
  const streams = new Set<Duplex>();

  function countedOf(key: string): Counted {
    let of = counted.get(key);
    if (!of) counted.set(key, (of = { open: 0, mostOpen: 0, mostOnOne: 0, connections: [], messages: [] }));
    return of;
  }

  /** One connection to what `key` stands for: those that a provider would count together. */
  function serve(stream: Duplex, key: string): void {
    const of = countedOf(key);
    streams.add(stream);
    of.open++;
    of.mostOpen = Math.max(of.mostOpen, of.open);
    of.connections.push(clock.now());
    let messages = 0;
    let heard = '';
    let isData = false;
    let isOver = false;
    const over = () => {
      if (isOver) return;
      isOver = true;
      of.open--;
      streams.delete(stream);
    };
    const say = (line: string) => void (stream.destroyed || stream.write(`${line}\r\n`));
    const taken = (message: string) => {
      subjects.push(/^Subject: (.*)$/m.exec(message)?.[1]?.trim() ?? '');
      clock.after(takes, () => say('250 2.0.0 Taken'));
    };
    const command = (line: string) => {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') say(`250-sink.test\r\n250-PIPELINING\r\n250 SIZE 1000000`);
      else if (verb === 'MAIL') {
        of.messages.push(clock.now());
        of.mostOnOne = Math.max(of.mostOnOne, ++messages);
        say('250 2.1.0 OK');
      } else if (verb === 'DATA') {
        isData = true;
        say('354 Go on');
      } else if (verb === 'QUIT') {
        stream.end('221 2.0.0 Bye\r\n');
        over();
      } else say('250 2.0.0 OK');
    };
    stream.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      for (;;) {
        const mark = isData ? '\r\n.\r\n' : '\r\n';
        const at = heard.indexOf(mark);
        if (at < 0) break;
        const part = heard.slice(0, at);
        heard = heard.slice(at + mark.length);
        if (isData) {
          isData = false;
          taken(part);
        } else command(part);
      }
    }).on('end', () => stream.end()).on('close', over).on('error', () => {});
    say('220 sink.test ESMTP');
  }

  return {
    serve, subjects,
    of: countedOf,
    get open() { return streams.size; },
  };
}

/** The most that came in any period beyond what the rate allows in it: 0 or less when it was kept to. */
export function beyond(moments: readonly number[], rate: { per: number; perMs: number; burst: number }): number {
  const apart = rate.perMs / rate.per;
  let theoretical = -Infinity;
  let worst = -Infinity;
  for (const at of moments) {
    // How much too early, in messages.
    worst = Math.max(worst, (theoretical - (rate.burst - 1) * apart - at) / apart);
    theoretical = Math.max(theoretical, at) + apart;
  }
  return worst;
}
