/**
 * The client's half of `pointerscope.v1` (docs/protocol.md), as far as a page needs it that nobody watches.
 * Records go into one buffer, as differences from what was last written.
 */
import { me } from './state.js';

/** The message being made; what does not fit falls off its end, so writers look at `me._end` first. */
export const bytes = new Uint8Array(8000);

/**
 * Appends unsigned varints. A byte keeps the low eight bits of what is stored in it, so neither fractions
 * nor what lies above 32 bits need a word.
 */
export const put = (...values) => {
  for (let value of values) {
    for (; value > 127; value /= 128) bytes[me._end++] = value | 128;
    bytes[me._end++] = value;
  }
};

/** Appends zigzag varints. */
export const signed = (...values) => {
  for (const value of values) put(value << 1 ^ value >> 31);
};

/** Appends a text of ASCII characters: each is a varint of one byte. */
export const text = (value) => put(value.length, ...new TextEncoder().encode(value));

/** Moves the clock on, which never goes back, and returns how far, in units of 2 ms. */
export const pass = (time = Date.now()) => {
  time = Math.round(Math.max(0, time - me._clock) / 2);
  me._clock += time * 2;
  return time;
};

/** Writes the message to the connection, and begins the next one. */
export const send = () => {
  bytes[0] = me._count++;
  me._live.send(bytes.subarray(0, me._end));
  me._end = 1;
  if (!(me._count % 99)) {
    put(16, me._count, me._clock);
    signed(me._x, me._y, me._left, me._top);
  }
};

