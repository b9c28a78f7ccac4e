import { BUCKET_MS, HISTORY_BUCKETS, RATE_BUCKETS } from './limits.js';

const HISTORY_MASK = HISTORY_BUCKETS - 1;
/** Room for the rate's window and for samples that come late; a power of two. */
const COUNT_BUCKETS = 64;
const COUNT_MASK = COUNT_BUCKETS - 1;

/** The bit that says that a click fell into the bucket; the other 15 are travelled pixels. */
export const CLICK_BIT = 0x8000;
const TRAVEL_MAX = 0x7fff;

/**
 * What each slot did lately, in buckets of 100 ms: how far its pointer travelled and whether it
 * clicked (for the chart), and how many samples came (for the rate). Rings in two flat arrays;
 * a bucket's number is the local time divided by its length.
 */
export class Activity {
  /** The oldest bucket written since the chart last looked; Infinity when none was. */
  dirtyFrom = Infinity;

  #levels = new Uint16Array(0);
  #counts = new Uint16Array(0);
  #heads = new Float64Array(0); // newest bucket written
  #seedRates = new Float64Array(0);
  #seedBuckets = new Float64Array(0);
  #births = new Float64Array(0); // first bucket of the owner; -Infinity when it is older than the window

  /** @returns {number} the bucket of a local time */
  static bucket(time) {
    return Math.floor(time / BUCKET_MS);
  }

  /** Makes room for slots below `capacity`, or gives room back above it. */
  reserve(capacity) {
    if (this.#heads.length === capacity) return;
    const resized = (old, length) => {
      const other = new old.constructor(length);
      other.set(old.subarray(0, length));
      return other;
    };
    this.#levels = resized(this.#levels, capacity * HISTORY_BUCKETS);
    this.#counts = resized(this.#counts, capacity * COUNT_BUCKETS);
    this.#heads = resized(this.#heads, capacity);
    this.#seedRates = resized(this.#seedRates, capacity);
    this.#seedBuckets = resized(this.#seedBuckets, capacity);
    this.#births = resized(this.#births, capacity);
  }

  /** Forgets a slot's past; `time` is when its new owner begins. */
  clear(slot, time) {
    this.#levels.fill(0, slot * HISTORY_BUCKETS, (slot + 1) * HISTORY_BUCKETS);
    this.#counts.fill(0, slot * COUNT_BUCKETS, (slot + 1) * COUNT_BUCKETS);
    this.#heads[slot] = Activity.bucket(time);
    this.#seedRates[slot] = 0;
    this.#seedBuckets[slot] = -Infinity;
    this.#births[slot] = Activity.bucket(time);
  }

  /** What the server says the rate was at `time`, for the window this page has not heard itself. */
  seed(slot, time, rate) {
    const bucket = Activity.bucket(time);
    this.#advance(slot, bucket);
    // What was counted before is part of the server's rate already.
    this.#counts.fill(0, slot * COUNT_BUCKETS, (slot + 1) * COUNT_BUCKETS);
    this.#seedRates[slot] = rate;
    this.#seedBuckets[slot] = bucket;
    this.#births[slot] = -Infinity;
  }

  /** One sample: `travel` pixels since the one before. */
  add(slot, time, travel, clicked) {
    const bucket = Activity.bucket(time);
    this.#advance(slot, bucket);
    const head = this.#heads[slot];
    if (bucket <= head - HISTORY_BUCKETS) return;
    const place = slot * HISTORY_BUCKETS + (bucket & HISTORY_MASK);
    const level = this.#levels[place];
    // At least one: a sample that did not move is still a mark on the paper.
    const travelled = Math.min(TRAVEL_MAX, (level & TRAVEL_MAX) + Math.max(1, travel));
    this.#levels[place] = travelled | (clicked ? CLICK_BIT : level & CLICK_BIT);
    if (bucket > head - COUNT_BUCKETS) {
      const count = slot * COUNT_BUCKETS + (bucket & COUNT_MASK);
      if (this.#counts[count] < 0xffff) this.#counts[count] += 1;
    }
    if (bucket < this.dirtyFrom) this.dirtyFrom = bucket;
  }

  /**
   * What was in the seconds before `end`, as the server tells it: `levels` of each, the newest first; what
   * was heard here counts where it is more.
   */
  remember(slot, end, levels, now) {
    this.#advance(slot, Activity.bucket(now));
    const perSecond = 1000 / BUCKET_MS;
    const newest = Activity.bucket(end) - 1;
    const oldest = this.#heads[slot] - HISTORY_BUCKETS;
    levels.forEach((level, second) => {
      for (let i = 0; i < perSecond && level > 0; i += 1) {
        const bucket = newest - second * perSecond - i;
        if (bucket <= oldest || bucket > this.#heads[slot]) continue;
        // Rounded so that a second's buckets come to its level together.
        const share = Math.floor((level * (i + 1)) / perSecond) - Math.floor((level * i) / perSecond);
        const place = slot * HISTORY_BUCKETS + (bucket & HISTORY_MASK);
        const own = this.#levels[place];
        if ((own & TRAVEL_MAX) < share) this.#levels[place] = Math.min(TRAVEL_MAX, share) | (own & CLICK_BIT);
        if (bucket < this.dirtyFrom) this.dirtyFrom = bucket;
      }
    });
  }

  /** @returns {number} travelled pixels and `CLICK_BIT` of a bucket; 0 outside the history */
  level(slot, bucket) {
    const head = this.#heads[slot];
    if (bucket > head || bucket <= head - HISTORY_BUCKETS) return 0;
    return this.#levels[slot * HISTORY_BUCKETS + (bucket & HISTORY_MASK)];
  }

  /**
   * @returns {number} samples per second over the last five seconds, as the server counts them:
   *   over the visitor's age when that is shorter, but at least over one second
   */
  rate(slot, time) {
    const now = Activity.bucket(time);
    const head = this.#heads[slot];
    const oldest = Math.max(now - RATE_BUCKETS + 1, head - COUNT_BUCKETS + 1);
    let sum = 0;
    for (let bucket = oldest; bucket <= head && bucket <= now; bucket += 1) {
      sum += this.#counts[slot * COUNT_BUCKETS + (bucket & COUNT_MASK)];
    }
    const perSecond = 1000 / BUCKET_MS;
    const window = Math.min(RATE_BUCKETS, Math.max(perSecond, now - this.#births[slot]));
    const unheard = Math.min(RATE_BUCKETS, this.#seedBuckets[slot] + RATE_BUCKETS - now);
    const seeded = unheard > 0 ? this.#seedRates[slot] * unheard : 0;
    return (sum * perSecond + seeded) / window;
  }

  /** Empties the buckets between a slot's head and a newer one. */
  #advance(slot, bucket) {
    const head = this.#heads[slot];
    if (bucket <= head) return;
    const levels = slot * HISTORY_BUCKETS;
    if (bucket - head >= HISTORY_BUCKETS) this.#levels.fill(0, levels, levels + HISTORY_BUCKETS);
    else for (let b = head + 1; b <= bucket; b += 1) this.#levels[levels + (b & HISTORY_MASK)] = 0;
    const counts = slot * COUNT_BUCKETS;
    if (bucket - head >= COUNT_BUCKETS) this.#counts.fill(0, counts, counts + COUNT_BUCKETS);
    else for (let b = head + 1; b <= bucket; b += 1) this.#counts[counts + (b & COUNT_MASK)] = 0;
    this.#heads[slot] = bucket;
  }
}
