/** Numbers and texts out of a message; what is not there or not right ends it with a close code. */

export const refuse = (close, reason) => {
  throw Object.assign(new Error(reason), { close });
};

const NUMBER_BYTES = 5;
const CLOCK_BYTES = 8;
const LONGEST_STEP = 2 ** 26;

export class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get isAtEnd() {
    return this.#at >= this.#bytes.length;
  }

  /** The byte that comes, without taking it. */
  get next() {
    return this.#bytes[this.#at];
  }

  byte() {
    return this.isAtEnd ? refuse(1007, 'cut off') : this.#bytes[this.#at++];
  }

  bytes(count) {
    if (this.#at + count > this.#bytes.length) refuse(1007, 'cut off');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A reader of the next `count` bytes alone. */
  part(count) {
    return new Reader(this.bytes(count));
  }

  number(most = NUMBER_BYTES) {
    let value = 0;
    for (let i = 0; i < most; i += 1) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    return refuse(1007, 'a number that does not end');
  }

  /** The number behind the next byte, without taking it. */
  peekNumber() {
    const at = this.#at;
    this.byte();
    const value = this.number();
    this.#at = at;
    return value;
  }

  signed() {
    const value = this.number();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  #atMost(limit, value) {
    return value <= limit ? value : refuse(1008, 'out of bounds');
  }

  step() {
    return this.#atMost(LONGEST_STEP, this.number());
  }

  /** Epoch ms; numbers are exact up to 2^53, and so are clocks. */
  clock() {
    const before = this.#at;
    const value = this.number(CLOCK_BYTES);
    const isOver = value === 2 ** 53 && (this.#bytes[before] & 127) !== 0;
    return this.#atMost(2 ** 53, isOver ? Infinity : value);
  }

  buttons() {
    return this.#atMost(65535, this.number());
  }

  choice(most) {
    return this.#atMost(most, this.byte());
  }

  text(limit, isPlain = false) {
    const bytes = this.bytes(this.number());
    this.#atMost(limit, bytes.length);
    let value;
    try {
      value = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      refuse(1007, 'not UTF-8');
    }
    return isPlain && /\p{Cc}/u.test(value) ? refuse(1008, 'a control character') : value;
  }

  name() {
    const value = this.text(64, true);
    return value || refuse(1008, 'an empty name');
  }
}
