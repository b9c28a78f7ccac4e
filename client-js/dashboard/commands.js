import { counted } from './format.js';
import { readablePath, visible } from './strangers.js';
import { State } from './visitor-table.js';

/** Results shown of one kind, and of all. */
const EACH = 12;

/** @returns {boolean} whether every word that was typed is in a text */
function holds(text, words) {
  const folded = text.toLowerCase();
  return words.every((word) => folded.includes(word));
}

/**
 * What the palette offers for what was typed.
 * @param {string} typed
 * @param {Array<{title: string, key?: string, run: () => void}>} actions
 * @param {import('./picture.js').Picture} picture
 * @param {{page: (path: string) => void, visitor: (slot: number) => void}} go
 * @returns {Array<{kind: string, title: string, hint: string, run: () => void}>}
 */
export function offers(typed, actions, { table, pages }, go) {
  const words = typed.toLowerCase().split(/\s+/u).filter(Boolean);
  const found = actions.filter(({ title }) => holds(title, words))
    .map(({ title, key = '', run }) => ({ kind: 'action', title, hint: key, run }));
  const known = [];
  for (let page = 1; page < pages.end; page += 1) {
    const path = pages.path[page];
    if (!pages.has(page) || !(holds(path, words) || holds(readablePath(path), words))) continue;
    known.push(page);
  }
  known.sort((a, b) => pages.present[b] - pages.present[a]);
  const onPages = known.slice(0, EACH).map((page) => ({
    kind: 'page',
    title: readablePath(pages.path[page]),
    hint: counted(pages.present[page], 'visitor'),
    run: () => go.page(pages.path[page]),
  }));
  const visitors = [];
  for (let slot = 0; slot < table.slotEnd && visitors.length < EACH; slot += 1) {
    const id = table.id[slot];
    const isFound = holds(table.label(slot), words) || holds(id, words);
    if (table.state[slot] !== State.present || !isFound) continue;
    visitors.push({
      kind: 'visitor',
      title: visible(table.label(slot)),
      hint: readablePath(table.page[slot]),
      run: () => go.visitor(table.find(id)),
    });
  }
  return words.length === 0 ? [...found, ...onPages, ...visitors] : [...onPages, ...visitors, ...found];
}
