/**
 * Puts the server's clock on this page's timeline.
 *
 * A message can be late but never early, so the smallest distance seen between the two clocks is
 * the best one; it is allowed to grow slowly, or one lucky message would rule for ever.
 */
export class ServerClock {
  #offset = Infinity;
  #observedAt = 0;

  /** Milliseconds the offset may grow per second: far above any clock's drift. */
  static #DRIFT_PER_SECOND = 5;

  /**
   * A message said it was `at` on the server when it was `now` here.
   * @param {number} at epoch milliseconds of the server
   * @param {number} now milliseconds of `performance.now()`
   */
  observed(at, now) {
    const seen = now - at;
    const grown = this.#offset + ((now - this.#observedAt) / 1000) * ServerClock.#DRIFT_PER_SECOND;
    // A difference of a minute is a clock that was set, not a late message.
    this.#offset = Math.abs(seen - this.#offset) > 60_000 ? seen : Math.min(seen, grown);
    this.#observedAt = now;
  }

  /** @returns {number} the local time of a server time; never later than the last observation */
  local(at) {
    return this.#offset === Infinity ? at : at + this.#offset;
  }
}
