import { VISITS, VISITS_OF_ALL } from './limits.js';

/**
 * Which pages each slot's visitor was on since the dashboard was opened, oldest first: `{page, at, clicks}`,
 * the page as it was told and the local time at which it was first heard of. Only a change of page makes
 * an object, and the oldest make room: those of one visitor, and those of all, but for where each is now.
 */
export class Visits {
  #bySlot = [];
  #newest = new Array(VISITS_OF_ALL).fill(null); // of all, as a ring
  #slots = new Int32Array(VISITS_OF_ALL); // whose each was
  #made = 0;

  /** Another visitor has the slot. */
  clear(slot) {
    for (const visit of this.of(slot)) {
      const place = visit.number % VISITS_OF_ALL;
      if (this.#newest[place] === visit) this.#newest[place] = null;
    }
    this.#bySlot[slot] = undefined;
  }

  /** Slots from `end` on are gone. */
  shrink(end) {
    if (this.#bySlot.length > end) this.#bySlot.length = end;
  }

  /** The visitor is on another page. */
  moved(slot, page, at) {
    const visits = (this.#bySlot[slot] ??= []);
    const visit = { page, at, clicks: 0, number: this.#made };
    visits.push(visit);
    if (visits.length > VISITS) visits.shift();
    this.#keep(slot, visit);
  }

  /** Takes a visit into the ring of all; what has to go for it goes, and what is older of its visitor. */
  #keep(slot, visit) {
    const place = this.#made % VISITS_OF_ALL;
    this.#made += 1;
    const last = this.#newest[place]?.number ?? -1;
    const visits = this.#bySlot[this.#slots[place]] ?? [];
    while (visits.length > 1 && visits[0].number <= last) visits.shift();
    this.#newest[place] = visit;
    this.#slots[place] = slot;
  }

  /** The visitor clicked where it is. */
  clicked(slot) {
    const visit = this.#bySlot[slot]?.at(-1);
    if (visit) visit.clicks += 1;
  }

  /** @returns {Array<{page: string, at: number, clicks: number}>} not to be changed */
  of(slot) {
    return this.#bySlot[slot] ?? [];
  }
}
