/**
 * What the pretend remote knows of its own work, so that a test can hold it
 * against the queue's: each message that it took, told to `hear` before its
 * 250 goes out, and how many connections each stream and site has and had.
 */

export type Accepted = {
  /** Milliseconds: the conversation's time. */
  at: number;
  stream: string;
  connection: string;
  site: string;
  from: string;
  recipients: string[];
  /** Octets, and hex SHA-256, of the message as it was taken (un-stuffed, with its last CR LF). */
  size: number;
  digest: string;
  /** Without brackets; '' when there is none. */
  messageId: string;
  /** What the client in the same process called it (Talk.carrying). */
  message?: string;
  tls: boolean;
  /** False when it was taken and the connection closed before the reply: the client cannot know. */
  acknowledged: boolean;
};

export type Traffic = { stream: string; site: string; open: number; mostOpen: number; connections: number; messages: number; mostOnConnection: number };

/** A connection's place in the counts. */
export type Place = { open(): number; /** Where a recipient tells the site only later. */ moveTo(site: string): void; took(onConnection: number): void; leave(): void };

const KEPT = 10_000;

export type Census = { enter(stream: string, site: string): Place; traffic(): Traffic[] };

export function census(): Census {
  const rows = new Map<string, Traffic>();

  function row(stream: string, site: string): Traffic {
    const key = `${stream}\n${site}`;
    let found = rows.get(key);
    if (found) return found;
    // A million addresses that are kept apart are a million sites: those of before are forgotten.
    if (rows.size >= KEPT) for (const [name, { open }] of rows) if (open === 0) rows.delete(name);
    rows.set(key, (found = { stream, site, open: 0, mostOpen: 0, connections: 0, messages: 0, mostOnConnection: 0 }));
    return found;
  }
  function arrive(at: Traffic): Traffic {
    at.connections++;
    at.mostOpen = Math.max(at.mostOpen, ++at.open);
    return at;
  }

  return {
    enter(stream, site) {
      let here: Traffic | undefined = arrive(row(stream, site));
      return {
        open: () => here?.open ?? 0,
        moveTo(other) {
          if (!here || here.site === other) return;
          here.open--;
          here.connections--;
          here = arrive(row(stream, other));
        },
        took(onConnection) {
          if (!here) return;
          here.messages++;
          here.mostOnConnection = Math.max(here.mostOnConnection, onConnection);
        },
        leave() {
          if (here) here.open--;
          here = undefined;
        },
      };
    },
    traffic: () => [...rows.values()].map((one) => ({ ...one })),
  };
}
