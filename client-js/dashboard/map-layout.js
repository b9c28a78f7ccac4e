import { MAP_TILES } from './limits.js';

/** CSS pixels between two tiles, and of the line above each that names its page. */
export const GAP = 8;
export const TITLE = 24;

/** A tile is never smaller, except where the map itself is. */
const LEAST_WIDTH = 168;
const LEAST_HEIGHT = 124;

/** Width by height that a page's tile would like. */
const LIKED = 1.6;

/** Where one page is shown on the map: its inner room, in CSS pixels. */
export class Tile {
  /** @param {number} page its number, or -1 for the pages of all */
  constructor(page, left, top, width, height) {
    Object.assign(this, { page, left, top, width, height });
  }
}

/** @returns {{columns: number, rows: number}} the grid for so many tiles in which they are most like pages */
export function grid(count, width, height) {
  let best = { columns: 1, rows: count, score: -1 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const w = (width - GAP * (columns - 1)) / columns;
    const h = (height - GAP * (rows - 1)) / rows - TITLE;
    if (h <= 0) continue;
    const score = Math.min(w / LIKED, h) - (columns * rows - count) * 4;
    if (score > best.score) best = { columns, rows, score };
  }
  return best;
}

/** @returns {number} how many tiles there is room for */
export function capacity(width, height) {
  const columns = Math.max(1, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
  const rows = Math.max(1, Math.floor((height + GAP) / (LEAST_HEIGHT + TITLE + GAP)));
  return Math.min(MAP_TILES, columns * rows);
}

/**
 * Places pages side by side, the last row's as wide as the room allows.
 * @param {number[]} pages numbers, in order; more than fit are left out
 * @returns {Tile[]} no two overlap, and all lie in the map
 */
export function tiles(pages, width, height) {
  const count = Math.min(pages.length, capacity(width, height));
  if (count === 0) return [];
  if (count === 1) return [new Tile(pages[0], 0, TITLE, width, Math.max(1, height - TITLE))];
  const { columns, rows } = grid(count, width, height);
  const h = (height - GAP * (rows - 1)) / rows;
  return Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    const w = (width - GAP * (inRow - 1)) / inRow;
    const left = (i - row * columns) * (w + GAP);
    return new Tile(pages[i], left, row * (h + GAP) + TITLE, w, Math.max(1, h - TITLE));
  });
}

/**
 * The pages to show, the busiest first, without changing places for little.
 * @param {import('./pages.js').Pages} pages
 * @param {number[]} before what was shown
 * @param {number} count how many there is room for
 */
export function chosenPages(pages, before, count) {
  const used = [];
  for (let page = 0; page < pages.end; page += 1) {
    if (pages.has(page) && pages.present[page] > 0) used.push(page);
  }
  used.sort((a, b) => pages.present[b] - pages.present[a] || a - b);
  const best = used.slice(0, count);
  if (best.length === 0) return [];
  const least = pages.present[best.at(-1)];
  // Who is shown stays where it is, until somebody has clearly more visitors.
  const kept = before.filter((page) => pages.present[page] > 0 && pages.present[page] * 1.3 + 1 >= least);
  const shown = kept.slice(0, count);
  for (const page of best) if (shown.length < best.length && !shown.includes(page)) shown.push(page);
  return shown;
}
