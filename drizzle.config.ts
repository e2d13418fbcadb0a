/** For drizzle-kit: `npx drizzle-kit generate` writes the next migration of the SQLite store from its schema. */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: './server/store/sqlite/schema.ts',
  out: './drizzle/sqlite',
});
