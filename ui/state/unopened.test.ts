import { expect, test } from 'vitest';
import { scripted } from '../../test/support/scripted-api.ts';
import { ClockDesk } from './clock.svelte.ts';
import { Delivering } from './delivering.svelte.ts';
import { HookDesk } from './hooks.svelte.ts';
import { ScenarioDesk } from './scenario.svelte.ts';

test.each([
  ['the clock of a stream', ClockDesk],
  ['the delivery of a message', Delivering],
  ['the room of hooks', HookDesk],
  ['the room of scenarios', ScenarioDesk],
])('%s asks for nothing when the connection is there before it is known what is looked at', async (_, Desk) => {
  const { api, asked } = scripted(() => undefined);
  await new Desk(api).again();
  expect(asked).toEqual([]);
});
