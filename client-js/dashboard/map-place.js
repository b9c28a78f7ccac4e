/** A viewport for visitors who never told theirs; it grows with where they point. */
export const ASSUMED_WIDTH = 1280;
export const ASSUMED_HEIGHT = 720;

/**
 * Where a visitor's pointer is on a tile: a part of the document where its size is known, so that it scrolls
 * with the page, and else of the viewport. A tile is filled, whatever shape pages have; one that is `true`
 * keeps the page's proportions. Reused for every visitor.
 */
export class MapPlace {
  /** CSS pixels of the map for a pixel of the page. */
  scaleX = 1;
  scaleY = 1;
  left = 0;
  top = 0;
  /** Pixels of the page that are shown. */
  width = ASSUMED_WIDTH;
  height = ASSUMED_HEIGHT;
  /** Whether places in the document are shown. */
  isDocument = false;
  #offX = 0;
  #offY = 0;

  /**
   * Aims at a visitor's page on a tile.
   * @param {import('./visitor-table.js').VisitorTable} table
   * @param {import('./map-layout.js').Tile} tile
   * @param {boolean} isTrue whether proportions are kept
   */
  aim(table, slot, tile, isTrue) {
    this.isDocument = table.dw[slot] > 0 && table.dh[slot] > 0;
    const w = table.w[slot] || Math.max(ASSUMED_WIDTH, table.x[slot]);
    const h = table.h[slot] || Math.max(ASSUMED_HEIGHT, table.y[slot]);
    this.width = this.isDocument ? Math.max(w, table.dw[slot]) : w;
    this.height = this.isDocument ? Math.max(h, table.dh[slot]) : h;
    // Positions are kept in the document; without its size only the viewport is known.
    this.#offX = this.isDocument ? 0 : table.sx[slot];
    this.#offY = this.isDocument ? 0 : table.sy[slot];
    this.scaleX = tile.width / this.width;
    this.scaleY = tile.height / this.height;
    if (isTrue) this.#keepProportions(tile);
    this.left = tile.left + (tile.width - this.width * this.scaleX) / 2;
    this.top = tile.top + (tile.height - this.height * this.scaleY) / 2;
  }

  /** Very long pages are narrowed to a fifth of the room and no further. */
  #keepProportions(tile) {
    const scale = Math.min(this.scaleX, this.scaleY);
    this.scaleY = scale;
    this.scaleX = Math.min(this.scaleX, Math.max(scale, (tile.width * 0.2) / this.width));
  }

  /** @returns {number} map pixels of a place in the document */
  x(documentX) { return this.left + (documentX - this.#offX) * this.scaleX; }

  /** @returns {number} map pixels of a place in the document */
  y(documentY) { return this.top + (documentY - this.#offY) * this.scaleY; }
}
