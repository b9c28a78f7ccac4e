/** A viewport for visitors who never told theirs; it grows with where they point. */
const ASSUMED_WIDTH = 1280;
const ASSUMED_HEIGHT = 720;

/** Pixels left free around a viewport on the map. */
const MARGIN = 10;

/** How a visitor's client pixels become the map's: scale and offset, reused for every visitor. */
export class ViewportFit {
  scale = 1;
  left = 0;
  top = 0;
  width = ASSUMED_WIDTH;
  height = ASSUMED_HEIGHT;

  /**
   * Fits a visitor's whole viewport into a map, in its own proportions: a phone is a narrow strip
   * in the middle, and a circle stays a circle.
   */
  aim(table, slot, mapWidth, mapHeight) {
    this.width = table.w[slot] || Math.max(ASSUMED_WIDTH, table.x[slot]);
    this.height = table.h[slot] || Math.max(ASSUMED_HEIGHT, table.y[slot]);
    const roomX = Math.max(1, mapWidth - MARGIN * 2);
    const roomY = Math.max(1, mapHeight - MARGIN * 2);
    this.scale = Math.min(roomX / this.width, roomY / this.height);
    this.left = (mapWidth - this.width * this.scale) / 2;
    this.top = (mapHeight - this.height * this.scale) / 2;
  }

  /** @returns {number} map pixels */
  x(clientX) { return this.left + clientX * this.scale; }

  /** @returns {number} map pixels */
  y(clientY) { return this.top + clientY * this.scale; }
}
