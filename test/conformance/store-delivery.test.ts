import { storeDeletesRealMail } from './store-deleting.ts';
import { storeKeepsHooks } from './store-hooks.ts';
import { storeKeepsPromises } from './store-kept.ts';
import { storeDelivers } from './store-live.ts';
import { storeObeys } from './store-operations.ts';
import { storeOutlives } from './store-outliving.ts';
import { storeQueues } from './store-queue.ts';
import { storeSuppresses } from './store-suppressions.ts';
import { storeEndsOnce } from './store-terminal.ts';
import { storeTellsWhatWaits } from './store-waiting.ts';
import { stores } from './stores.ts';

const [inMemory, onDisk] = stores();
for (const [name, open] of [inMemory, onDisk]) {
  storeQueues(name, open);
  storeObeys(name, open);
  storeTellsWhatWaits(name, open);
  storeDelivers(name, open);
  storeDeletesRealMail(name, open);
  storeSuppresses(name, open);
  storeOutlives(name, open);
  storeKeepsPromises(name, open);
  storeKeepsHooks(name, open);
}
// On disk it would be the same statements, and half a minute.
storeEndsOnce(...inMemory);
