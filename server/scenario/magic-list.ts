/** The vocabulary of magic addresses for people to see: the rows of the parser's own table, and the names that other products gave theirs. */
import type { MagicList } from '../../sdk/contract.ts';
import { ALIASES } from './magic-aliases.ts';
import { MAGIC } from './magic-table.ts';

export const magicList = (): MagicList => ({
  rows: MAGIC.map(({ form, example, arguments: takes, stage, says }) => ({ form, example, arguments: takes, stage, says })),
  aliases: ALIASES.map(({ of, address, tag }) => ({ of, address, tag })),
});
