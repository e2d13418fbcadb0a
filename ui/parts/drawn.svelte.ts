/** What a drawing on a canvas is drawn anew for: the theme that was chosen, and what the system says. To be called while a component is set up. */
import { getHouse } from '../state/house.svelte.ts';

export function drawnFor(): { readonly theme: string } {
  const house = getHouse();
  const media = matchMedia('(prefers-color-scheme: dark)');
  let dark = $state(media.matches);
  $effect(() => {
    const turned = () => (dark = media.matches);
    media.addEventListener('change', turned);
    return () => media.removeEventListener('change', turned);
  });
  return { get theme() { return `${house.theme.choice} ${dark}`; } };
}
