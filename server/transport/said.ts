/** What was heard → the answer that is reported: codes taken off, the enhanced code found, as of a reply that somebody pasted. */
import { parseReply, type Reply, type Stage } from '../mail/reply.ts';
import type { Said } from './reply-reader.ts';

export const toReply = (said: Said, stage: Stage, host: string): Reply =>
  parseReply(said.lines.length === 1 ? said.lines[0]! : said.lines.join('\n'), { code: said.code, stage, host });
