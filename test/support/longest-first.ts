/**
 * The order of the files of tests: those that take long begin first, so that
 * none of them is left to one process at the end while the others are idle.
 * Vitest knows how long they took only where it has run before.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Five seconds and more: about the longest first, and those with a browser by turns with others, so that no three browsers share two cores. */
const LONG = [
  'sdk/docs', 'sdk/playwright', 'sdk/docs-types', 'sdk/simulate',
  'e2e/access', 'durability/live', 'stories/queue-sharing', 'e2e/live', 'stories/limits', 'transport/wall', 'e2e/telemetry', 'durability/delivering',
  'stories/queue-life', 'e2e/mail', 'conformance/store-delivery', 'farm/postfix', 'e2e/simulate', 'durability/torture', 'transport/body', 'e2e/load',
  'outgoing/signing', 'durability/versions', 'e2e/sign-in', 'outgoing/copy', 'scenarios/docs', 'e2e/rooms', 'scenarios/stories', 'stories/gate-process',
  'live/limits', 'live/wall',
].map((name) => fileURLToPath(new URL(`../${name}.test.ts`, import.meta.url)));

for (const file of LONG) if (!existsSync(file)) throw new Error(`${file} is named in longest-first.ts and is no more`);

const rank = ({ moduleId }: TestSpecification): number => (LONG.includes(moduleId) ? LONG.indexOf(moduleId) : LONG.length);

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // The projects keep their turns.
    return (await super.sort(files)).sort((a, b) => a.project.name.localeCompare(b.project.name) || rank(a) - rank(b));
  }
}
