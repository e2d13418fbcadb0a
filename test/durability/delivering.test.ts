import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { delivering } from './delivering.ts';

test('killed while delivering, the remote\'s record and ours agree: nothing lost, one end for each recipient, duplicates marked', { timeout: 90_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-kill-delivery-'));
  try {
    const end = await delivering({ dir, kills: 3, clients: 6, load: [300, 700] });
    expect(end.accepted).toBeGreaterThan(10);
    expect(end.byEvent['recipient.delivered']).toBeGreaterThan(10);
    expect(end.byEvent['recipient.bounced']).toBeGreaterThan(0);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
