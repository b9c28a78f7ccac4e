import { CENSUS_MS, NARROW_SHARE, NARROW_VISITORS } from './limits.js';
import { pageKey } from './pages.js';

/** Bytes of a page that the server takes as a filter. */
const PAGE_BYTES = 256;

/** @returns {boolean} whether a filter of the server can say this page */
function canBeAsked(page) {
  if (page === null || page === '' || page.endsWith('*')) return false;
  return new TextEncoder().encode(page).length <= PAGE_BYTES;
}

/**
 * Asks the server for one page alone where that page is chosen and a small part of a large site; who is on
 * the other pages is then counted now and then.
 */
export class Narrowing {
  /** The page that is asked for, or null for all. @type {string | null} */
  page = null;

  #picture;
  #stream;
  #get;
  #countedAt = -Infinity;
  #isHidden = false;

  /**
   * @param {object} parts
   * @param {import('./picture.js').Picture} parts.picture
   * @param {import('./shared-stream.js').SharedStream} parts.stream
   * @param {typeof fetch} [parts.get]
   */
  constructor({ picture, stream, get = (...request) => fetch(...request) }) {
    this.#picture = picture;
    this.#stream = stream;
    this.#get = get;
  }

  /** Whether nobody sees the dashboard. */
  set isHidden(isHidden) {
    this.#isHidden = isHidden;
    this.#ask();
  }

  /** To be called a few times a second. */
  tick(now) {
    const { sieve, pages } = this.#picture;
    const wanted = this.#pays(sieve.page) ? sieve.page : null;
    if (wanted !== this.page) this.#turn(wanted);
    if (this.page === null || this.#isHidden || now - this.#countedAt < CENSUS_MS) return;
    this.#countedAt = now;
    this.#count(pages);
  }

  #pays(page) {
    const { pages } = this.#picture;
    if (!canBeAsked(page)) return false;
    if (page === this.page) return true;
    const everyone = pages.everyone;
    const here = pages.find(page) < 0 ? 0 : pages.count(pages.find(page));
    return everyone >= NARROW_VISITORS && here <= everyone * NARROW_SHARE;
  }

  #turn(page) {
    const { pages } = this.#picture;
    this.page = page;
    const counts = new Map();
    for (let number = 0; number < pages.end; number += 1) {
      const path = pages.path[number];
      if (pages.has(number) && path !== page) counts.set(path, pages.count(number));
    }
    pages.tellElsewhere(page === null ? null : counts);
    this.#picture.turn();
    this.#ask();
  }

  #ask() {
    this.#stream.want(this.#isHidden, this.page === null ? null : [this.page]);
  }

  /** Counts who is on the other pages, as the server lists them. */
  async #count(pages) {
    try {
      const answer = await this.#get('../api/state', { cache: 'no-store' });
      if (!answer.ok) return;
      const counts = new Map();
      for (const visitor of (await answer.json()).visitors) {
        const key = typeof visitor.page === 'string' ? pageKey(visitor.page) : '';
        if (key !== this.page) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      if (this.page !== null) pages.tellElsewhere(counts);
    } catch {
      // The next time, then.
    }
  }
}
