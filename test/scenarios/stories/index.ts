/** All stories, in the order of the pages. */
import type { Story } from '../story.ts';
import { afterwards } from './afterwards.ts';
import { aliases } from './aliases.ts';
import { classesWaiting } from './classes-waiting.ts';
import { classes } from './classes.ts';
import { counting } from './counting.ts';
import { dns } from './dns.ts';
import { faults } from './faults.ts';
import { gateways } from './gateways.ts';
import { personas } from './personas.ts';
import { smallerProviders } from './providers-smaller.ts';
import { providers } from './providers.ts';
import { replies } from './replies.ts';
import { rules } from './rules.ts';
import { time } from './time.ts';
import { tls } from './tls.ts';

export const STORIES: readonly Story[] = [
  ...replies, ...classes, ...classesWaiting, ...providers, ...smallerProviders, ...gateways, ...faults, ...dns, ...tls,
  ...time, ...counting, ...afterwards, ...aliases, ...rules, ...personas,
];
