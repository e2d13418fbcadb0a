/**
 * Real delivery as a script or a test holds it: the gate with its one switch,
 * and the keys that mail is signed with.
 */
import type { Api } from './api.ts';
import type { DeliveryView, DkimInput, DkimKey, DkimList, RetireInput } from './contract.ts';

export type Switchboard = {
  /** Of each stream (or of one), whether its real mail is tried now, or what is in the way. */
  view(stream?: string): Promise<DeliveryView>;
  /** Nothing new is tried for real, of any stream, until it is started again; also after a restart. */
  stop(reason?: string): Promise<DeliveryView>;
  start(reason?: string): Promise<DeliveryView>;
};

export type DkimDesk = {
  list(domain?: string): Promise<DkimList>;
  /** A pair, RSA and Ed25519. The first of a domain signs at once; publish the records of a later one, then activate it. */
  make(domain: string | DkimInput): Promise<DkimKey[]>;
  /** By the base of the pair (`key.pair`), or the selector of one of its keys. */
  activate(domain: string, selector: string): Promise<DkimKey[]>;
  retire(domain: string, selector: string, options?: RetireInput): Promise<DkimKey[]>;
};

const because = (reason: string | undefined) => (reason === undefined ? {} : { reason });

export const switchboard = (api: Api): Switchboard => ({
  view: (stream) => api.deliveryGate(stream === undefined ? {} : { stream }),
  stop: (reason) => api.stopDelivery(because(reason)),
  start: (reason) => api.startDelivery(because(reason)),
});

export const dkimDesk = (api: Api): DkimDesk => ({
  list: (domain) => api.dkim(domain === undefined ? {} : { domain }),
  make: async (input) => (await api.createDkim(typeof input === 'string' ? { domain: input } : input)).keys,
  activate: async (domain, selector) => (await api.activateDkim(domain, selector)).keys,
  retire: async (domain, selector, options = {}) => (await api.retireDkim(domain, selector, options)).keys,
});
