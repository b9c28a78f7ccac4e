/** What elements and events are made of. */

/** What may hold a page that tells nothing here; a table, since this is asked for every move. */
export const FRAMES = { __proto__: null, iframe: 1, frame: 1, object: 1, embed: 1 };

/** The events that the browser has put into one, which comes behind them, and is often the last of them. */
export const partsOf = (event) => {
  const parts = typeof event.getCoalescedEvents === 'function' && event.getCoalescedEvents();
  return parts && parts.length > 1 ? parts : [];
};
