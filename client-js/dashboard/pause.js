import { PAUSE_UNITS } from './limits.js';

/**
 * Holds messages back while the picture stands still, and gives them all when it moves again.
 * Bounded: past the limit everything held is dropped, and a fresh keyframe has to be asked for.
 */
export class PauseBuffer {
  paused = false;

  #held = [];
  #units = 0;
  #overflowed = false;

  /** Stops the picture. */
  pause() {
    this.paused = true;
  }

  /** Keeps one message; `units` is the length of its text. */
  hold(message, units) {
    if (this.#overflowed) return;
    this.#held.push(message);
    this.#units += units;
    if (this.#units <= PAUSE_UNITS) return;
    this.#overflowed = true;
    this.#held = [];
  }

  /** Lets the picture go on. @returns {Array | null} the messages held, or null after an overflow */
  resume() {
    const held = this.#overflowed ? null : this.#held;
    this.paused = false;
    this.#held = [];
    this.#units = 0;
    this.#overflowed = false;
    return held;
  }
}
