import { expect, test } from 'vitest';
import { Session, type Drawer } from './session.svelte.ts';

function drawer(kept: Record<string, string> = {}): Drawer & { kept: Record<string, string> } {
  return { kept, getItem: (key) => kept[key] ?? null, setItem: (key, value) => { kept[key] = value; }, removeItem: (key) => { delete kept[key]; } };
}
/** A server that takes this token, or anyone when it has none. */
const server = (token?: string): typeof fetch => async (_url, init) => {
  const shown = new Headers(init?.headers).get('authorization');
  if (token !== undefined && shown !== `Bearer ${token}`) return Response.json({ type: '/problems/token-required', title: 'A token is needed', status: 401 }, { status: 401, headers: { 'content-type': 'application/problem+json' } });
  return Response.json({ name: 'postern' });
};

test('without a token set, everyone is let in', async () => {
  const session = new Session('http://p.test', drawer(), server());
  await session.enter();
  expect(session.state).toBe('inside');
});

test('a token is asked for, refused when wrong, and kept when right', async () => {
  const kept = drawer();
  const session = new Session('http://p.test', kept, server('right'));
  await session.enter();
  expect([session.state, session.problem]).toEqual(['asking', '']);
  await session.signIn('wrong');
  expect([session.state, session.problem, kept.kept]).toEqual(['asking', 'That is not the token of this sandbox.', {}]);
  await session.signIn('right');
  expect([session.state, Object.values(kept.kept)]).toEqual(['inside', ['right']]);
  const again = new Session('http://p.test', kept, server('right'));
  await again.enter();
  expect(again.state).toBe('inside');
});

test('a token that is no longer taken is forgotten and asked for anew', async () => {
  const kept = drawer();
  const session = new Session('http://p.test', kept, server('first'));
  await session.signIn('first');
  const later = new Session('http://p.test', kept, server('second'));
  await later.enter();
  expect([later.state, kept.kept]).toEqual(['asking', {}]);
});

test('when nothing answers, that is said', async () => {
  const session = new Session('http://p.test', drawer(), async () => { throw new TypeError('fetch failed'); });
  await session.enter();
  expect([session.state, session.problem]).toEqual(['away', 'Postern does not answer.']);
});

test.each([
  ['a redirect, as a browser shows it', () => ({ type: 'opaqueredirect', status: 0, ok: false, headers: new Headers() }) as Response],
  ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://login.test/' } })],
  ['a page that says all is well', () => new Response('<h1>Sign in</h1>', { headers: { 'content-type': 'text/html' } })],
  ['a page that refuses', () => new Response('<h1>Sign in</h1>', { status: 401, headers: { 'content-type': 'text/html' } })],
])('something in front of Postern that asks for a login (%s) is told apart, and the token is kept', async (_, answer) => {
  const kept = drawer({ 'postern.token': 'mine' });
  const session = new Session('http://p.test', kept, async () => answer());
  await session.enter();
  expect([session.state, session.foreign, session.problem]).toEqual(['away', true, 'Something in front of Postern asks for a login: reload the page.']);
  expect(kept.kept).toEqual({ 'postern.token': 'mine' });
});
