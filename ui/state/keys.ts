/** Which key means what, in one table: the help page shows it, and the app follows it. Pure. */

export type Act = 'down' | 'up' | 'open' | 'select' | 'selectRun' | 'selectAll' | 'delete' | 'undo' | 'unread' | 'search' | 'help' | 'leave' | 'palette' | 'first' | 'last';

export const KEYS: readonly { act: Act; keys: readonly string[]; shows: string; means: string }[] = [
  { act: 'down', keys: ['j', 'ArrowDown'], shows: 'j ↓', means: 'next message' },
  { act: 'up', keys: ['k', 'ArrowUp'], shows: 'k ↑', means: 'previous message' },
  { act: 'open', keys: ['Enter', 'o'], shows: 'Enter', means: 'open it' },
  { act: 'leave', keys: ['Escape'], shows: 'Esc', means: 'close, or clear the selection' },
  { act: 'select', keys: ['x'], shows: 'x', means: 'select or deselect it' },
  { act: 'selectRun', keys: ['X'], shows: 'Shift+x', means: 'select the run from the last one selected to it' },
  { act: 'selectAll', keys: ['*', 'Mod+a'], shows: '*', means: 'select everything listed' },
  { act: 'delete', keys: ['#', 'Delete'], shows: '#', means: 'delete it, or the selection' },
  { act: 'undo', keys: ['z', 'Mod+z'], shows: 'z', means: 'bring back what was just deleted' },
  { act: 'unread', keys: ['u'], shows: 'u', means: 'mark read or unread' },
  { act: 'search', keys: ['/'], shows: '/', means: 'search' },
  { act: 'first', keys: ['Home', 'g'], shows: 'g', means: 'to the newest message' },
  { act: 'palette', keys: ['Mod+k'], shows: 'Ctrl K  ⌘K', means: 'commands and places' },
  { act: 'help', keys: ['?'], shows: '?', means: 'this page' },
];

export type Press = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean; shiftKey: boolean };

/** `typing`: the focus is where letters are written. `onControl`: on a button or link, which Enter and space belong to. */
export function actOf(press: Press, typing: boolean, onControl = false): Act | undefined {
  if (press.altKey) return undefined;
  const modified = press.ctrlKey || press.metaKey;
  // With Caps Lock on a letter comes in capitals: what counts is whether Shift is held.
  const letter = /^[a-z]$/i.test(press.key) ? (press.shiftKey ? press.key.toUpperCase() : press.key.toLowerCase()) : press.key;
  const name = modified ? `Mod+${press.key.toLowerCase()}` : letter;
  const act = KEYS.find(({ keys }) => keys.includes(name))?.act;
  if (act === 'palette') return act;
  if (typing) return undefined;
  if (onControl && act === 'open') return undefined;
  return act;
}
