import { IDLE_MS, TOTAL_SECONDS } from './limits.js';
import { State } from './visitor-table.js';

/** What is counted, in this order. */
export const TOTALS = Object.freeze(['active', 'idle', 'pages', 'clicks']);

/** How many of those who are shown do what, with a value a second for the last minutes. */
export class Totals {
  active = 0;
  idle = 0;
  pages = 0;
  /** Clicks in the last minute. */
  clicks = 0;

  /** Seconds that were counted. */
  seconds = 0;
  /** What the server tells of the seconds before those, the newest first, by total. */
  #before = [];
  #rings = TOTALS.map(() => new Float64Array(TOTAL_SECONDS));
  #clicks = new Float64Array(60);
  #seen = new Uint8Array(16); // by number of page

  /** Somebody who is shown clicked. */
  clicked() {
    this.#clicks[this.seconds % 60] += 1;
    this.clicks += 1;
  }

  /** Something else is counted from now on. */
  clear() {
    this.seconds = 0;
    this.clicks = 0;
    this.#clicks.fill(0);
    this.#before = [];
  }

  /**
   * What was in the seconds before this page counted, the newest first: `gap` seconds lie between them and
   * now.
   */
  remember({ active = [], visitors = [], pages = [] }, gap) {
    const told = {
      active, pages, idle: visitors.map((count, ago) => Math.max(0, count - (active[ago] ?? 0))),
    };
    const first = Math.max(0, this.seconds - gap);
    const lacking = Math.max(0, gap - this.seconds);
    this.#before = TOTALS.map((name) => {
      const values = (told[name] ?? []).slice(first, first + TOTAL_SECONDS);
      // Between the two it was as at the end.
      if (values.length === 0 || lacking > TOTAL_SECONDS) return [];
      return [...Array(lacking).fill(values[0]), ...values];
    });
  }

  /** @returns {number} a total `ago` seconds ago; NaN where nobody counted */
  past(index, ago) {
    if (ago >= TOTAL_SECONDS) return NaN;
    if (ago >= this.seconds) return this.#before[index]?.[ago - this.seconds] ?? NaN;
    return this.#rings[index][(this.seconds - 1 - ago) % TOTAL_SECONDS];
  }

  /** A second is over. */
  tick(picture, now) {
    this.count(picture, now);
    const place = this.seconds % TOTAL_SECONDS;
    TOTALS.forEach((name, index) => { this.#rings[index][place] = this[name]; });
    this.seconds += 1;
    this.clicks -= this.#clicks[this.seconds % 60];
    this.#clicks[this.seconds % 60] = 0;
  }

  /** Counts who is shown. */
  count({ table, pages, sieve }, now) {
    let active = 0;
    let idle = 0;
    let used = 0;
    if (this.#seen.length < pages.end) this.#seen = new Uint8Array(pages.end * 2);
    else this.#seen.fill(0);
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] !== State.present || sieve.takes[slot] === 0) continue;
      if (now - table.lastAt[slot] > IDLE_MS) idle += 1;
      else active += 1;
      const page = table.pageOf[slot];
      if (page > 0 && this.#seen[page] === 0) {
        this.#seen[page] = 1;
        used += 1;
      }
    }
    this.active = active;
    this.idle = idle;
    this.pages = used;
  }
}
