/** Seeded random numbers (SplitMix32), so that a failing run can be repeated. */
export class Dice {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** @returns {number} in [0, 1) */
  next() {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** @returns {number} a whole number below `end` */
  below(end) { return Math.floor(this.next() * end); }

  /** @returns {boolean} true in a part of the cases */
  chance(part) { return this.next() < part; }

  /** One of the options. */
  pick(options) { return options[this.below(options.length)]; }
}
