import { storeCounts } from './store-telemetry.ts';
import { stores } from './stores.ts';

for (const [name, open] of stores()) storeCounts(name, open);
