/** Replies that mean the same whoever says them: asked when no rule of the provider's own is for the reply. */
import { MINUTE, perMinute, type ProfileRule } from './profile.ts';

const slowly = { act: { rate: perMinute(1), connections: 1 }, lasts: 90 * MINUTE } as const;

export const ANY_RULES: readonly ProfileRule[] = [
  {
    id: 'any.deferred', says: ['messages from ', ' temporarily deferred'], ...slowly,
    samples: ['421 4.7.0 Messages from 192.0.2.1 temporarily deferred due to user complaints'],
    others: ['451 4.7.1 Greylisting in action, message temporarily deferred', '451 Message temporarily deferred due to unresolvable RFC.5321 from domain.'],
  },
  {
    id: 'any.deferred-for-good', says: ['all messages from ', ' will be permanently deferred'], ...slowly,
    samples: ['421 4.7.1 All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.'],
    others: ['421 4.7.0 All messages from 192.0.2.1 are welcome again tomorrow'],
  },
  {
    id: 'any.reputation', says: ['has been temporarily rate limited due to ip reputation'], ...slowly,
    samples: ['451 4.7.650 The mail server [192.0.2.2] has been temporarily rate limited due to IP reputation.'],
    others: ['421 4.7.28 your email has been temporarily rate limited'],
  },
  {
    id: 'any.not-sent', says: ['unfortunately, messages from ', " weren't sent"], ...slowly,
    samples: ["550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider."],
    others: ['550 5.1.1 Unfortunately, there is no such mailbox'],
  },
  {
    id: 'any.busy', says: ['server busy. please try again later from'], ...slowly,
    samples: ['451 4.7.500 Server busy. Please try again later from [192.0.2.2]. (S77719)'],
    others: ['451 4.3.2 Server busy, please try again later'],
  },
];
