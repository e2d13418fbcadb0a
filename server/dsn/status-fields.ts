/**
 * The fields of message/delivery-status (RFC 3464 §2): a group for the
 * message, then one for each recipient. Lenient: comments in a Status, a
 * missing address type, groups run together, fields amid other text.
 */
import { findEnhanced, formatEnhanced } from '../mail/enhanced-status.ts';
import type { DsnAction } from './bounce.ts';

export type StatusGroup = {
  final?: string;
  original?: string;
  action?: DsnAction;
  status?: string;
  diagnostic?: string;
  remoteMta?: string;
};

export type StatusReport = { reportingMta?: string; envelopeId?: string; groups: StatusGroup[] };

/** A report on more is read so far. */
const GROUPS_LIMIT = 1_000;
const LINES_LIMIT = 20_000;
const DIAGNOSTIC_LIMIT = 4_000;

const FIELD = /^\s{0,4}([A-Za-z][A-Za-z-]{2,40})\s{0,4}:\s*(.*)$/;

export function readStatus(text: string): StatusReport {
  const report: StatusReport = { groups: [] };
  let group: StatusGroup = {};
  /** Fields of a group may be parted by empty lines; a recipient after one begins the next. */
  let parted = false;
  let folds = false;
  for (const line of text.split('\n', LINES_LIMIT)) {
    if (folds && /^[ \t]+\S/.test(line)) {
      if (group.diagnostic!.length < DIAGNOSTIC_LIMIT) group.diagnostic += `\n${line.trim()}`;
      continue;
    }
    folds = false;
    if (line.trim() === '') parted = true;
    const field = FIELD.exec(line);
    if (!field) continue;
    const name = field[1]!.toLowerCase();
    const value = field[2]!.trim();
    const known = group;
    const isRecipient = name === 'final-recipient' || name === 'original-recipient';
    const names = known.final !== undefined || known.original !== undefined;
    // Some mailers write the recipient last, so any field after an empty line may begin a group.
    if (parted && names && (isRecipient || known.status !== undefined)) group = {};
    else if (isRecipient && (name === 'final-recipient' ? known.final : known.original) !== undefined) group = {};
    parted = false;
    switch (name) {
      case 'reporting-mta': report.reportingMta ??= typed(value); break;
      case 'original-envelope-id': report.envelopeId ??= value; break;
      case 'original-recipient': group.original = addressOf(value); break;
      case 'final-recipient': group.final = addressOf(value); break;
      case 'x-actual-recipient': group.original ??= addressOf(value); break;
      case 'action': {
        const action = ACTIONS[/^[a-z]+/i.exec(value)?.[0]?.toLowerCase() ?? ''];
        if (action) group.action ??= action;
        break;
      }
      case 'status': {
        const status = findEnhanced(value);
        if (status) group.status ??= formatEnhanced(status);
        // "4.0.0 (host name lookup failure)": a diagnosis where there is no other.
        const comment = /\(([^()]{4,400})\)/.exec(value)?.[1];
        if (comment) group.diagnostic ??= comment;
        break;
      }
      case 'diagnostic-code':
        group.diagnostic = typed(value);
        folds = true;
        break;
      case 'remote-mta': group.remoteMta ??= typed(value); break;
    }
    if ((group.final !== undefined || group.original !== undefined) && report.groups.at(-1) !== group && report.groups.length < GROUPS_LIMIT) report.groups.push(group);
  }
  return report;
}

/** As RFC 3464 §2.3.3 has them, and as some write them. */
const ACTIONS: Record<string, DsnAction | undefined> = { failed: 'failed', failure: 'failed', fail: 'failed', delayed: 'delayed', delivered: 'delivered', deliverable: 'delivered', relayed: 'relayed', expanded: 'expanded', expand: 'expanded' };

/** `rfc822; a@b.test`, `smtp; 550 …`, `dns; mx.test`: what stands behind the type. */
const typed = (value: string): string => value.replace(/^[\w-]{1,20}\s{0,4};\s*/, '').trim();

export function addressOf(value: string): string {
  // `<@relay.test:a@b.test>` is a source route (RFC 5321 §4.1.2): what stands behind it counts.
  const bare = typed(value).replace(/^.{0,200}<([^<>]{1,300})>.*$/, '$1').replace(/^<|>$/g, '').replace(/^@[^:\s]{1,255}:/, '').trim();
  return (bare.split(/\s/)[0] ?? '').replace(/^["']|["';,]+$/g, '');
}
