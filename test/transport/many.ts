/** The plainest remote that there can be: it accepts all, as fast as it can, and counts. For measuring and for counting what is left behind. */
import { pair, type PairEnd } from '../../server/network/pair.ts';

export function accepting(extensions: string[]): { client: PairEnd; taken: () => number } {
  const [client, server] = pair();
  let taken = 0;
  let inBody = false;
  let rest = '';
  server.write('220 hi\r\n');
  server.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    let said = '';
    for (;;) {
      if (inBody) {
        const end = rest.indexOf('\r\n.\r\n');
        if (end < 0) break;
        rest = rest.slice(end + 5);
        inBody = false;
        taken++;
        said += '250 2.0.0 taken\r\n';
        continue;
      }
      const end = rest.indexOf('\r\n');
      if (end < 0) break;
      const verb = rest.slice(0, 4);
      rest = rest.slice(end + 2);
      if (verb === 'EHLO') said += `${['250-hi', ...extensions.map((one) => `250-${one}`)].join('\r\n')}\r\n250 8BITMIME\r\n`;
      else if (verb === 'DATA') {
        inBody = true;
        said += '354 go on\r\n';
      } else said += '250 2.1.0 ok\r\n';
    }
    if (said !== '') server.write(said, 'latin1');
  });
  server.on('end', () => server.end());
  return { client, taken: () => taken };
}
