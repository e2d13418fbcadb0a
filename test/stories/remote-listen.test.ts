/** The pretend remote on a port of its own: somebody else's mail server meets the same scenarios. */
import { expect, test } from 'vitest';
import { postfix } from '../support/programs.ts';
import { startPostfix } from '../support/postfix.ts';
import { running } from '../support/running.ts';

const found = postfix();

test.skipIf(!found)('Postfix relays to the pretend remote: greylisted, then delivered, as its own log says', async () => {
  const house = await running({ remoteListen: { host: '127.0.0.1', port: 0 } });
  const put = async (path: string, body: unknown, method = 'POST') => {
    const answer = await fetch(house.http + path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }); // oxlint-disable-line unicorn/no-invalid-fetch-options -- never a GET
    if (!answer.ok) throw new Error(await answer.text());
  };
  await put('/v1/streams/default/scenario', { rules: [{ id: 'grey', what: { reply: { code: 451, enhanced: '4.7.1', text: 'Greylisted for {retry}, {recipient}' } }, often: { greylist: { wait: '5m' } } }] }, 'PUT');
  const mta = await startPostfix(found!, house.running.addresses.remote!);
  try {
    await mta.send(['-f', 'app@app.test', 'ann@greylisting.test'], 'Subject: Through Postfix\n\nHello.\n');
    await expect.poll(mta.log, { timeout: 30_000 }).toMatch(/to=<ann@greylisting\.test>.* dsn=4\.7\.1, status=deferred \(host .* said: 451 4\.7\.1 Greylisted for .*, ann@greylisting\.test/);
    // Five minutes on the remote's clock; Postfix tries again when it is told to.
    await put('/v1/streams/default/clock/advance', { by: '5m' });
    await mta.flush();
    await expect.poll(mta.log, { timeout: 30_000 }).toMatch(/to=<ann@greylisting\.test>.* dsn=2\.\d\.\d, status=sent \(250 2\./);
    const { hits } = await house.get<{ hits: { id: string; hits: number }[] }>('/v1/streams/default/scenario');
    expect(hits.find(({ id }) => id === 'grey')?.hits).toBe(1);
    // It is a remote, not an inbox.
    expect((await house.get<{ messages: unknown[] }>('/v1/messages')).messages).toEqual([]);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${mta.log()}`, { cause: error });
  } finally {
    await mta.stop();
    await house.close();
  }
}, 90_000);
