import { State } from './visitor-table.js';

/** The ways to sort the list. */
export const SORTS = Object.freeze(['activity', 'arrival', 'name']);

/**
 * The class of a rate: doubling rates share one, so that two visitors of about the same activity
 * do not change places all the time.
 */
export function rateClass(rate) {
  return rate < 0.2 ? 0 : 1 + Math.floor(Math.log2(rate * 5));
}

/** How far a rate has to go beyond the border of its class before it changes class. */
const STICKINESS = 1.25;

/** @returns {number} the class of a rate, which stays what it was near a border */
function nextClass(rate, before) {
  if (rateClass(rate * STICKINESS) === before || rateClass(rate / STICKINESS) === before) return before;
  return rateClass(rate);
}

/** Milliseconds by which arrivals are told apart, seen from the newest: 24 days; earlier ones are alike. */
const ARRIVALS_MS = 2 ** 31;

/** Classes of rates that are told apart. */
const CLASSES = 64;

/** The slots of those who are shown, in the order of the list. */
export class Order {
  /** Slots; only the first `count` are meant. */
  slots = new Int32Array(64);
  count = 0;
  /** Counts up when the order has changed. */
  version = 0;

  #classes = new Float64Array(64);
  #listed = new Uint8Array(64);
  #keys = new Float64Array(64);

  /**
   * Sorts everyone anew.
   * @param {'activity' | 'arrival' | 'name'} sort
   */
  sort(picture, sort, now) {
    const { table, activity, sieve } = picture;
    this.#gather(table, sieve.takes);
    const slots = this.slots.subarray(0, this.count);
    if (sort === 'name') {
      const name = (slot) => table.label(slot);
      slots.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
    } else {
      const isByRate = sort === 'activity';
      if (isByRate) this.#classify(slots, picture, now);
      this.#sortByKeys(slots, table.since, isByRate);
    }
    this.version += 1;
  }

  #classify(slots, { table, activity }, now) {
    for (const slot of slots) {
      // Who is leaving keeps its place until the row goes.
      if (table.state[slot] !== State.present) continue;
      this.#classes[slot] = nextClass(activity.rate(slot, now), this.#classes[slot]);
    }
  }

  /**
   * Sorts by class, the highest first, then by arrival, then by slot. All three are one number, exactly:
   * numbers are sorted without calling anybody, ten times as fast.
   */
  #sortByKeys(slots, since, isByRate) {
    let newest = 0;
    for (const slot of slots) newest = Math.max(newest, since[slot]);
    const oldest = newest - ARRIVALS_MS + 1;
    const span = this.slots.length;
    const keys = this.#keys.subarray(0, slots.length);
    for (let i = 0; i < slots.length; i += 1) {
      const slot = slots[i];
      const order = isByRate ? CLASSES - 1 - Math.min(CLASSES - 1, this.#classes[slot]) : 0;
      const arrival = Math.max(0, Math.floor(since[slot] - oldest));
      keys[i] = (order * ARRIVALS_MS + arrival) * span + slot;
    }
    keys.sort();
    for (let i = 0; i < slots.length; i += 1) slots[i] = keys[i] % span;
  }

  /**
   * Takes out who is gone, or not shown, and puts newcomers last, without moving anyone else.
   * @param {Uint8Array} takes 1 for each slot that is shown
   */
  patch(table, takes) {
    if (this.#listed.length < table.slotEnd) this.#listed = new Uint8Array(table.capacity);
    else this.#listed.fill(0);
    const listed = this.#listed;
    let kept = 0;
    for (let i = 0; i < this.count; i += 1) {
      const slot = this.slots[i];
      if (slot >= table.slotEnd || table.state[slot] === State.free || takes[slot] === 0) continue;
      listed[slot] = 1;
      this.slots[kept++] = slot;
    }
    this.#reserve(table);
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] !== State.free && takes[slot] === 1 && !listed[slot]) {
        this.#classes[slot] = 0;
        this.slots[kept++] = slot;
      }
    }
    this.count = kept;
    this.version += 1;
  }

  /** @returns {number} where a slot stands, or -1 */
  indexOf(slot) {
    return this.slots.subarray(0, this.count).indexOf(slot);
  }

  #gather(table, takes) {
    this.#reserve(table);
    let count = 0;
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] !== State.free && takes[slot] === 1) this.slots[count++] = slot;
    }
    this.count = count;
  }

  #reserve(table) {
    if (this.slots.length === table.capacity) return;
    const slots = new Int32Array(table.capacity);
    slots.set(this.slots.subarray(0, table.capacity));
    this.slots = slots;
    this.#keys = new Float64Array(table.capacity);
    const classes = new Float64Array(table.capacity);
    classes.set(this.#classes.subarray(0, table.capacity));
    this.#classes = classes;
  }
}
