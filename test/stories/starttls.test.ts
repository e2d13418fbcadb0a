/** What /v1/info says of STARTTLS is what a client meets on the port. */
import { expect, test } from 'vitest';
import type { Info } from '../../sdk/contract.ts';
import { connect } from '../../sdk/client.ts';
import type { Config } from '../../server/config.ts';
import { dial } from '../support/dialogue.ts';
import { running } from '../support/running.ts';

test.each<[Info['smtp']['tls'], Partial<Config>]>([
  ['off', { smtpStarttls: 'off' }],
  ['quiet', {}],
  ['named', { smtpStarttls: 'on' }],
  ['required', { smtpRequireTls: true }],
])('STARTTLS that is %s is told so, and is so', async (tls, settings) => {
  const house = await running(settings);
  const client = await dial(house.smtp);
  try {
    const { smtp } = await house.get<Info>('/v1/info');
    const named = /STARTTLS/.test(await client.say('EHLO client.test'));
    expect([smtp.tls, smtp.starttls]).toEqual([tls, named]);
    expect(await client.say('MAIL FROM:<ann@app.test>')).toMatch(tls === 'required' ? /^530 5\.7\.0/ : /^250/);
    await client.say('RSET');
    if (tls === 'off') await client.expect('STARTTLS', '502');
    else await client.startTls();
    await client.expect('EHLO client.test', '250');
    await client.expect('MAIL FROM:<ann@app.test>', '250');
    await using sandbox = await connect(house.http);
    expect(sandbox.smtp).toMatchObject({ tls, starttls: named });
  } finally {
    client.destroy();
    await house.close();
  }
});
