import { expect, test } from 'vitest';
import { parseFlags, type Flags } from './sendmail-flags.ts';

const flags = (...args: string[]): Flags => {
  const parsed = parseFlags(args);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed.flags;
};

test.each([
  [['-t', '-i'], { fromHeader: true, dots: 'kept' }],
  [['-ti'], { fromHeader: true, dots: 'kept' }],
  [['-oi', 'a@b.test'], { dots: 'kept', recipients: ['a@b.test'] }],
  [['-O', 'IgnoreDots=True'], { dots: 'kept' }],
  [['-f', 'a@b.test'], { sender: 'a@b.test' }],
  [['-fa@b.test', 'c@d.test'], { sender: 'a@b.test', recipients: ['c@d.test'] }],
  [['-tif', '<a@b.test>'], { fromHeader: true, sender: 'a@b.test' }],
  [['-f', ''], { sender: '' }],
  [['-f', '<>'], { sender: '' }],
  [['-r', 'a@b.test', '-F', 'Ann A.'], { sender: 'a@b.test', fullName: 'Ann A.' }],
  [['-N', 'success,failure', '-R', 'hdrs', '-V', 'id-1'], { dsn: { notify: ['SUCCESS', 'FAILURE'], ret: 'HDRS', envid: 'id-1' } }],
  [['-bs'], { mode: 'smtp' }],
  [['-bm', '-B8BITMIME', '-oem', '-odb', '-o', '7', '-q', '-q15m', '-h', '3', '-p', 'ESMTP', '-G', '-U', '-n', '-m', '-v', 'x@y.test'], { mode: 'deliver', verbose: true, recipients: ['x@y.test'] }],
  [['-bp'], { mode: 'queue' }],
  [['-S', 'mail.test:1025', '-t'], { smtp: 'mail.test:1025' }],
  [['--smtp=mail.test:1025'], { smtp: 'mail.test:1025' }],
  [['--', '-odd@b.test'], { recipients: ['-odd@b.test'] }],
])('%j', (args, expected) => {
  expect(flags(...args)).toMatchObject(expected);
});

test.each([
  [['-Z'], 'there is no flag -Z'],
  [['-f'], '-f needs a value'],
  [['-bt'], '-bt is not done here'],
  [['-N', 'never,success'], '-N takes never, or some of'],
  [['-R', 'some'], '-R takes full or hdrs'],
])('%j is refused', (args, fault) => {
  expect(parseFlags(args)).toEqual({ fault: expect.stringContaining(fault) });
});
