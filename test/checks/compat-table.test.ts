/**
 * server/inbox/checks/compat/caniemail.json is made from the npm package
 * caniemail (MIT), reduced to what is looked up: the newest tested version of
 * each client. After an update of the package: npx vitest run test/checks -u.
 */
import { rawData } from 'caniemail';
import { expect, test } from 'vitest';
import table from '../../server/inbox/checks/compat/caniemail.json' with { type: 'json' };

type Raw = {
  last_update_date: string;
  nicenames: { family: Record<string, string>; platform: Record<string, string> };
  data: { slug: string; title: string; category: string; stats: Record<string, Record<string, Record<string, string>>>; notes_by_num: Record<string, string> | null }[];
};
const raw = rawData as unknown as Raw;

/** Of the data (github.com/hteumeuleu/caniemail); it goes where they go. */
const LICENSE = `MIT License. Copyright (c) 2019 HTeuMeuLeu. Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Clients of which fewer features were tested say little. */
const TESTED = 200;

/** Versions are years (`2019`, `2020-04`) or numbers (`16.80`); where a client has both, numbers came later. */
function rank(version: string): number[] {
  return [/^20\d\d(-\d\d)?$/.test(version) ? 0 : 1, ...version.split(/[.-]/).map(Number)];
}
function newest(versions: Record<string, string>): string {
  const [last] = Object.keys(versions).sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    for (let i = 0; i < Math.max(x.length, y.length); i++) if ((x[i] ?? 0) !== (y[i] ?? 0)) return (y[i] ?? 0) - (x[i] ?? 0);
    return 0;
  });
  return versions[last!]!;
}

function makeTable() {
  const tested = new Map<string, number>();
  for (const { stats } of raw.data) for (const [family, platforms] of Object.entries(stats)) for (const platform of Object.keys(platforms)) tested.set(`${family}.${platform}`, (tested.get(`${family}.${platform}`) ?? 0) + 1);
  const clients = [...tested].filter(([, count]) => count >= TESTED).map(([id]) => id).sort();
  const features = raw.data.filter(({ category }) => category !== 'others').map(({ slug, title, category, stats, notes_by_num: texts }) => {
    const notes: Record<string, number[]> = {};
    const numbers = Object.keys(texts ?? {});
    const support = clients.map((id, index) => {
      const [family, platform] = id.split('.') as [string, string];
      const versions = stats[family]?.[platform];
      const said = versions ? newest(versions) : 'u';
      const noted = [...said.matchAll(/#(\d+)/g)].map(([, number]) => numbers.indexOf(number!)).filter((at) => at >= 0);
      if (noted.length > 0) notes[index] = noted;
      return said[0]!;
    }).join('');
    return { id: slug, title, category, support, notes, texts: numbers.map((number) => texts![number]!) };
  });
  return {
    source: 'https://www.caniemail.com',
    license: LICENSE,
    asOf: raw.last_update_date.slice(0, 10),
    clients: clients.map((id) => {
      const [family, platform] = id.split('.') as [string, string];
      return { id, family: raw.nicenames.family[family] ?? family, platform: raw.nicenames.platform[platform] ?? platform };
    }),
    features,
  };
}

/** One feature a line, so that an update can be read. */
function written({ features, clients, ...rest }: ReturnType<typeof makeTable>): string {
  const lines = (list: object[]) => list.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  return `${JSON.stringify(rest).slice(0, -1)},\n  "clients": [\n${lines(clients)}\n  ],\n  "features": [\n${lines(features)}\n  ]\n}\n`;
}

test('the table of what clients support is what the package caniemail says', async () => {
  await expect(written(makeTable())).toMatchFileSnapshot('../../server/inbox/checks/compat/caniemail.json');
});

test('of a client that is listed, most features were tested', () => {
  expect(table.clients.length).toBeGreaterThan(30);
  const untested = table.clients.filter((_, index) => table.features.filter(({ support }) => support[index] !== 'u').length < 150);
  expect(untested).toEqual([]);
});

test('the newest version of a client counts, not the first', () => {
  const macos = table.clients.findIndex(({ id }) => id === 'outlook.macos');
  expect(macos).toBeGreaterThanOrEqual(0);
  const gap = raw.data.find(({ slug }) => slug === 'css-display-grid')!.stats['outlook']!['macos']!;
  expect(table.features.find(({ id }) => id === 'css-display-grid')!.support[macos]).toBe(gap[newestKeyInText(gap)]![0]);
});

/** caniemail lists a client's versions oldest first; only whole numbers are moved to the front by JSON. */
const newestKeyInText = (versions: Record<string, string>) => Object.keys(versions).at(-1)!;
