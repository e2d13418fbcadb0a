/**
 * What a receiver would say of mail from one address: mailauth's SPF over our
 * resolver. Loaded when it is first needed; it brings much along.
 */
import type { DnsAnswer, Resolver } from '../network/resolver.ts';
import { fromArpa } from './names.ts';
import { isSpf, SPF_ABSURD } from './spf-record.ts';

export type SpfResult = { result: 'pass' | 'neutral' | 'softfail' | 'fail' | 'none' | 'permerror' | 'temperror'; lookups: number; comment: string };

export async function evaluateSpf(resolver: Resolver, { domain, address, helo }: { domain: string; address: string; helo: string | null }): Promise<SpfResult> {
  const { spf } = await import('mailauth/lib/spf/index.js');
  const { status, lookups } = await spf({ sender: `bounce@${domain}`, ip: address, helo: helo ?? domain, mta: 'postern', resolver: asked(resolver) as never });
  const comment = typeof status.comment === 'string' ? status.comment.replace(/^.*?lookup of \S+(?:: )?/, '').trim() : '';
  return { result: status.result as SpfResult['result'], lookups: lookups?.count ?? 0, comment };
}

/** As mailauth asks: arrays in the manner of node:dns, and errors with its codes. */
function asked(resolver: Resolver) {
  return async (name: string, kind: string): Promise<unknown[]> => {
    switch (kind) {
      case 'TXT': return records(await resolver.txt(name)).filter((text) => !isSpf(text) || text.length <= SPF_ABSURD).map((text) => [text]);
      case 'A': return records(await resolver.addresses(name, 4));
      case 'AAAA': return records(await resolver.addresses(name, 6));
      case 'MX': return records(await resolver.mx(name)).map(({ exchange, preference }) => ({ exchange, priority: preference }));
      case 'CNAME': return records(await resolver.cname(name));
      case 'PTR': {
        const address = fromArpa(name) ?? name;
        return records(await resolver.names(address));
      }
      default: throw failure('ENODATA', `${kind} is not asked for`);
    }
  };
}

function records<T>(answer: DnsAnswer<T>): T[] {
  switch (answer.kind) {
    case 'records': return answer.records;
    case 'none': throw failure('ENODATA', 'no such record');
    case 'nxdomain': throw failure('ENOTFOUND', 'no such name');
    case 'failed': throw failure(answer.reason === 'timeout' ? 'ETIMEOUT' : 'ESERVFAIL', answer.detail);
  }
}

const failure = (code: string, message: string) => Object.assign(new Error(message), { code });
