import { VISITS } from './limits.js';

/**
 * Which pages each slot's visitor was on since the dashboard was opened, oldest first: `{page, at, clicks}`,
 * the page as it was told and the local time at which it was first heard of. Only a change of page makes
 * an object, and the oldest make room.
 */
export class Visits {
  #bySlot = [];

  /** Another visitor has the slot. */
  clear(slot) {
    this.#bySlot[slot] = undefined;
  }

  /** Slots from `end` on are gone. */
  shrink(end) {
    if (this.#bySlot.length > end) this.#bySlot.length = end;
  }

  /** The visitor is on another page. */
  moved(slot, page, at) {
    const visits = (this.#bySlot[slot] ??= []);
    visits.push({ page, at, clicks: 0 });
    if (visits.length > VISITS) visits.shift();
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
