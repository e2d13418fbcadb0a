/**
 * Whether a load can go over a carrier as it is made: what it needs is
 * offered, and it is not larger than the remote takes. Hosts of one domain may
 * differ in this, and what one does not take is no reason to bounce before the
 * others were asked.
 */
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { Carrier, Unfit } from '../transport/carrier.ts';
import { asItIs } from './as-it-is.ts';
import type { Load } from './loads.ts';
import { transactionOf, type Out } from './transaction.ts';

export type Fitting = { load: Load; copy: Outgoing; returnPath: Out['returnPath']; /** What it needs is known from its octets: it was made for the way out. */ isPrepared: boolean };

/** The copy with what it needs by its octets; they are read only for a carrier that may lack it. Rejects when they cannot be. */
export function fitFor({ offers: { eightBit, smtputf8 } }: Carrier, copy: Outgoing, isPrepared: boolean): Outgoing | Promise<Outgoing> {
  const mayLack = !eightBit || (!smtputf8 && copy.smtputf8);
  return mayLack && !isPrepared ? asItIs(copy) : copy;
}

/** Why this carrier will not do. */
export function unfitFor({ load, copy, returnPath, isPrepared }: Fitting): Unfit {
  const judged = (carrier: Carrier, fit: Outgoing) => carrier.unfit?.(transactionOf(load, fit, { returnPath, opened: () => {} }));
  return (carrier) => {
    const fit = fitFor(carrier, copy, isPrepared);
    // What cannot be read is told of when it is carried.
    return fit instanceof Promise ? fit.then((one) => judged(carrier, one), () => undefined) : judged(carrier, fit);
  };
}
