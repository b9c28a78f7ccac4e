import { PATH_CLICKS, PATH_POINTS } from './limits.js';

const MASK = PATH_POINTS - 1;

/**
 * The way of the one visitor who is looked at, on the page where they are, since they were chosen: places in
 * the document with local times, the oldest forgotten first.
 */
export class FollowedPath {
  x = new Float32Array(PATH_POINTS);
  y = new Float32Array(PATH_POINTS);
  time = new Float64Array(PATH_POINTS);
  /** Points there were; the newest `PATH_POINTS` are kept, number `i` at `i & (PATH_POINTS - 1)`. */
  count = 0;
  /** Places of the newest clicks, with the number of each: `{x, y, number}`. */
  clicks = [];
  /** Counts up when it begins anew. */
  version = 0;

  #clickCount = 0;

  /** Begins anew. */
  clear() {
    this.count = 0;
    this.clicks = [];
    this.#clickCount = 0;
    this.version += 1;
  }

  /** The oldest point that is kept. */
  get first() { return Math.max(0, this.count - PATH_POINTS); }

  /** The visitor is at a place. */
  add(x, y, time) {
    const newest = (this.count - 1) & MASK;
    if (this.count > 0 && this.x[newest] === Math.fround(x) && this.y[newest] === Math.fround(y)) return;
    const place = this.count & MASK;
    this.x[place] = x;
    this.y[place] = y;
    this.time[place] = time;
    this.count += 1;
  }

  /** The visitor clicked. */
  clicked(x, y) {
    this.#clickCount += 1;
    this.clicks.push({ x, y, number: this.#clickCount });
    if (this.clicks.length > PATH_CLICKS) this.clicks.shift();
  }

  /** @returns {number} pixels a second over the last second */
  speed(now) {
    let way = 0;
    for (let i = this.count - 1; i > this.first; i -= 1) {
      const [a, b] = [i & MASK, (i - 1) & MASK];
      if (this.time[b] < now - 1000) break;
      way += Math.hypot(this.x[a] - this.x[b], this.y[a] - this.y[b]);
    }
    return way;
  }
}
