import { expect, test } from 'vitest';
import { CLASSES as CLASSES_OF_SERVER } from '../server/classify/classes.ts';
import { FAULTS as FAULTS_OF_SERVER, STAGES as STAGES_OF_SERVER } from '../server/mail/reply.ts';
import { checkWord, CLASSES, FAULTS, STAGES } from './vocabulary.ts';

test('the words are those of the server', () => {
  expect([...CLASSES]).toEqual(Object.keys(CLASSES_OF_SERVER));
  expect([...STAGES]).toEqual([...STAGES_OF_SERVER]);
  expect([...FAULTS]).toEqual([...FAULTS_OF_SERVER]);
});

test('a word that is none is named with the nearest that is one, unless the server knows it', () => {
  expect(() => checkWord('class', 'mailbox_fll', CLASSES, ['mailbox_full'])).toThrow('There is no class "mailbox_fll"; did you mean mailbox_full?');
  expect(() => checkWord('class', 'nothing like it', CLASSES)).toThrow('There is no class "nothing like it"; they are invalid_recipient, inactive_recipient');
  checkWord('class', 'of_next_year', CLASSES, ['of_next_year']);
  checkWord('class', 'tls', CLASSES);
  checkWord('class', undefined, CLASSES);
});
