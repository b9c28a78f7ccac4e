/**
 * The time that everything on the page is drawn for: now, or the moment at which it was held. Nobody who
 * draws reads a clock of its own, so that nothing goes on while the rest stands.
 */
export class ViewTime {
  #real;
  #heldAt = NaN;

  /** @param {() => number} real local milliseconds */
  constructor(real = () => performance.now()) {
    this.#real = real;
  }

  /** Whether it stands. */
  get isHeld() { return !Number.isNaN(this.#heldAt); }

  /** @returns {number} local milliseconds that what is shown is of */
  now() {
    return this.isHeld ? this.#heldAt : this.#real();
  }

  /** @returns {number} local milliseconds, whatever is shown */
  real() {
    return this.#real();
  }

  /** Stops. */
  hold() {
    if (!this.isHeld) this.#heldAt = this.#real();
  }

  /** Goes on with now. */
  release() {
    this.#heldAt = NaN;
  }
}
