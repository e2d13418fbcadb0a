import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { postfix } from '../support/programs.ts';
import { live } from './live.ts';

const found = postfix();

test.skipIf(!found)('killed while delivering to a real Postfix: all that was accepted is in the maildir, twice only where it is marked', { timeout: 120_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-kill-live-'));
  try {
    const end = await live({ postfix: found!, dir, kills: 5, clients: 3, load: [300, 900] });
    expect(end.accepted).toBeGreaterThan(10);
    expect(end.letters).toBeGreaterThan(10);
    expect(end.byEvent['recipient.deferred']).toBeGreaterThan(0);
    expect(end.byEvent['recipient.bounced']).toBeGreaterThan(0);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
