/** Sessions that are resumed, from the client of the transport to the pretend remote, octet by octet as it is. */
import { TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { manualClock } from '../../server/clock.ts';
import type { TlsFacts } from '../../server/mail/session.ts';
import { pair } from '../../server/network/pair.ts';
import { type CertificateKind, pretendCertificates } from '../../server/network/pretend/certificates.ts';
import { encrypt } from '../../server/transport/tls.ts';
import { createTlsSessions } from '../../server/transport/tls-sessions.ts';

const HOST = 'mx.shop.test';

/** A connection to such a host: whether it was resumed, and what is known of it. */
function house() {
  const certificates = pretendCertificates(() => Date.now());
  const clock = manualClock();
  const sessions = createTlsSessions();
  async function meet(kind: CertificateKind = 'good', key = 'app shop.test', host = HOST): Promise<{ resumed: boolean; tls: TlsFacts }> {
    const [client, server] = pair();
    const secured = new TLSSocket(server as never, { isServer: true, secureContext: await certificates.context(kind, host) });
    secured.on('error', () => {});
    const { promise, resolve, reject } = Promise.withResolvers<{ stream: TLSSocket; tls: TlsFacts }>();
    encrypt(client, { name: host, shape: 'usual', memory: sessions.of(key, clock.now) }, (outcome) => ('failed' in outcome ? reject(new Error(outcome.failed)) : resolve(outcome as never)));
    const { stream, tls } = await promise;
    secured.write('hello');
    await once(stream, 'data'); // the ticket came before it
    const resumed = stream.isSessionReused();
    stream.destroy();
    secured.destroy();
    return { resumed, tls };
  }
  return { meet, clock, certificates };
}

test('who comes again resumes, and what was wrong with the certificate is still known', async () => {
  const { meet } = house();
  const [first, again] = [await meet('wrong-host'), await meet('wrong-host')];
  expect([first.resumed, again.resumed]).toEqual([false, true]);
  expect(first.tls.unverified).toBeDefined();
  expect(again.tls).toEqual(first.tls);
});

test('a host whose certificate has gone bad meanwhile has to show it, and so has one whose session is too old', async () => {
  const { meet, clock } = house();
  await meet();
  expect(await meet('expired')).toMatchObject({ resumed: false });
  expect(await meet('expired')).toMatchObject({ resumed: true });
  clock.advance(7_200_000);
  expect(await meet('expired')).toMatchObject({ resumed: false });
});

test('nobody resumes what was made for another destination', async () => {
  const { meet } = house();
  await meet();
  expect(await meet('good', 'other shop.test')).toMatchObject({ resumed: false });
  expect(await meet('good', 'app shop.test')).toMatchObject({ resumed: true });
});

test('a host that was forgotten among a thousand others is resumed all the same', async () => {
  const { meet, certificates } = house();
  const before = await certificates.context('good', HOST);
  await meet('good', 'app 0');
  for (let n = 0; n < 1_000; n++) await certificates.context('good', `mx${n}.shop.test`);
  expect(await certificates.context('good', HOST)).not.toBe(before);
  expect(await meet('good', 'app 0')).toMatchObject({ resumed: true });
});
