/** `npm run docs`: writes the pages that are made from tables in the code. */
import { writeFileSync } from 'node:fs';
import { apiPage } from '../api/page.ts';
import { classifierPage } from './classifier-page.ts';
import { eventsPage } from './events-page.ts';
import { configurationPage } from './help.ts';
import { providersPage } from './providers-page.ts';

const page = (name: string, text: string) => writeFileSync(new URL(`../../docs/${name}`, import.meta.url), text);

page('configuration.md', configurationPage());
page('api.md', apiPage());
page('classifier.md', classifierPage());
page('events.md', eventsPage());
page('providers.md', providersPage());
