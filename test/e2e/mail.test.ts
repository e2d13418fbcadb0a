import { expect, test } from 'vitest';
import type { Message, MessageDetail } from '../../sdk/contract.ts';
import { invitation, invoice, newsletter, plain, reset, send, welcome } from './mails.ts';
import { items, row, stage, until } from './stage.ts';
import { chrome } from './browser.ts';

const at = stage();
const { open, list } = at;

test.skipIf(!chrome)('an empty sandbox shows its settings, and the first message takes their place by itself', async () => {
  const page = await open();
  await page.getByRole('heading', { name: 'Waiting for the first message' }).waitFor();
  await page.getByText('Everything it sends is kept, and nothing leaves this machine.').waitFor();
  expect(await page.getByRole('main').innerText()).toContain(String(at.house.smtp.port));
  for (const name of ['nodemailer', 'Python', 'Django', 'Rails', 'Laravel', 'Spring', 'Go', 'sendmail']) {
    await page.getByRole('tab', { name, exact: true }).click();
    expect(await page.getByRole('tabpanel').innerText()).toContain(String(at.house.smtp.port));
  }
  await send(at.house.smtp, [welcome]);
  await row(page, /Welcome to Larkspur/).waitFor();
});

test.skipIf(!chrome)('mail arrives live, newest first, with its attachments, and opening it marks it read', async () => {
  await send(at.house.smtp, [plain(1)]);
  const page = await open();
  await row(page, /Build 1001/).waitFor();
  await send(at.house.smtp, [invoice]);
  await row(page, /Invoice 2026-1184/).waitFor();
  expect(await items(page).first().innerText()).toContain('Invoice 2026-1184');
  await items(page).first().getByTitle('2 attached').waitFor();
  await row(page, /Invoice 2026-1184/).click();
  await page.getByRole('heading', { name: 'Invoice 2026-1184 for November' }).waitFor();
  await page.frameLocator('iframe').getByText('249.00 EUR').waitFor();
  const all = await until(list, (messages) => messages.some(({ read }) => read));
  expect(all.map(({ subject, read }) => ({ subject: subject.slice(0, 7), read }))).toEqual([{ subject: 'Invoice', read: true }, { subject: 'Build 1', read: false }]);
  await page.waitForFunction(() => document.title.startsWith('(1) Invoice 2026-1184'));
});

test.skipIf(!chrome)('a search narrows the list, an unknown operator is answered in place, and a suggestion completes it', async () => {
  await send(at.house.smtp, [welcome, invoice, reset]);
  const page = await open();
  await row(page, /Welcome/).waitFor();
  await page.keyboard.press('/');
  const search = page.getByRole('combobox', { name: 'Search mail' });
  await page.keyboard.type('has:att');
  await page.getByRole('option', { name: /attachment/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await row(page, /Welcome/).waitFor({ state: 'detached' });
  expect(await items(page).count()).toBe(1);
  expect(page.url()).toContain('q=has%3Aattachment');
  at.here.complaints.length = 0;
  await search.fill('sender:ann');
  await search.press('Enter');
  await page.getByRole('alert').getByText(/no operator "sender:".*from:/).waitFor();
  expect(await search.getAttribute('aria-invalid')).toBe('true');
  at.here.complaints.length = 0; // the browser notes the 400
  await search.fill('');
  await search.press('Enter');
  await row(page, /Welcome/).waitFor();
});

test.skipIf(!chrome)('the mail is shown at the width of a phone, a tablet and the whole pane', async () => {
  await send(at.house.smtp, [welcome]);
  const [message] = await list();
  const page = await open(`#/messages/${message!.id}`);
  const frame = page.locator('iframe');
  await page.frameLocator('iframe').getByText('Hello Ann').waitFor();
  await page.getByRole('button', { name: /^Phone/ }).click();
  expect((await frame.boundingBox())!.width).toBe(375);
  await page.getByRole('button', { name: /^Tablet/ }).click();
  expect((await frame.boundingBox())!.width).toBe(768);
  await page.getByRole('button', { name: /^Full/ }).click();
  expect((await frame.boundingBox())!.width).toBeGreaterThan(768);
});

test.skipIf(!chrome)('the mail is shown light or dark as one likes, whatever the theme around it is', async () => {
  await send(at.house.smtp, [welcome]);
  const page = await open(`#/messages/${(await list())[0]!.id}`, { colorScheme: null }); // an emulated one would reach into the frame
  const ground = () => page.frameLocator('iframe').locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
  expect(await ground()).toBe('rgb(244, 244, 242)');
  await page.getByRole('button', { name: /^Dark, as/ }).click();
  await expect.poll(ground).toBe('rgb(22, 22, 21)');
  await page.getByRole('button', { name: 'Light', exact: true }).click();
  await expect.poll(ground).toBe('rgb(244, 244, 242)');
});

test.skipIf(!chrome)('an invitation says when, and how often it comes back', async () => {
  await send(at.house.smtp, [invitation]);
  const [message] = await list();
  const page = await open(`#/messages/${message!.id}`);
  await page.getByRole('button', { name: /^Planting plan · .*2026.* · Every 2 weeks on Thursday, 6 times, except on 1 date · Greenhouse 2$/ }).click();
  await page.getByText('Every 2 weeks on Thursday, 6 times, except on 1 date', { exact: true }).waitFor();
  expect((await at.house.get<MessageDetail>(`/v1/messages/${message!.id}`)).calendar[0]!.recurrence).toEqual({ rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;COUNT=6', freq: 'WEEKLY', interval: 2, byDay: ['TH'], count: 6, excluded: 1 });
});

test.skipIf(!chrome)('an invitation that cannot be shown is not left out in silence', async () => {
  await send(at.house.smtp, [invitation]);
  const [message] = await list();
  const page = await open();
  await page.route(/assets\/(Events|Invitation)/, (route) => route.abort());
  await page.evaluate((id) => { location.hash = `#/messages/${id}/files`; }, message!.id);
  await page.getByRole('alert').getByText('This part could not be loaded').waitFor();
  expect(at.here.complaints.splice(0)).not.toEqual([]);
});

test.skipIf(!chrome)('one click copies the one-time code', async () => {
  await send(at.house.smtp, [reset]);
  const [message] = await list();
  const page = await open(`#/messages/${message!.id}`, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('button', { name: 'Copy the code 482913' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('482913');
});

test.skipIf(!chrome)('a deleted message can be brought back, and is only deleted when nobody does', async () => {
  await send(at.house.smtp, [welcome, invoice, reset]);
  const page = await open();
  await row(page, /Invoice/).waitFor();
  await page.getByRole('checkbox', { name: 'Select Invoice' }).check();
  await page.getByRole('checkbox', { name: 'Select Welcome' }).check();
  await page.getByRole('button', { name: 'Delete the selection' }).click();
  await row(page, /Invoice/).waitFor({ state: 'detached' });
  expect(await list()).toHaveLength(3);
  await page.getByRole('button', { name: 'Undo' }).click();
  await row(page, /Invoice/).waitFor();
  expect(await items(page).allInnerTexts()).toEqual([expect.stringContaining('482913'), expect.stringContaining('Invoice'), expect.stringContaining('Welcome')]);
  await row(page, /Invoice/).focus();
  await page.getByRole('checkbox', { name: 'Select Invoice' }).check();
  await page.keyboard.press('#');
  await row(page, /Invoice/).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Delete now' }).click();
  const left = await until(list, (messages) => messages.length < 3);
  expect(left.map(({ subject }) => subject)).toEqual([reset.subject, welcome.subject]);
});

test.skipIf(!chrome)('leaving the page sends a deletion that was held', async () => {
  await send(at.house.smtp, [welcome, reset]);
  const page = await open();
  await row(page, /Welcome/).click();
  await page.getByRole('button', { name: 'Delete the message' }).click();
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await page.goto('about:blank');
  expect((await until(list, (messages) => messages.length < 2)).map(({ subject }) => subject)).toEqual([reset.subject]);
});

test.skipIf(!chrome)('leaving the page with a selection held for deletion deletes all of it', async () => {
  await send(at.house.smtp, [...Array.from({ length: 9 }, (_, i) => plain(i)), welcome]);
  const page = await open();
  await row(page, /Welcome/).waitFor();
  for (let i = 1; i <= 9; i++) await page.getByRole('checkbox').nth(i + 1).click();
  await page.keyboard.press('#');
  await page.getByText('9 messages deleted').first().waitFor();
  await page.goto('about:blank');
  expect((await until(list, (messages) => messages.length < 10)).map(({ subject }) => subject)).toEqual([welcome.subject]);
});

test.skipIf(!chrome)('everything in a search is deleted in one go, but not what it does not find', async () => {
  await send(at.house.smtp, [...Array.from({ length: 12 }, (_, i) => plain(i)), welcome]);
  const page = await open('#/mail?q=subject:build');
  await row(page, /Build 1011/).waitFor();
  await page.getByRole('checkbox', { name: 'Select everything listed' }).check();
  await page.keyboard.press('#');
  await page.getByText('Nothing matches').waitFor();
  await page.getByRole('button', { name: 'Delete now' }).click();
  expect((await until(list, (messages) => messages.length < 13)).map(({ subject }) => subject)).toEqual([welcome.subject]);
});

test.skipIf(!chrome)('every view has an address of its own, and back goes back', async () => {
  await send(at.house.smtp, [welcome, invitation]);
  const [latest] = await list();
  const page = await open(`#/messages/${latest!.id}/envelope`);
  await page.getByText('Bcc: in no header').waitFor();
  await page.getByText('another domain than From').waitFor();
  expect(await page.getByRole('tab', { name: /Envelope/ }).getAttribute('aria-selected')).toBe('true');
  await page.getByText('RCPT TO:<audit@northwind.test>').waitFor();
  await row(page, /Welcome/).click();
  await page.getByRole('heading', { name: 'Welcome to Larkspur, Ann' }).waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Event log' }).click();
  await page.getByRole('heading', { name: 'Event log' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Welcome to Larkspur, Ann' }).waitFor();
  await page.goBack();
  await page.getByText('Bcc: in no header').waitFor();
  await page.reload();
  await page.getByText('Bcc: in no header').waitFor();
  at.here.complaints.length = 0; // the event stream that the reload cut
});

test.skipIf(!chrome)('mail is read, moved through, selected and deleted by keyboard alone', async () => {
  await send(at.house.smtp, [plain(1), plain(2), plain(3)]);
  const page = await open();
  await row(page, /Build 1003/).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.waitForFunction(() => document.activeElement?.textContent?.includes('Build 1002'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Build 1002 passed on main' }).waitFor();
  await page.keyboard.press('j');
  await page.getByRole('heading', { name: 'Build 1001 passed on main' }).waitFor();
  await page.keyboard.press('u');
  await until(list, (messages) => messages.find(({ subject }) => subject.includes('1001'))?.read === false);
  await page.keyboard.press('Escape');
  await page.getByText('No message is open').waitFor();
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page.keyboard.press('#');
  await row(page, /Build 1001/).waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys and search' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Command' }).waitFor();
  await page.keyboard.type('strms');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Streams', level: 1 }).waitFor();
  expect(page.url()).toMatch(/#\/streams$/);
});

test.skipIf(!chrome)('a message opened by its address is in sight in the list, and Shift with x selects the run to it', async () => {
  await send(at.house.smtp, Array.from({ length: 60 }, (_, i) => plain(i)));
  const deep = (await list()).find(({ subject }) => subject.includes('1010'))!;
  const page = await open(`#/messages/${deep.id}`);
  await row(page, /Build 1010/).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  for (let n = 0; n < 3; n++) await page.keyboard.press('k');
  await page.keyboard.press('Shift+X');
  await page.getByText('4 selected').waitFor();
  expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(4);
});

test.skipIf(!chrome)('a long subject and many recipients leave the tabs in sight, and are shown whole when asked for', async () => {
  const to = Array.from({ length: 30 }, (_, i) => `person-${i}@long.example.test`);
  await send(at.house.smtp, [{ ...plain(1), to, subject: 'A subject that goes on and on '.repeat(20) }]);
  const page = await open(`#/messages/${(await list())[0]!.id}`, { viewport: { width: 375, height: 740 } });
  const tab = page.getByRole('tab', { name: 'Text' });
  const inSight = () => tab.evaluate((one) => {
    const { left, top, bottom } = one.getBoundingClientRect();
    return one.contains(document.elementFromPoint(left + 5, top + 2)) && one.contains(document.elementFromPoint(left + 5, bottom - 4));
  });
  await page.getByText('person-0@long.example.test', { exact: false }).last().waitFor();
  expect(await inSight()).toBe(true);
  await page.getByRole('button', { name: 'Whole subject' }).click();
  await page.getByRole('button', { name: 'and 24 others' }).click();
  await page.getByText(/person-29@long\.example\.test/).last().waitFor();
  expect(await inSight()).toBe(true);
});

test.skipIf(!chrome)('mail is grouped by recipient, with what is unread', async () => {
  await send(at.house.smtp, [plain(1, 'a@x.test'), plain(2, 'a@x.test'), plain(3, 'b@x.test')]);
  const page = await open('#/inboxes');
  await page.getByRole('link', { name: /a@x\.test.*2 unread/ }).click();
  await row(page, /Build 1002/).waitFor();
  expect(await items(page).count()).toBe(2);
  await send(at.house.smtp, [plain(4, 'b@x.test'), plain(5, 'a@x.test')]);
  await row(page, /Build 1005/).waitFor();
  expect(await items(page).count()).toBe(3);
});

test.skipIf(!chrome)('source, headers, attachments and checks each show what they are for', async () => {
  await send(at.house.smtp, [newsletter, invoice]);
  const messages = await list();
  const invoiceId = messages[0]!.id;
  const page = await open(`#/messages/${invoiceId}/source`);
  await page.getByRole('region', { name: 'Source' }).getByText('multipart/mixed').waitFor();
  await page.getByRole('searchbox', { name: 'Find in the source' }).fill('application/pdf');
  await page.getByText(/^line \d+$/).waitFor();
  await page.getByRole('tab', { name: /Files/ }).click();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save invoice-2026-1184.pdf' }).click();
  expect((await saved).suggestedFilename()).toBe('invoice-2026-1184.pdf');
  await page.getByRole('button', { name: 'Show seats.csv' }).click();
  await page.getByRole('dialog').getByText('2,Ben').waitFor();
  await page.keyboard.press('Escape');
  await row(page, /Six bulbs/).click();
  await page.getByRole('tab', { name: 'Headers' }).click();
  await page.getByRole('row', { name: /X-Campaign stem-47/i }).waitFor();
  await page.getByRole('tab', { name: 'Checks' }).click();
  await page.getByText('Not encrypted (http): http://stem.larkspur.test/47').waitFor();
  await page.getByText('@media (prefers-color-scheme)', { exact: true }).click();
  await page.getByText(/Missing in/).first().waitFor();
});

test.skipIf(!chrome)('tags are added and taken away, and a search finds them', async () => {
  await send(at.house.smtp, [welcome]);
  const [message] = await list();
  const page = await open(`#/messages/${message!.id}`);
  await page.getByRole('button', { name: 'Add a tag' }).click();
  await page.keyboard.type('keep');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'keep', exact: true }).click();
  await row(page, /Welcome/).waitFor();
  expect((await at.house.get<MessageDetail>(`/v1/messages/${message!.id}`)).tags).toEqual(['keep']);
  await row(page, /Welcome/).click();
  await page.getByRole('button', { name: 'Remove the tag keep' }).click();
  await until(list, ([one]) => (one as Message).tags.length === 0);
});
