/** How octets get from a socket to the wire: into one buffer that all share, by way of what Node keeps inside. When a new Node changes that, this says so. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readPieces } from '../../server/admission/smtp/reading.ts';

/** A client and the server's end of its connection. */
async function pair(): Promise<{ client: Socket; socket: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return { client, socket };
}

/** As where Node keeps it differently: what was read before is still in the stream. */
const asElsewhere = (socket: Socket) => Object.defineProperty(socket, 'readableLength', { value: 1 });

test('on this Node the pieces do not come by data events', async () => {
  const { client, socket } = await pair();
  const heard: string[] = [];
  readPieces(socket, (piece) => heard.push(piece.toString()) > 0);
  expect(socket.listenerCount('data')).toBe(0);
  client.write('NOOP\r\n');
  await expect.poll(() => heard).toEqual(['NOOP\r\n']);
});

for (const [where, make] of [['on this Node', (socket: Socket) => socket], ['by data events', asElsewhere]] as const) {
  test(`${where}, what comes on two connections at once is heard on the right one`, async () => {
    const both = await Promise.all([pair(), pair()]);
    const heard = ['', ''];
    for (const [i, { socket }] of both.entries()) readPieces(make(socket), (piece) => (heard[i] += piece.toString()) !== '');
    for (let n = 0; n < 50; n++) for (const [i, { client }] of both.entries()) client.write(`${'ab'[i]!.repeat(n * 97)}.`);
    const sent = ['a', 'b'].map((letter) => Array.from({ length: 50 }, (_, n) => `${letter.repeat(n * 97)}.`).join(''));
    await expect.poll(() => heard).toEqual(sent);
  });

  test(`${where}, who has enough holds the client back, and nothing is lost or out of order`, async () => {
    const { client, socket } = await pair();
    const sent = randomBytes(20 * 1024 * 1024);
    const hash = createHash('sha256');
    let octets = 0;
    const ended = once(socket, 'end');
    readPieces(make(socket), (piece) => {
      hash.update(piece);
      octets += piece.length;
      return false;
    });
    client.end(sent);
    await expect.poll(() => octets).toBeGreaterThan(0);
    const held = octets;
    await new Promise((resolve) => setImmediate(resolve));
    expect(octets).toBe(held);
    expect(held).toBeLessThan(sent.length);
    while (octets < sent.length) {
      socket.resume();
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.resume();
    await ended;
    expect(hash.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
  });

  test(`${where}, the end of what a client sends is told`, async () => {
    const { client, socket } = await pair();
    readPieces(make(socket), () => true);
    const ended = once(socket, 'end');
    client.end('QUIT\r\n');
    await ended;
    socket.end('221 Bye\r\n');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe('221 Bye\r\n');
  });

  test(`${where}, nothing is heard after the stop`, async () => {
    const { client, socket } = await pair();
    const heard: string[] = [];
    const stop = readPieces(make(socket), (piece) => heard.push(piece.toString()) > 0);
    client.write('one');
    await expect.poll(() => heard).toEqual(['one']);
    stop();
    client.write('two');
    await new Promise<void>((resolve) => client.end(() => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(['one']);
  });
}
