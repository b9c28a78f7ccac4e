import { Filter } from './filter.js';
import { SIEVE_MS } from './limits.js';
import { pageKey } from './pages.js';
import { State } from './visitor-table.js';

/**
 * Who is shown: everybody, or whoever is on the chosen page and meets the filter. What it says of a slot is
 * kept in an array, because list, map and totals ask for everybody all the time; a filter of texts and
 * rates is asked anew a few times a second, a part of everybody at a time.
 */
export class Sieve {
  /** The page that was chosen, or null for all. @type {string | null} */
  page = null;
  filter = new Filter();
  /** 1 for each slot that is shown. */
  takes = new Uint8Array(0);
  /** Counts up when somebody else is shown. */
  version = 0;
  /** Counts up when something else was asked for. */
  asked = 0;

  #picture;
  #next = 0;
  #sweptAt = -Infinity;

  /** @param {import('./picture.js').Picture} picture */
  constructor(picture) {
    this.#picture = picture;
  }

  /** Whether everybody is shown. */
  get isOpen() { return this.page === null && this.filter.isEmpty; }

  /** Shows one page, or all (null). */
  choosePage(page, now) {
    this.page = page;
    this.#askAnew(now);
  }

  /** Shows who meets a filter. @param {string} text in the filter language */
  setFilter(text, now) {
    this.filter = new Filter(text);
    this.#askAnew(now);
  }

  /** Something about a slot is another: who has it, or on which page they are. */
  check(slot, now) {
    if (slot >= this.takes.length) this.#reserve();
    const { table } = this.#picture;
    const takes = table.state[slot] !== State.free
      && (this.page === null || pageKey(table.page[slot]) === this.page)
      && (this.filter.isEmpty || this.filter.takes(this.#picture, slot, now)) ? 1 : 0;
    if (this.takes[slot] === takes) return;
    this.takes[slot] = takes;
    this.version += 1;
  }

  /** Asks the filter again, about as many as are due; to be called often. */
  sweep(now) {
    if (this.filter.isEmpty) return;
    const { slotEnd } = this.#picture.table;
    const due = Math.min(1, Math.max(0, (now - this.#sweptAt) / SIEVE_MS));
    this.#sweptAt = now;
    for (let left = Math.ceil(due * slotEnd); left > 0; left -= 1) {
      this.#next = this.#next + 1 < slotEnd ? this.#next + 1 : 0;
      this.check(this.#next, now);
    }
  }

  /** Room for as many slots as the table has. */
  fit() {
    if (this.takes.length !== this.#picture.table.capacity) this.#reserve();
  }

  #askAnew(now) {
    this.asked += 1;
    this.version += 1;
    for (let slot = 0; slot < this.#picture.table.slotEnd; slot += 1) this.check(slot, now);
  }

  #reserve() {
    const takes = new Uint8Array(this.#picture.table.capacity);
    takes.set(this.takes.subarray(0, takes.length));
    this.takes = takes;
  }
}
