/** What the SMTP client is given of a load: its envelope, as it goes out, and how its octets are opened. */
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { Transaction } from '../transport/attempted.ts';
import type { Load } from './loads.ts';

export type Out = {
  /** Of the recipient's own; the load has one recipient then. Mail without a sender (a DSN) stays without. */
  returnPath: ((message: string, n: number) => string) | undefined;
  /** The remote is about to be given the octets. */
  opened(): void;
};

export function transactionOf({ message, recipients }: Load, copy: Outgoing, { returnPath, opened }: Out): Transaction {
  return {
    from: returnPath && message.from !== '' ? returnPath(message.message, recipients[0]!.n) : message.from,
    size: copy.size,
    recipients: recipients.map(({ address, notify, orcpt }) => ({ address, ...(notify ? { notify } : {}), ...(orcpt === undefined ? {} : { orcpt }) })),
    ...(message.ret ? { ret: message.ret } : {}), ...(message.envid === undefined ? {} : { envid: message.envid }),
    ...(copy.body ? { body: copy.body } : {}), ...(copy.smtputf8 ? { smtputf8: true as const } : {}),
    ...(message.requireTls ? { requireTls: true as const } : {}),
    async open() {
      opened();
      return copy.open();
    },
  };
}
