import { TRAIL_POINTS } from './limits.js';

const MASK = TRAIL_POINTS - 1;

/** A step from rest is spread over at most this long, or a pointer would crawl out of a pause. */
const STEP_MS = 50;

const nothing = () => {};

/**
 * The last positions of each slot with their local times, and where playback stands in them.
 * Playback runs a little behind the newest sample, so that a screen faster than the frames sees
 * an even motion.
 */
export class Trails {
  #x = new Float64Array(0);
  #y = new Float64Array(0);
  #time = new Float64Array(0);
  #lifted = new Uint8Array(0); // 1: no line leads to this point
  #written = new Float64Array(0); // points ever pushed
  #played = new Float64Array(0); // points that playback has passed

  /** Where playback shows each pointer, in pixels of the document. */
  headX = new Float64Array(0);
  headY = new Float64Array(0);

  /** Makes room for slots below `capacity`, or gives room back above it. */
  reserve(capacity) {
    if (this.headX.length === capacity) return;
    const resized = (old, length) => {
      const other = new old.constructor(length);
      other.set(old.subarray(0, length));
      return other;
    };
    for (const name of ['headX', 'headY']) this[name] = resized(this[name], capacity);
    this.#written = resized(this.#written, capacity);
    this.#played = resized(this.#played, capacity);
    this.#x = resized(this.#x, capacity * TRAIL_POINTS);
    this.#y = resized(this.#y, capacity * TRAIL_POINTS);
    this.#time = resized(this.#time, capacity * TRAIL_POINTS);
    this.#lifted = resized(this.#lifted, capacity * TRAIL_POINTS);
  }

  /** Forgets a slot's positions. */
  clear(slot) {
    this.#written[slot] = 0;
    this.#played[slot] = 0;
    this.headX[slot] = NaN;
    this.headY[slot] = NaN;
  }

  /** A pointer is at `x`, `y` at a local time; `lifted` when nobody knows how it got there. */
  push(slot, x, y, time, lifted) {
    const place = slot * TRAIL_POINTS + (this.#written[slot] & MASK);
    this.#x[place] = x;
    this.#y[place] = y;
    this.#time[place] = time;
    this.#lifted[place] = lifted ? 1 : 0;
    this.#written[slot] += 1;
  }

  /** @returns {boolean} whether playback has anything left to do for a slot */
  isMoving(slot) {
    return this.#played[slot] < this.#written[slot];
  }

  /**
   * Plays a slot up to a local time and leaves its head there.
   * @param {(x: number, y: number, lifted: boolean) => void} passed called for every point that
   *   the head went through and for where it stopped between two
   */
  play(slot, time, passed) {
    const base = slot * TRAIL_POINTS;
    const written = this.#written[slot];
    let played = Math.max(this.#played[slot], written - TRAIL_POINTS);
    let lifted = played !== this.#played[slot] || Number.isNaN(this.headX[slot]);
    for (; played < written; played += 1) {
      const place = base + (played & MASK);
      if (this.#time[place] > time) break;
      this.#stand(slot, this.#x[place], this.#y[place], lifted || this.#lifted[place] === 1, passed);
      lifted = false;
    }
    this.#played[slot] = played;
    if (played === written || played === 0) return;
    const next = base + (played & MASK);
    const before = base + ((played - 1) & MASK);
    if (this.#lifted[next] === 1 || lifted) return;
    const start = Math.max(this.#time[before], this.#time[next] - STEP_MS);
    const part = (time - start) / (this.#time[next] - start);
    if (!(part > 0 && part < 1)) return;
    const x = this.#x[before] + (this.#x[next] - this.#x[before]) * part;
    const y = this.#y[before] + (this.#y[next] - this.#y[before]) * part;
    this.#stand(slot, x, y, false, passed);
  }

  /** Plays a slot to its newest point at once, without a line. */
  skip(slot) {
    const written = this.#written[slot];
    if (written === 0) return;
    const place = slot * TRAIL_POINTS + ((written - 1) & MASK);
    this.headX[slot] = this.#x[place];
    this.headY[slot] = this.#y[place];
    this.#played[slot] = written;
  }

  /** Plays a slot up to a local time, without a line. */
  skipTo(slot, time) {
    this.play(slot, time, nothing);
  }

  #stand(slot, x, y, lifted, passed) {
    passed(x, y, lifted);
    this.headX[slot] = x;
    this.headY[slot] = y;
  }
}
