import { POINTER_ROOM } from './limits.js';
import { MapPlace } from './map-place.js';
import { State } from './visitor-table.js';

/**
 * What the map shows, for all who draw on it: which pages on which tiles, where a visitor is on its tile,
 * and whether pointers there can still be told apart.
 */
export class MapScene {
  width = 0;
  height = 0;
  palette = null;
  /** @type {import('./map-layout.js').Tile[]} */
  tiles = [];
  place = new MapPlace();

  #tileOf = new Int16Array(0); // by number of page; -1 where it is not shown
  #counts = new Int32Array(64); // visitors on each tile
  #isDense = new Uint8Array(64);
  #shown = {
    pages: null,
    present: new Int32Array(64),
    get end() { return this.pages.end; },
    has(page) { return this.pages.has(page); },
  };

  /**
   * @param {import('./picture.js').Picture} picture
   * @param {import('./selection.js').Selection} selection
   * @param {import('./followed-path.js').FollowedPath} path
   */
  constructor(picture, selection, path) {
    this.picture = picture;
    this.selection = selection;
    this.path = path;
  }

  /** Whether only the selected visitor is shown, with its path. */
  get isAlone() { return this.selection.focused; }

  /** Shows these tiles from now on. */
  setTiles(tiles) {
    this.tiles = tiles;
    const end = Math.max(this.#tileOf.length, this.picture.pages.end);
    if (this.#tileOf.length < end) this.#tileOf = new Int16Array(end * 2);
    this.#tileOf.fill(-1);
    tiles.forEach((tile, number) => { if (tile.page >= 0) this.#tileOf[tile.page] = number; });
  }

  /** @returns {number} the number of the tile that a visitor is shown on, or -1 */
  tileOf(slot) {
    if (this.isAlone) return slot === this.selection.slot ? 0 : -1;
    const { table, sieve } = this.picture;
    if (sieve.takes[slot] !== 1 || this.tiles.length === 0) return -1;
    if (this.tiles[0].page < 0) return 0;
    const page = table.pageOf[slot];
    return page < this.#tileOf.length ? this.#tileOf[page] : -1;
  }

  /** Pages by how many of those who are shown are on them, for arranging; reused. */
  shownPages() {
    const { table, pages, sieve } = this.picture;
    if (sieve.filter.isEmpty) return pages;
    const shown = this.#shown;
    shown.pages = pages;
    if (shown.present.length < pages.end) shown.present = new Int32Array(pages.end * 2);
    else shown.present.fill(0);
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] !== State.present || sieve.takes[slot] === 0) continue;
      shown.present[table.pageOf[slot]] += 1;
    }
    return shown;
  }

  /** Aims `place` at where a visitor is shown. */
  aim(slot) {
    const tile = this.tiles[this.tileOf(slot)];
    if (tile) this.place.aim(this.picture.table, slot, tile, this.isAlone);
  }

  /** @returns {boolean} whether a visitor's moves leave lines */
  isTraced(slot) {
    const tile = this.tileOf(slot);
    return tile >= 0 && this.#isDense[tile] === 0;
  }

  /** @returns {boolean} whether there are more pointers on a tile than can be told apart */
  isDense(tile) {
    return this.#isDense[tile] === 1;
  }

  /** @returns {number} how many pointers a tile has */
  count(tile) {
    return this.#counts[tile];
  }

  /** Counts the pointers of each tile. */
  measure() {
    const { table, trails } = this.picture;
    if (this.#counts.length < this.tiles.length) {
      this.#counts = new Int32Array(this.tiles.length * 2);
      this.#isDense = new Uint8Array(this.tiles.length * 2);
    }
    this.#counts.fill(0);
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] === State.free || Number.isNaN(trails.headX[slot])) continue;
      const tile = this.tileOf(slot);
      if (tile >= 0) this.#counts[tile] += 1;
    }
    this.tiles.forEach((tile, number) => {
      const room = POINTER_ROOM * this.#counts[number];
      const area = tile.width * tile.height;
      // With some way between the two, or a tile at the border would flicker.
      if (room > area) this.#isDense[number] = 1;
      else if (room < area * 0.8) this.#isDense[number] = 0;
    });
  }
}
