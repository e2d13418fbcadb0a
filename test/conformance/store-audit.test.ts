import { storeWritesDown } from './store-audit.ts';
import { stores } from './stores.ts';

for (const [name, open] of stores()) storeWritesDown(name, open);
