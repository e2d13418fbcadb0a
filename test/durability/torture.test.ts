import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rounds } from './rounds.ts';

test('what got its 250 survives SIGKILL under load: once, byte by byte', { timeout: 60_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'postern-kill-'));
  try {
    const end = await rounds({ dir, kills: 3, clients: 8, load: [150, 400] });
    expect(end.kept).toBeGreaterThan(10);
    expect(end.there).toBeGreaterThanOrEqual(end.kept);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
