import { PAGE_EMPTY_MS, PAGE_SECONDS } from './limits.js';

/** The page of those who told none; it is always there. */
export const NO_PAGE = 0;

/** @returns {string} what a page is called: its path, without what follows a `?` or `#` */
export function pageKey(path) {
  for (let i = 0; i < path.length; i += 1) {
    const unit = path.charCodeAt(i);
    if (unit === 0x3f || unit === 0x23) return path.slice(0, i);
  }
  return path;
}

/**
 * The pages on which somebody is, or was a minute ago, by number; a number is given again once its page
 * has gone. There are never more than visitors, and a few that they have just left.
 */
export class Pages {
  path = [''];
  /** Visitors on it. */
  present = new Int32Array(16);
  /** Who came to it in the last minute, from outside or from another page. */
  joins = new Int32Array(16);
  /** Clicks heard on it. */
  clicks = new Float64Array(16);
  /** Counts up when pages come or go. */
  version = 0;
  /** How many are on the pages that nothing is heard of, as counted last; null where all are heard. */
  elsewhere = null;

  #numbers = new Map([['', NO_PAGE]]);
  #free = [];
  #emptyAt = new Float64Array(16);
  #samples = new Uint16Array(16 * PAGE_SECONDS);
  #came = new Uint16Array(16 * PAGE_SECONDS);
  // Ahead of zero, so that there are places for the seconds before this page was opened.
  #second = PAGE_SECONDS;

  /** Pages there are, the one of those who told none with them. */
  get size() { return this.#numbers.size; }

  /** Pages on which somebody is. */
  get inUse() {
    let count = 0;
    for (let page = 1; page < this.path.length; page += 1) if (this.present[page] > 0) count += 1;
    return count;
  }

  /** Numbers in use are below this. */
  get end() { return this.path.length; }

  /** @returns {number} how many are on a page, heard of or not */
  count(page) {
    return Math.max(this.present[page], this.elsewhere?.get(this.path[page]) ?? 0);
  }

  /** How many are on all of them. */
  get everyone() {
    let sum = 0;
    for (let page = 0; page < this.path.length; page += 1) if (this.has(page)) sum += this.count(page);
    return sum;
  }

  /** Says how many are on pages that nothing is heard of, by path; null where all are heard. */
  tellElsewhere(counts) {
    this.elsewhere = counts;
    for (const path of counts?.keys() ?? []) if (!this.#numbers.has(path)) this.#add(path);
  }

  /** @returns {number} the number of a path, or -1 */
  find(path) {
    return this.#numbers.get(path) ?? -1;
  }

  /** @returns {boolean} whether there is such a page */
  has(page) {
    return page === NO_PAGE || (page < this.path.length && this.path[page] !== '');
  }

  /** Somebody comes to a page. @returns {number} its number */
  enter(path, isNews) {
    const page = this.#numbers.get(path) ?? this.#add(path);
    this.present[page] += 1;
    if (isNews) {
      this.joins[page] += 1;
      this.#came[page * PAGE_SECONDS + this.#second % PAGE_SECONDS] += 1;
    }
    return page;
  }

  /** Somebody leaves a page. */
  leave(page, now) {
    this.present[page] -= 1;
    this.#emptyAt[page] = now;
  }

  /** A sample was heard on it. */
  sampled(page, clicked) {
    const place = page * PAGE_SECONDS + this.#second % PAGE_SECONDS;
    if (this.#samples[place] < 0xffff) this.#samples[place] += 1;
    if (clicked) this.clicks[page] += 1;
  }

  /** What the server tells of a page's seconds, the newest first, which was `ago` whole seconds ago. */
  remember(page, samples, ago) {
    for (let i = 0; i < samples.length && ago + i < PAGE_SECONDS; i += 1) {
      const place = page * PAGE_SECONDS + (this.#second - ago - i) % PAGE_SECONDS;
      this.#samples[place] = Math.max(this.#samples[place], Math.min(0xffff, Math.round(samples[i])));
    }
  }

  /** @returns {number} samples heard `ago` whole seconds ago, of the last minute */
  samples(page, ago) {
    if (ago < 0 || ago >= PAGE_SECONDS) return 0;
    return this.#samples[page * PAGE_SECONDS + (this.#second - ago) % PAGE_SECONDS];
  }

  /** @returns {number} samples a second over the last five whole ones */
  rate(page) {
    let sum = 0;
    for (let ago = 1; ago <= 5; ago += 1) sum += this.samples(page, ago);
    return sum / 5;
  }

  /** A second is over: pages that nobody has been on for a minute go. */
  tick(now) {
    this.#second += 1;
    const column = this.#second % PAGE_SECONDS;
    for (let page = 0; page < this.path.length; page += 1) {
      if (!this.has(page)) continue;
      const place = page * PAGE_SECONDS + column;
      this.#samples[place] = 0;
      this.joins[page] -= this.#came[place];
      this.#came[place] = 0;
      const isLeft = this.count(page) === 0 && now - this.#emptyAt[page] > PAGE_EMPTY_MS;
      if (page !== NO_PAGE && isLeft) this.#remove(page);
    }
  }

  #add(path) {
    const page = this.#free.pop() ?? this.path.length;
    if (page >= this.present.length) this.#grow(this.present.length * 2);
    this.path[page] = path;
    this.present[page] = 0;
    this.joins[page] = 0;
    this.clicks[page] = 0;
    this.#samples.fill(0, page * PAGE_SECONDS, (page + 1) * PAGE_SECONDS);
    this.#came.fill(0, page * PAGE_SECONDS, (page + 1) * PAGE_SECONDS);
    this.#numbers.set(path, page);
    this.version += 1;
    return page;
  }

  #remove(page) {
    this.#numbers.delete(this.path[page]);
    this.path[page] = '';
    this.#free.push(page);
    this.version += 1;
  }

  #grow(capacity) {
    const resized = (old, length) => {
      const other = new old.constructor(length);
      other.set(old);
      return other;
    };
    for (const name of ['present', 'joins', 'clicks']) this[name] = resized(this[name], capacity);
    this.#emptyAt = resized(this.#emptyAt, capacity);
    this.#samples = resized(this.#samples, capacity * PAGE_SECONDS);
    this.#came = resized(this.#came, capacity * PAGE_SECONDS);
  }
}
