import { storeKeepsMail } from './store-mail.ts';
import { storeTakesIn } from './store.ts';
import { stores } from './stores.ts';

for (const [name, open] of stores()) {
  storeTakesIn(name, open);
  storeKeepsMail(name, open);
}
