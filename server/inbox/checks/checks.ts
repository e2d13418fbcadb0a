/**
 * Checks of a message, on request: what the message itself tells (desk.ts),
 * and, only where a setting says so, what a spam filter and the addresses it
 * links to say. Nothing is kept, nothing is marked; the same request twice at
 * once is one.
 */
import type { Check, MessageChecks } from '../../../sdk/contract.ts';
import type { Clock } from '../../clock.ts';
import type { InboxStore } from '../port.ts';
import { createDesk, type Desk } from './desk.ts';
import { checkOf, gravestFirst } from './matter.ts';
import type { LinkCheck } from './network/link-check.ts';
import type { SpamCheck } from './network/spam.ts';

export type Checks = {
  /** Undefined when there is no such message. */
  of(id: string): Promise<MessageChecks | undefined>;
  close(): Promise<void>;
};

export type ChecksOptions = {
  store: Pick<InboxStore, 'read' | 'body'>;
  parser: { parsed(id: string): Promise<void> };
  clock: Clock;
  desk?: Desk;
  /** Absent: nothing leaves the machine. */
  spam?: readonly SpamCheck[];
  linkCheck?: LinkCheck;
};

export function createChecks({ store, parser, clock, desk = createDesk(clock), spam = [], linkCheck }: ChecksOptions): Checks {
  const running = new Map<string, Promise<MessageChecks | undefined>>();

  async function run(id: string): Promise<MessageChecks | undefined> {
    await parser.parsed(id);
    const message = await store.read(id);
    if (!message) return undefined;
    const { envelope, header, receivedAt, size } = message;
    const parsed = message.parsed ?? { error: 'It has not been parsed', warnings: [], headers: [], attachments: [], links: [], codes: [], calendar: [] };
    const [examination, ...asked] = await Promise.all([
      desk.examine({ envelope, header, parsed, receivedAt, now: clock.now() }, bodyOf(id)),
      ...spam.map((check) => check({ envelope, size, body: () => store.body(id) })),
      ...(linkCheck ? [linkCheck(parsed.links)] : []),
    ]);
    const further = asked.filter((check): check is Check => check !== undefined);
    if (typeof examination === 'string') return { message: id, checks: gravestFirst([checkOf({ id: 'parse', title: 'Readability' }, { verdict: 'fail', summary: examination }), ...further]), compat: null };
    return { message: id, checks: gravestFirst([...examination.checks, ...further]), compat: examination.compat };
  }

  /** Opened when its turn comes: those that wait hold no reader. */
  async function* bodyOf(id: string): AsyncGenerator<Uint8Array> {
    const body = await store.body(id);
    if (body) yield* body;
  }

  return {
    of(id) {
      const already = running.get(id);
      if (already) return already;
      const mine = run(id).finally(() => running.delete(id));
      running.set(id, mine);
      return mine;
    },
    close: () => desk.close(),
  };
}
