import { MAX_VISITORS } from './limits.js';

/** Where a slot is in its life. */
export const State = Object.freeze({ free: 0, present: 1, leaving: 2 });

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
  worker: Float64Array, // pid
  total: Float64Array, // samples heard
  seen: Uint32Array, // the keyframe that named it last
  state: Uint8Array,
  hue: Uint8Array,
  outside: Uint8Array, // 1: the pointer has left the page
  pressed: Uint8Array, // 1: a button is down
};

/**
 * Visitors in slots: strings in arrays, numbers in typed arrays, so that a sample writes a few
 * numbers and allocates nothing. A slot is reused after `remove`.
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
  #free = [];
  #capacity = 0;
  #limit;
  #present = 0;
  #hueUses = new Uint32Array(HUES);

  constructor(limit = MAX_VISITORS) {
    this.#limit = limit;
    this.#grow(64);
  }

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
    const slot = this.#free.pop() ?? this.slotEnd++;
    if (slot >= this.#capacity) this.#grow(this.#capacity * 2);
    for (const name in COLUMNS) this[name][slot] = 0;
    this.id[slot] = id;
    this.name[slot] = '';
    this.page[slot] = '';
    this.lastAt[slot] = -Infinity;
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
    this.#free.push(slot);
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

  #grow(capacity) {
    for (const [name, Column] of Object.entries(COLUMNS)) {
      const wider = new Column(capacity);
      if (this[name]) wider.set(this[name]);
      this[name] = wider;
    }
    this.#capacity = capacity;
  }
}
