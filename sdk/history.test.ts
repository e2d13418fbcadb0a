import { expect, test } from 'vitest';
import { deliveryOf } from '../test/support/delivery.ts';
import { after, tellHistory } from './history.ts';

test.each([[0, '+0s'], [900, '+1s'], [61_000, '+1m 1s'], [3_600_000, '+1h'], [3_660_000, '+1h 1m'], [86_400_000 * 3, '+3d'], [90_061_000, '+1d 1h'], [-5_000, '-5s']])('%d ms is %s', (ms, text) => {
  expect(after(ms)).toBe(text);
});

test('a history is a table: when, where, what was said, what it was taken for, what comes next', () => {
  const delivery = deliveryOf([{ address: 'ann@x.test', attempts: [{ after: 0, code: 452, class: 'mailbox_full' }, { after: 60_000, code: 452, class: 'mailbox_full' }, { after: 180_000, code: 250 }] }]);
  expect(tellHistory(delivery)).toBe([
    'ann@x.test: delivered',
    '  time  stage  reply            verdict                             next',
    '  +0s   rcpt   452 Said at 0    deferred: mailbox_full, rule-of-it  +1m',
    '  +1m   rcpt   452 Said at 60   deferred: mailbox_full, rule-of-it  +3m',
    '  +3m   body   250 Said at 180  delivered',
  ].join('\n'));
});

test('what was never tried, only captured, or came back is told, too', () => {
  expect(tellHistory(deliveryOf([]))).toMatch(/only captured.*mode simulate/);
  expect(tellHistory(deliveryOf([{ address: 'ann@x.test', state: 'suppressed', attempts: [] }]))).toMatch(/^ann@x\.test: suppressed, never tried/);
  const back = deliveryOf([{ address: 'ann@x.test', attempts: [{ after: 0, code: 250 }] }], [{ type: 'bounce', recipient: 'ann@x.test', class: 'invalid_recipient', diagnostic: '550 5.1.1\nUnknown' }]);
  expect(tellHistory(back)).toMatch(/came back: bounce for ann@x\.test \(invalid_recipient\): 550 5\.1\.1 Unknown$/);
});

test('a long history shows its beginning and its end', () => {
  const attempts = Array.from({ length: 60 }, (_, n) => ({ after: n * 3_600_000, code: 451 }));
  const told = tellHistory(deliveryOf([{ address: 'ann@x.test', state: 'deferred', attempts }])).split('\n');
  expect(told.length).toBeLessThan(30);
  expect(told.join('\n')).toMatch(/\+0s[^]*… 40 more[^]*\+2d 11h/);
});

test('many recipients are cut, and one can be looked at alone', () => {
  const delivery = deliveryOf(Array.from({ length: 25 }, (_, n) => ({ address: `u${n}@x.test`, attempts: [{ after: 0, code: 250 }] })));
  expect(tellHistory(delivery)).toMatch(/… and 15 more recipients$/);
  expect(tellHistory(delivery, 'U24@x.test').split('\n')[0]).toBe('u24@x.test: delivered');
});
