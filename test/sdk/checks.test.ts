import { expect, onTestFinished, test } from 'vitest';
import { start } from '../../sdk/start.ts';

test('a test asks a message for its checks, and which clients support its HTML', async () => {
  const sandbox = await start();
  onTestFinished(() => sandbox[Symbol.asyncDispose]());
  const inbox = await sandbox.inbox();
  await sandbox.send({ from: 'shop@app.test', to: inbox.address, subject: 'Hello undefined', text: 'Hello', html: '<p style="display:flex">Hello</p>' });
  const message = await inbox.waitFor();
  expect((await message.checks()).find(({ id }) => id === 'leftovers')).toMatchObject({ verdict: 'fail', details: [{ text: 'Subject: undefined' }] });
  expect((await message.compat())!.features.map(({ id }) => id)).toContain('css-display-flex');
});
