import { expect, test } from 'vitest';
import { Whereabouts, type Bar } from './place.svelte.ts';

/** A history whose bar tells of each change twice, as browsers do. */
function history(...steps: string[]): { bar: Bar; steps: string[]; back(): void; type(hash: string): void } {
  let at = steps.length - 1;
  let tell = () => {};
  const told = () => {
    tell();
    tell();
  };
  const push = (hash: string) => void steps.splice(++at, Infinity, hash);
  return {
    steps,
    bar: { hash: () => steps[at]!, push, replace: (hash) => { steps[at] = hash; }, watch: (changed) => { tell = changed; return () => {}; } },
    back() { at--; told(); },
    type(hash) { push(hash); told(); },
  };
}

function draft(...steps: string[]) {
  const browser = history(...steps);
  const whereabouts = new Whereabouts(browser.bar);
  whereabouts.follow();
  const asked: string[] = [];
  let stays = true;
  whereabouts.stays = ({ at }) => {
    asked.push(at);
    return stays;
  };
  return { browser, whereabouts, asked, agree: () => { stays = false; } };
}

test('whoever has something to lose is asked once before another view is shown, and stays if they say so', () => {
  const { browser, whereabouts, asked, agree } = draft('#/queue', '#/scenarios/shop');
  whereabouts.go({ at: 'start' });
  expect([asked.splice(0), whereabouts.now.at, browser.bar.hash()]).toEqual([['start'], 'scenario', '#/scenarios/shop']);
  browser.back();
  expect([asked.splice(0), whereabouts.now.at, browser.steps]).toEqual([['queue'], 'scenario', ['#/queue', '#/scenarios/shop']]);
  browser.type('#/hooks');
  expect([asked.splice(0), whereabouts.now.at, browser.bar.hash()]).toEqual([['hooks'], 'scenario', '#/scenarios/shop']);
  agree();
  browser.back();
  expect([asked, whereabouts.now.at]).toEqual([['hooks'], 'hooks']);
});

test('a link that was asked about is followed without asking again; the next step asks anew', () => {
  const { browser, whereabouts, asked, agree } = draft('#/scenarios/shop');
  expect(whereabouts.follows('#/queue')).toBe(false);
  agree();
  expect(whereabouts.follows('#/queue')).toBe(true);
  browser.type('#/queue');
  expect([asked.splice(0), whereabouts.now.at]).toEqual([['queue', 'queue'], 'queue']);
  browser.back();
  expect([asked, whereabouts.now.at]).toEqual([['scenario'], 'scenario']);
});

test('what stays the same view asks nothing', () => {
  const { whereabouts, asked } = draft('#/live/shop');
  whereabouts.swap({ at: 'live', name: 'shop', tab: 'way' });
  whereabouts.go({ at: 'live', name: 'shop', tab: 'way' });
  expect([asked, whereabouts.now]).toEqual([[], { at: 'live', name: 'shop', tab: 'way' }]);
});
