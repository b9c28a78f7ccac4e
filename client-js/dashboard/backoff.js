import { RETRY_FIRST_MS, RETRY_LAST_MS } from './limits.js';

/** Delays that double up to a ceiling, each with a random half so that viewers do not come back in step. */
export class Backoff {
  #tries = 0;
  #random;

  /** @param {() => number} random in [0, 1) */
  constructor(random = Math.random) {
    this.#random = random;
  }

  /** @returns {number} milliseconds to wait, between half of the nominal delay and all of it */
  next() {
    const nominal = Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(this.#tries, 16));
    this.#tries += 1;
    return nominal * (0.5 + this.#random() / 2);
  }

  /** Starts again from the first delay. */
  reset() {
    this.#tries = 0;
  }
}
