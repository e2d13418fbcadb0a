/**
 * A store with its parser and waits, and a way to put mail in: for stories
 * about reading that need no network. Everything in it is the real thing.
 */
import { createAdmit } from '../../server/admission/admit.ts';
import { type Clock, wallClock } from '../../server/clock.ts';
import { createHub } from '../../server/events/hub.ts';
import { idMaker } from '../../server/ids.ts';
import type { Desk } from '../../server/inbox/parse/desk.ts';
import { createParser } from '../../server/inbox/parse/parser.ts';
import { createWaits } from '../../server/inbox/wait.ts';
import { openStore } from '../../server/store/sqlite/open.ts';

export type Letter = { to: string | string[]; from?: string; subject?: string; headers?: string; body?: string; raw?: Buffer; stream?: string; tags?: string[] };

export async function openMailHouse({ clock = wallClock, desk }: { clock?: Clock; desk?: Desk } = {}) {
  const store = await openStore({ dir: ':memory:', clock });
  const hub = createHub(store);
  const admit = createAdmit({ store, clock, makeId: idMaker(), limits: { messageSize: 256 * 1024 * 1024, inFlight: 1024 ** 3 }, streamTags: () => [] });
  const parser = createParser({ store, onCommit: hub.onCommit, clock, ...(desk ? { desk } : {}) });
  const waits = createWaits({ store, hub, parser, clock });

  async function send({ to, from = 'app@shop.test', subject = 'Hello', headers = '', body = 'Hi there.\r\n', raw, stream = 'default', tags }: Letter): Promise<string> {
    const recipients = [to].flat();
    const bytes = raw ?? Buffer.from(`From: <${from}>\r\nTo: ${recipients.join(', ')}\r\nSubject: ${subject}\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n${headers}\r\n${body}`);
    const intake = admit.open();
    if ('kind' in intake) throw new Error(intake.text);
    for (let at = 0; at < bytes.length; at += 65_536) await intake.write(bytes.subarray(at, at + 65_536));
    const sealed = intake.seal({
      stream, via: 'smtp', ...(tags ? { tags } : {}),
      envelope: { from, recipients: recipients.map((address) => ({ address })) },
      session: { id: 'session', protocol: 'smtp', client: { address: '127.0.0.1', port: 2525 }, transcript: [], times: { opened: 0, received: 0 } },
    });
    const accepted = sealed.kind === 'refused' ? sealed : await admit.commit(sealed);
    if (accepted.kind === 'refused') throw new Error(accepted.text);
    return accepted.id;
  }

  return {
    store, hub, parser, waits, send,
    async [Symbol.asyncDispose]() {
      await parser.close();
      await store[Symbol.asyncDispose]();
    },
  };
}
export type MailHouse = Awaited<ReturnType<typeof openMailHouse>>;
