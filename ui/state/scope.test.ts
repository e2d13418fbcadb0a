import { expect, test } from 'vitest';
import type { Message } from '../../sdk/contract.ts';
import { inScope } from './scope.ts';

const message = { stream: 'default', envelope: { from: '', to: ['Ann@x.test', 'root'] } } as Message;

test.each([
  [{}, true],
  [{ stream: 'default', inbox: 'ann@X.test' }, true],
  [{ stream: 'other' }, false],
  [{ inbox: '<ROOT>' }, true],
  [{ inbox: 'bob@x.test' }, false],
])('a message belongs to %j: %s', (scope, belongs) => {
  expect(inScope(scope, message)).toBe(belongs);
});
