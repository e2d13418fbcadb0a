/* Applies the kept theme before the first paint; a file of its own, since the page's policy forbids inline scripts. */
try {
  const kept = localStorage.getItem('postern.theme');
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept;
} catch { /* storage may be closed to us */ }
