import { RIPPLES } from './limits.js';

const LIFE_MS = 750;
const REACH = 22;

/** Clicks as widening rings: a ring buffer of the newest ones. */
export class Ripples {
  #slot = new Int32Array(RIPPLES);
  #x = new Float64Array(RIPPLES);
  #y = new Float64Array(RIPPLES);
  #time = new Float64Array(RIPPLES).fill(-Infinity);
  #next = 0;
  #newest = -Infinity;

  /** A visitor clicked at client coordinates at a local time. */
  add(slot, x, y, time) {
    const place = this.#next;
    this.#slot[place] = slot;
    this.#x[place] = x;
    this.#y[place] = y;
    this.#time[place] = time;
    this.#next = (place + 1) % RIPPLES;
    this.#newest = Math.max(this.#newest, time);
  }

  /** @returns {boolean} whether any ring is to be seen */
  isAlive(time) {
    return time - this.#newest < LIFE_MS;
  }

  /**
   * Hands out the rings alive at a local time.
   * @param {(slot: number, x: number, y: number, radius: number, alpha: number) => void} draw
   *   client coordinates; the radius in map pixels
   * @param {boolean} still one size and no fading, for reduced motion
   */
  forEach(time, still, draw) {
    for (let i = 0; i < RIPPLES; i += 1) {
      const part = (time - this.#time[i]) / LIFE_MS;
      if (!(part >= 0 && part < 1)) continue;
      const radius = still ? REACH / 2 : 3 + REACH * (1 - (1 - part) ** 3);
      draw(this.#slot[i], this.#x[i], this.#y[i], radius, still ? 0.8 : 1 - part);
    }
  }
}
