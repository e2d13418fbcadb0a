import { expect, test } from 'vitest';
import type { Delivery, QueueView, ScenarioView, SuppressionPage } from '../../sdk/contract.ts';
import { chrome } from './browser.ts';
import { ask, RECIPIENTS, simulate, STREAM, submit, tried } from './simulated.ts';
import { items, row, stage, until } from './stage.ts';

const at = stage();
const { open } = at;
at.tidy(() => ask(at.house, 'DELETE', `/v1/streams/${STREAM}`).catch(() => {}));
const delivery = (id: string) => ask<Delivery>(at.house, 'GET', `/v1/messages/${id}/delivery`);

test.skipIf(!chrome)('a recipient\'s attempts are told in their own time, with the dialogue and the verdict, and moving that time tries it again', async () => {
  await simulate(at.house);
  const id = await submit(at.house, ['ann+fail2.451@site.test', 'ben@site.test']);
  await tried(at.house, id);
  const page = await open(`#/messages/${id}`);
  await page.getByRole('tab', { name: 'Delivery' }).click();
  const ann = page.getByRole('region', { name: 'ann+fail2.451@site.test' });
  await ann.getByText('deferred').first().waitFor();
  await ann.getByText('Why it waits').waitFor();
  await ann.locator('summary').first().click();
  await ann.getByText(/RCPT TO:<ann\+fail2\.451@site\.test>/).waitFor();
  await ann.getByText('server_error', { exact: false }).first().waitFor();
  await page.getByRole('group', { name: 'Time of this message alone' }).getByRole('button', { name: /To the next attempt/ }).click();
  await page.getByText(/1 attempt: 1 deferred/).waitFor();
  expect(await ann.locator('summary time').allInnerTexts()).toEqual([expect.stringMatching(/^\+\ds$/), expect.stringMatching(/^\+(1m|5\ds)/)]);
  await page.getByRole('button', { name: 'To the end' }).click();
  await ann.locator('header').getByText('delivered').waitFor();
  await page.getByText('Nothing waits.').waitFor();
  expect((await delivery(id)).tally).toEqual({ delivered: 2 });
});

test.skipIf(!chrome)('what waits is held and released, and given up only after being asked', async () => {
  await simulate(at.house);
  const id = await submit(at.house, 'ann+full@site.test');
  await tried(at.house, id);
  const page = await open(`#/messages/${id}/delivery`);
  const acts = page.getByRole('group', { name: 'All that wait' });
  await acts.getByRole('button', { name: 'Hold' }).click();
  await page.getByText('1 recipient held.').waitFor();
  await acts.getByRole('button', { name: 'Release' }).click();
  await page.getByText('1 recipient released.').waitFor();
  await acts.getByRole('button', { name: 'Give up …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep trying' }).click();
  expect((await delivery(id)).tally['cancelled']).toBeUndefined();
  await acts.getByRole('button', { name: 'Give up …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Give up', exact: true }).click();
  await page.getByRole('region', { name: 'ann+full@site.test' }).getByText('cancelled').first().waitFor();
  expect((await delivery(id)).tally).toEqual({ cancelled: 1 });
});

test.skipIf(!chrome)('the list marks what became of a message as it happens, and its stream\'s clock is moved above it', async () => {
  await simulate(at.house);
  const page = await open(`#/mail?stream=${STREAM}`);
  const id = await submit(at.house, 'ann+fail1.451@site.test', 'Watch this');
  await row(page, /Watch this/).getByText('deferred').waitFor();
  await page.getByRole('group', { name: `Time of the stream ${STREAM}` }).getByRole('button', { name: 'End' }).click();
  await row(page, /Watch this/).getByText('delivered').waitFor();
  expect((await delivery(id)).tally).toEqual({ delivered: 1 });
});

test.skipIf(!chrome)('the queue shows its sites, says why one is slow, and pauses and resumes it with a reason', async () => {
  await simulate(at.house);
  const id = await submit(at.house, ['ann+full@one.test', 'ben+full@two.test']);
  await tried(at.house, id);
  const page = await open('#/queue');
  await page.getByRole('main').getByRole('link', { name: STREAM }).click();
  const sites = page.getByRole('table', { name: 'Sites' });
  await sites.getByRole('button', { name: 'Details of one.test' }).waitFor();
  await page.getByRole('searchbox', { name: 'Filter sites' }).fill('two');
  await sites.getByRole('button', { name: 'Details of one.test' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Pause two.test' }).click();
  await page.getByLabel('Reason').fill('lunch');
  await page.getByLabel('For').fill('soon');
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('alert').getByText(/a span like 10m/).waitFor();
  await page.getByLabel('For').fill('10m');
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
  await sites.getByText(/paused for/).waitFor();
  await sites.getByRole('button', { name: 'Details of two.test' }).click();
  await sites.getByText(/Paused by a person for another .*: lunch/).waitFor();
  const view = await ask<QueueView>(at.house, 'GET', `/v1/queue?stream=${STREAM}`);
  expect(view.sites.find(({ site }) => site === 'two.test')?.pause).toMatchObject({ reason: 'lunch', by: 'person' });
  await sites.getByRole('button', { name: 'Resume two.test' }).click();
  await sites.getByText(/paused for/).waitFor({ state: 'detached' });
  await page.getByRole('img', { name: /([2-9]|\d{2,}) deferred/ }).first().waitFor();
});

test.skipIf(!chrome)('a stream is turned to simulate, given a rule by a form, tried without counting, and its hits are live', async () => {
  await ask(at.house, 'POST', '/v1/streams', { name: STREAM });
  const page = await open(`#/scenarios/${STREAM}`);
  await page.getByRole('radio', { name: /Simulate/ }).check();
  await page.getByRole('group', { name: `Time of the stream ${STREAM}` }).waitFor();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Recipient', { exact: true }).first().fill('*@full.test');
  await page.getByLabel('Code', { exact: true }).fill('99');
  await page.getByText('must be a whole number, 200 to 599').waitFor();
  await page.getByLabel('Code', { exact: true }).fill('452');
  await page.getByLabel('Enhanced code').fill('4.2.2');
  await page.getByLabel('Text', { exact: true }).fill('No room');
  await page.getByLabel('Always, unless').selectOption('times');
  await page.getByLabel('Times', { exact: true }).fill('3');
  const box = page.getByRole('region', { name: 'Try it' });
  await box.getByLabel('Recipient').fill('ann@full.test');
  await box.getByRole('button').click();
  await box.getByText('452 4.2.2 No room').waitFor();
  await box.getByText('mailbox_full').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/Saved/).waitFor();
  const view = await ask<ScenarioView>(at.house, 'GET', `/v1/streams/${STREAM}/scenario`);
  expect(view.scenario.rules).toEqual([{ when: { recipient: '*@full.test' }, what: { reply: { code: 452, enhanced: '4.2.2', text: 'No room' } }, often: { times: 3 } }]);
  expect(view.hits.every(({ hits }) => hits === 0)).toBe(true);
  await submit(at.house, 'ann@full.test');
  await page.getByText('1 hit').waitFor();
  at.here.complaints.length = 0; // the browser notes the 422
});

test.skipIf(!chrome)('rules are moved by the keyboard, removed and brought back, and the JSON says where it is wrong', async () => {
  await simulate(at.house);
  await ask(at.house, 'PUT', `/v1/streams/${STREAM}/scenario`, { rules: [{ id: 'one', what: { fault: 'reset' } }, { id: 'two', what: { says: 'full' } }] });
  const page = await open(`#/scenarios/${STREAM}`);
  await page.getByRole('button', { name: /^Move rule two/ }).focus();
  await page.keyboard.press('ArrowUp');
  await page.getByRole('button', { name: 'Move rule two, number 1; arrow up and down' }).waitFor();
  await page.getByRole('button', { name: /^Move rule two/ }).dragTo(page.getByRole('button', { name: 'Remove rule one' }), { targetPosition: { x: 4, y: 26 } });
  await page.getByRole('button', { name: 'Move rule two, number 2; arrow up and down' }).waitFor();
  await page.getByRole('button', { name: /^Move rule two/ }).press('ArrowUp');
  await page.getByRole('button', { name: 'Remove rule one' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('tab', { name: 'JSON' }).click();
  const area = page.getByLabel('The scenario as JSON');
  const text = await area.inputValue();
  expect((JSON.parse(text) as { rules: { id: string }[] }).rules.map(({ id }) => id)).toEqual(['two', 'one']);
  await area.fill(text.replace('"reset"', '"resett"'));
  await page.getByText(/line \d+/).waitFor();
  await page.getByText('rules.1.what.fault').waitFor();
  await area.fill('{ "rules": [');
  await page.getByText(/JSON|Unexpected|Expected/).first().waitFor();
  expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await area.fill(text);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/Saved/).waitFor();
  await page.getByRole('tab', { name: 'Personas' }).click();
  await page.getByRole('button', { name: /^Gmail/ }).click();
  await page.getByRole('button', { name: 'Copy to change' }).click();
  expect(await page.getByLabel('The scenario as JSON').inputValue()).toContain('"my-gmail"');
  await page.getByRole('tab', { name: 'Magic addresses' }).click();
  await page.getByRole('button', { name: 'Copy ann+ok@site.test' }).waitFor();
  at.here.complaints.length = 0; // the browser notes the 422s
});

test.skipIf(!chrome)('an address is suppressed, found, removed with a way back, and the list goes out and comes in as a file', async () => {
  const page = await open('#/suppressions');
  await page.getByText('No address is suppressed.').waitFor();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByLabel(/^Address, or @domain/).fill('ann@example.test');
  await page.getByLabel('Detail').fill('asked us to');
  await page.getByRole('button', { name: 'Suppress', exact: true }).click();
  await page.getByText('ann@example.test is suppressed.').waitFor();
  await page.locator('input[type=file]').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('address,reason\nben@example.test,complaint\ncleo@other.test,manual\n') });
  await page.getByText('2 read, 2 of them new.').waitFor();
  await page.getByRole('searchbox', { name: 'Search addresses' }).fill('example');
  await page.getByText('cleo@other.test').waitFor({ state: 'detached' });
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  expect((await saved).suggestedFilename()).toBe('suppressions.csv');
  await page.getByRole('button', { name: 'Remove ann@example.test' }).click();
  await page.getByRole('button', { name: 'Keep ann@example.test suppressed' }).click();
  await page.getByRole('button', { name: 'Remove ben@example.test' }).click();
  await page.goto(`${at.house.http}/#/queue`);
  const list = () => ask<SuppressionPage>(at.house, 'GET', '/v1/suppressions');
  const left = await until(list, ({ suppressions }) => suppressions.length === 2);
  expect(left.suppressions.map(({ address }) => address).toSorted()).toEqual(['ann@example.test', 'cleo@other.test']);
  for (const { address } of left.suppressions) await ask(at.house, 'DELETE', `/v1/suppressions?address=${address}`);
});

test.skipIf(!chrome)('every recipient of a message can be seen by its state', async () => {
  await simulate(at.house);
  await ask(at.house, 'POST', '/v1/suppressions', { address: 'gus@blocked.test', stream: STREAM });
  const id = await submit(at.house, [...RECIPIENTS.slice(3, 5), 'cleo+unknown@gone.test', 'gus@blocked.test']);
  await tried(at.house, id);
  const page = await open(`#/messages/${id}/delivery`);
  const states = page.getByRole('group', { name: 'Recipients by state' });
  await states.getByRole('button', { name: /suppressed/ }).click();
  expect(await page.getByRole('tabpanel').getByRole('region').count()).toBe(1);
  await page.getByRole('region', { name: 'gus@blocked.test' }).waitFor();
  await states.getByRole('button', { name: '4 recipients' }).click();
  await page.getByRole('region', { name: 'cleo+unknown@gone.test' }).getByText('invalid_recipient').first().waitFor();
});

test.skipIf(!chrome)('who deletes mail that is still to be delivered is asked first, by key, by button and of a whole list; what nobody waits for keeps its undo', async () => {
  await simulate(at.house);
  await tried(at.house, await submit(at.house, 'ben@site.test', 'Arrived'));
  const id = await submit(at.house, ['ann@site.test', 'cleo@site.test'], 'Tomorrow', { sendAt: '2099-01-01T00:00:00Z' });
  const page = await open(`#/mail?stream=${STREAM}`);
  await page.getByRole('checkbox', { name: 'Select Arrived' }).check();
  await page.keyboard.press('#');
  await row(page, /Arrived/).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  let sure = page.getByRole('dialog', { name: 'Delete 1 message?' });
  await row(page, /Tomorrow/).click();
  await page.keyboard.press('#');
  await sure.getByText('2 recipients still wait for delivery. Deleting cancels it. This cannot be undone.').waitFor();
  await sure.getByRole('button', { name: 'Keep' }).click();
  await page.getByRole('button', { name: 'Delete the message' }).click();
  await sure.getByText('Tomorrow').waitFor();
  await page.keyboard.press('Escape');
  await sure.waitFor({ state: 'detached' });
  await row(page, /Tomorrow/).waitFor();
  expect((await delivery(id)).tally).toEqual({ queued: 2 });
  await page.getByRole('checkbox', { name: 'Select everything listed' }).check();
  await page.getByRole('button', { name: 'Delete the selection' }).press('Enter');
  sure = page.getByRole('dialog', { name: 'Delete 2 messages?' });
  await sure.waitFor();
  const since = await submit(at.house, 'dora@site.test', 'Since', { sendAt: '2099-01-01T00:00:00Z' });
  await row(page, /Since/).waitFor();
  await sure.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
  await page.getByText('2 messages deleted.').first().waitFor();
  // The button is gone with the selection, and who has only keys is not back at the top of the page.
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  expect((await at.list()).map(({ id }) => id)).toEqual([since]);
  expect(await items(page).count()).toBe(1);
  expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
});

test.skipIf(!chrome)('a deletion whose question to the server gets no answer is called off without a keyboard, and another one begins', async () => {
  await simulate(at.house);
  await tried(at.house, await submit(at.house, 'ben@site.test', 'Arrived'));
  const page = await open(`#/mail?stream=${STREAM}`, { viewport: { width: 390, height: 800 } });
  await row(page, /Arrived/).click();
  await page.route('**/v1/messages/waiting*', () => {});
  await page.getByRole('button', { name: 'Delete the message' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.unroute('**/v1/messages/waiting*');
  await page.getByRole('button', { name: 'Delete the message' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await row(page, /Arrived/).waitFor();
  expect(await at.list()).toHaveLength(1);
});
