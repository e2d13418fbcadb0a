import { expect, test } from 'vitest';
import { CLASSES as OF_SERVER } from '../server/classify/classes.ts';
import { checkClass, CLASSES } from './classes.ts';

test('the classes are those of the classifier', () => {
  expect([...CLASSES]).toEqual(Object.keys(OF_SERVER));
});

test('a class that is none is named, unless the server knows it', () => {
  expect(() => checkClass('mailbox_fll', ['mailbox_full'])).toThrow('There is no class "mailbox_fll"; they are invalid_recipient, inactive_recipient');
  checkClass('of_next_year', ['of_next_year']);
  checkClass('tls', []);
  checkClass(undefined, []);
});
