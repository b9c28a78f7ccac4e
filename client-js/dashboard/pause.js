import { PAUSE_UNITS } from './limits.js';

/**
 * Holds messages back while the picture stands still, and gives them all when it moves again.
 * Bounded: past the limit everything held is dropped, and a fresh keyframe has to be asked for.
 */
export class PauseBuffer {
  #held = [];
  #units = 0;
  #overflowed = false;

  /** Keeps one message; `units` is the length of its text. */
  hold(message, units) {
    if (this.#overflowed) return;
    this.#held.push(message);
    this.#units += units;
    if (this.#units <= PAUSE_UNITS) return;
    this.#overflowed = true;
    this.#held = [];
  }

  /** Gives back what was held, and begins anew. @returns {Array | null} null after an overflow */
  take() {
    const held = this.#overflowed ? null : this.#held;
    this.#held = [];
    this.#units = 0;
    this.#overflowed = false;
    return held;
  }
}
