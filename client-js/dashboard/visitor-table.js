import { MAX_VISITORS } from './limits.js';

/** Where a slot is in its life. */
export const State = Object.freeze({ free: 0, present: 1, leaving: 2 });

/** What a sample can be, as the protocol names it. */
export const KINDS = Object.freeze(['move', 'down', 'up', 'click', 'scroll', 'enter', 'leave', 'cancel']);

/** Slots that there is always room for. */
const CAPACITY_MIN = 64;

/** Number of colours a visitor can have. */
export const HUES = 12;

/** @returns {number} the colour an id would like, the same on every screen (FNV-1a) */
export function hueOf(id) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % HUES;
}

/** The numbers kept per slot, with their array types. */
const COLUMNS = {
  x: Float64Array, y: Float64Array, // client pixels of the newest sample
  w: Float64Array, h: Float64Array, // viewport; 0 when never told
  sx: Float64Array, sy: Float64Array, // how far the page is scrolled
  dw: Float64Array, dh: Float64Array, // the document's size; 0 when never told
  since: Float64Array, // epoch milliseconds
  lastAt: Float64Array, // local milliseconds of the newest sample; -Infinity before the first
  changedAt: Float64Array, // local milliseconds of the join or leave
  movedAt: Float64Array, // local milliseconds of the newest change of page; -Infinity before the first
  worker: Float64Array, // pid
  total: Float64Array, // samples heard
  clicks: Float64Array, // clicks heard
  seen: Uint32Array, // the keyframe that named it last
  pageOf: Int32Array, // number of its page in the picture's pages
  kind: Uint8Array, // what its newest sample was, an index of `KINDS`
  state: Uint8Array,
  hue: Uint8Array,
  outside: Uint8Array, // 1: the pointer has left the page
  pressed: Uint8Array, // 1: a button is down
};

/**
 * Visitors in slots: strings in arrays, numbers in typed arrays, so that a sample writes a few
 * numbers and allocates nothing. The lowest free slot is reused first, so that the arrays can become
 * short again when a crowd has gone.
 */
export class VisitorTable {
  id = [];
  /** What the page's owner calls them; '' where nothing was said. */
  name = [];
  page = [];
  /** Slots in use are below this. */
  slotEnd = 0;
  /** Counts up at every change of who is in the table or in which state. */
  version = 0;
  /** Whether someone had to be turned away and nobody has gone since. */
  isFull = false;

  #slots = new Map();
  #freeFrom = 0; // no slot below is free
  #capacity = 0;
  #limit;
  #present = 0;
  #hueUses = new Uint32Array(HUES);

  constructor(limit = MAX_VISITORS) {
    this.#limit = limit;
    this.#resize(CAPACITY_MIN);
  }

  /** As many can be in the table. */
  get limit() { return this.#limit; }

  /** Visitors present or leaving. */
  get size() { return this.#slots.size; }

  /** Visitors present. */
  get present() { return this.#present; }

  /** Slots that exist; those who keep more per slot grow with it. */
  get capacity() { return this.#capacity; }

  /** @returns {number} the slot of an id, or -1 */
  find(id) {
    return this.#slots.get(id) ?? -1;
  }

  /** @returns {string} what a person reads of a visitor: the name, or else the id */
  label(slot) {
    return this.name[slot] || this.id[slot];
  }

  /** Takes a slot for an id that has none. @returns {number} the slot, or -1 at the limit */
  add(id, now) {
    if (this.#slots.size >= this.#limit) {
      this.isFull = true;
      return -1;
    }
    let slot = this.#freeFrom;
    while (slot < this.slotEnd && this.state[slot] !== State.free) slot += 1;
    this.#freeFrom = slot + 1;
    if (slot === this.slotEnd) this.slotEnd += 1;
    if (slot >= this.#capacity) this.#resize(this.#capacity * 2);
    for (const name in COLUMNS) this[name][slot] = 0;
    this.id[slot] = id;
    this.name[slot] = '';
    this.page[slot] = '';
    this.lastAt[slot] = -Infinity;
    this.movedAt[slot] = -Infinity;
    this.changedAt[slot] = now;
    this.hue[slot] = this.#chooseHue(id);
    this.state[slot] = State.present;
    this.#slots.set(id, slot);
    this.#present += 1;
    this.version += 1;
    return slot;
  }

  /** Marks a visitor as leaving; its slot stays until `remove`. */
  leave(slot, now) {
    if (this.state[slot] !== State.present) return;
    this.state[slot] = State.leaving;
    this.changedAt[slot] = now;
    this.pressed[slot] = 0;
    this.#present -= 1;
    this.version += 1;
  }

  /** A visitor who was leaving is back. */
  revive(slot, now) {
    if (this.state[slot] !== State.leaving) return;
    this.state[slot] = State.present;
    this.changedAt[slot] = now;
    this.outside[slot] = 0;
    this.#present += 1;
    this.version += 1;
  }

  /** Frees a slot. */
  remove(slot) {
    if (this.state[slot] === State.free) return;
    if (this.state[slot] === State.present) this.#present -= 1;
    this.#slots.delete(this.id[slot]);
    this.#hueUses[this.hue[slot]] -= 1;
    this.state[slot] = State.free;
    this.id[slot] = '';
    this.name[slot] = '';
    this.page[slot] = '';
    this.#freeFrom = Math.min(this.#freeFrom, slot);
    while (this.slotEnd > 0 && this.state[this.slotEnd - 1] === State.free) this.slotEnd -= 1;
    this.isFull = false;
    this.version += 1;
  }

  /** The wanted colour, or the next one that fewer have: a handful of visitors are told apart. */
  #chooseHue(id) {
    const wanted = hueOf(id);
    let best = wanted;
    for (let i = 1; i < HUES; i += 1) {
      const hue = (wanted + i) % HUES;
      if (this.#hueUses[hue] < this.#hueUses[best]) best = hue;
    }
    this.#hueUses[best] += 1;
    return best;
  }

  /**
   * Gives back what only a crowd needed that has gone; slots keep their numbers.
   * @returns {boolean} whether the capacity is another
   */
  shrink() {
    let capacity = this.#capacity;
    while (capacity > CAPACITY_MIN && this.slotEnd <= capacity / 4) capacity /= 2;
    if (capacity === this.#capacity) return false;
    this.#resize(capacity);
    this.id.length = this.slotEnd;
    this.name.length = this.slotEnd;
    this.page.length = this.slotEnd;
    return true;
  }

  #resize(capacity) {
    for (const [name, Column] of Object.entries(COLUMNS)) {
      const other = new Column(capacity);
      if (this[name]) other.set(this[name].subarray(0, capacity));
      this[name] = other;
    }
    this.#capacity = capacity;
  }
}
