import { expect, test } from 'vitest';
import { CLASSES as CLASSES_OF_SERVER } from '../server/classify/classes.ts';
import { FAULTS as FAULTS_OF_SERVER, STAGES as STAGES_OF_SERVER } from '../server/mail/reply.ts';
import { checkWord, CLASSES, FAULTS, STAGES } from './vocabulary.ts';

test('the words are those of the server', () => {
  expect([...CLASSES]).toEqual(Object.keys(CLASSES_OF_SERVER));
  expect([...STAGES]).toEqual([...STAGES_OF_SERVER]);
  expect([...FAULTS]).toEqual([...FAULTS_OF_SERVER]);
});

test('a word that is none is named with the nearest that is one, or with all that there are', () => {
  expect(() => checkWord('class', 'mailbox_fll', CLASSES)).toThrow('There is no class "mailbox_fll"; did you mean mailbox_full?');
  expect(() => checkWord('class', 'nothing like it', CLASSES)).toThrow('There is no class "nothing like it"; they are invalid_recipient, inactive_recipient');
  expect(() => checkWord('class', 5 as never, CLASSES)).toThrow('There is no class 5; they are invalid_recipient');
  checkWord('class', 'tls', CLASSES);
  checkWord('class', undefined, CLASSES);
});
