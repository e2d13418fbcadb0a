import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOf, LIVE_TABS, placeOf, strayOf, TABS, TELEMETRY_ASKED, type Place } from './route.ts';

test('every place has an address that leads back to it', () => {
  const text = fc.string({ minLength: 1 }).filter((one) => one.isWellFormed());
  const scope = fc.record({ stream: text, inbox: text, q: text }, { requiredKeys: [] });
  // A name of dots alone would be taken as one; ids and stream names are none.
  const name = fc.string({ minLength: 1 }).filter((one) => one.isWellFormed());
  const place: fc.Arbitrary<Place> = fc.oneof(
    scope.map((s) => ({ at: 'mail' as const, scope: s })),
    fc.tuple(scope, name).map(([s, message]) => ({ at: 'mail' as const, scope: s, message })),
    fc.tuple(scope, name, fc.constantFrom(...TABS)).map(([s, message, tab]) => ({ at: 'mail' as const, scope: s, message, tab })),
    scope.map((s) => ({ at: 'inboxes' as const, scope: s })),
    fc.constant({ at: 'streams' as const }), name.map((one) => ({ at: 'streams' as const, name: one })),
    text.map((stream) => ({ at: 'queue' as const, scope: { stream } })), scope.map((s) => ({ at: 'suppressions' as const, scope: s })),
    fc.constant({ at: 'live' as const }), name.map((one) => ({ at: 'live' as const, name: one })), fc.tuple(name, fc.constantFrom(...LIVE_TABS)).map(([one, tab]) => ({ at: 'live' as const, name: one, tab })),
    fc.record(Object.fromEntries(TELEMETRY_ASKED.map((one) => [one, text])), { requiredKeys: [] }).map((asked) => ({ at: 'telemetry' as const, asked })),
    fc.constant({ at: 'scenario' as const }), name.map((one) => ({ at: 'scenario' as const, name: one })),
    fc.constant({ at: 'hooks' as const }), name.map((one) => ({ at: 'hooks' as const, name: one })), fc.tuple(name, name).map(([one, hook]) => ({ at: 'hooks' as const, name: one, hook })),
    fc.constant({ at: 'log' as const }), fc.constant({ at: 'start' as const }),
  );
  fc.assert(fc.property(place, (one) => {
    expect(placeOf(hashOf(one))).toEqual(one);
  }));
});

test('whatever stands behind # is a place', () => {
  fc.assert(fc.property(fc.string(), (hash) => {
    expect(['mail', 'inboxes', 'streams', 'live', 'queue', 'telemetry', 'scenario', 'suppressions', 'hooks', 'log', 'start']).toContain(placeOf(`#${hash}`).at);
  }));
});

test('an address that names no view is told from one that does', () => {
  expect(['#/nonsense/x', '#/nonsense?q=x', 'nonsense'].map(strayOf)).toEqual(['nonsense', 'nonsense', 'nonsense']);
  expect(['', '#', '#/', '#/?q=x', '#/mail', '#/messages/1/html', '#/inboxes', '#/streams', '#/live', '#/queue', '#/telemetry', '#/scenarios/a', '#/suppressions', '#/hooks', '#/events', '#/start'].map(strayOf).filter(Boolean)).toEqual([]);
});

test('the address that the SDK writes opens the message', () => {
  expect(placeOf('#/messages/01M7XZYPM7ACMN53HGTFHNFRP4')).toEqual({ at: 'mail', scope: {}, message: '01M7XZYPM7ACMN53HGTFHNFRP4' });
});
