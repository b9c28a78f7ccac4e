/** Rows that a page key moves. */
const PAGE = 10;

/**
 * The keys of the dashboard. A key that a control under the focus wants for itself (space on a
 * button, letters in a list of choices) is left to it, and so is everything with a modifier, but for the
 * palette's.
 * @param {object} actions what the keys do
 * @returns {(event: KeyboardEvent) => void} a listener for `keydown`
 */
export function keyboard(actions) {
  const keys = {
    j: () => actions.selectBy(1),
    ArrowDown: () => actions.selectBy(1),
    k: () => actions.selectBy(-1),
    ArrowUp: () => actions.selectBy(-1),
    PageDown: () => actions.selectBy(PAGE),
    PageUp: () => actions.selectBy(-PAGE),
    Home: () => actions.selectBy(-Infinity),
    End: () => actions.selectBy(Infinity),
    Enter: () => actions.toggleFocus(),
    Escape: () => actions.back(),
    ' ': () => actions.togglePause(),
    '/': () => actions.search(),
    '[': () => actions.pageBy(-1),
    ']': () => actions.pageBy(1),
    h: () => actions.toggleHealth(),
    e: () => actions.openExport(),
    s: () => actions.cycleSort(),
    t: () => actions.cycleTheme(),
    r: () => actions.reconnect(),
    '?': () => actions.toggleHelp(),
  };
  return (event) => {
    const isPalette = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (isPalette) {
      event.preventDefault();
      actions.togglePalette();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.target.closest?.('dialog, select, input, textarea')) return;
    if ((event.key === 'Enter' || event.key === ' ') && event.target.closest?.('button, a, summary')) return;
    const action = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
    if (!action) return;
    event.preventDefault();
    action();
  };
}
