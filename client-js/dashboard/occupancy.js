/** CSS pixels of a cell. */
const CELL = 6;

/** Which parts of the map are taken, in small cells: by pointers, and by names that are written already. */
export class Occupancy {
  #taken = new Uint8Array(0);
  #columns = 0;
  #rows = 0;

  /** Frees everything. @param {number} width @param {number} height of the map, in CSS pixels */
  clear(width, height) {
    this.#columns = Math.ceil(width / CELL) + 1;
    this.#rows = Math.ceil(height / CELL) + 1;
    const count = this.#columns * this.#rows;
    if (this.#taken.length < count) this.#taken = new Uint8Array(count);
    else this.#taken.fill(0, 0, count);
  }

  /** @returns {boolean} whether nothing in a rectangle is taken, and all of it lies in the map */
  isFree(left, top, width, height) {
    if (left < 0 || top < 0) return false;
    const [endColumn, endRow] = [Math.floor((left + width) / CELL), Math.floor((top + height) / CELL)];
    if (endColumn >= this.#columns || endRow >= this.#rows) return false;
    for (let row = Math.floor(top / CELL); row <= endRow; row += 1) {
      for (let column = Math.floor(left / CELL); column <= endColumn; column += 1) {
        if (this.#taken[row * this.#columns + column] === 1) return false;
      }
    }
    return true;
  }

  /** Takes a rectangle. */
  take(left, top, width, height) {
    const endColumn = Math.min(this.#columns - 1, Math.floor((left + width) / CELL));
    const endRow = Math.min(this.#rows - 1, Math.floor((top + height) / CELL));
    for (let row = Math.max(0, Math.floor(top / CELL)); row <= endRow; row += 1) {
      for (let column = Math.max(0, Math.floor(left / CELL)); column <= endColumn; column += 1) {
        this.#taken[row * this.#columns + column] = 1;
      }
    }
  }
}

/** Where a name may stand beside the tip of its arrow: its left or right edge, and its middle. */
const SPOTS = [[14, 17, 1], [-6, 17, -1], [14, -10, 1], [-6, -10, -1], [18, 2, 1], [-12, 2, -1], [0, 32, 0],
  [0, -24, 0]];

export const SPOT_COUNT = SPOTS.length;

/** Where a name was put, in CSS pixels; reused. */
export const found = { left: 0, top: 0, spot: -1 };

/**
 * Finds room for a name near a pointer and takes it, where it was last if that is still free.
 * @param {Occupancy} taken
 * @param {{left: number, top: number, width: number, height: number}} room that it has to stay in
 * @param {number} last the spot of the last time, or -1
 * @returns {boolean} whether there is room; then `found` says where
 */
export function findSpot(taken, room, x, y, width, height, last) {
  for (let i = last < 0 ? 0 : -1; i < SPOTS.length; i += 1) {
    const [dx, dy, side] = SPOTS[i < 0 ? last : i];
    const left = Math.round(x + dx - (side < 0 ? width : side === 0 ? width / 2 : 0));
    const top = Math.round(y + dy - height / 2);
    const isInside = left >= room.left && top >= room.top
      && left + width <= room.left + room.width && top + height <= room.top + room.height;
    if (!isInside || !taken.isFree(left, top, width, height)) continue;
    taken.take(left, top, width, height);
    found.left = left;
    found.top = top;
    found.spot = i < 0 ? last : i;
    return true;
  }
  return false;
}
