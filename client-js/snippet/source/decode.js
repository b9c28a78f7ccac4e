/**
 * The server's half of reading `pointerscope.v1` (docs/protocol.md): messages of a page become samples, as
 * viewers get them. The fallback sends those by POST; the tests hold the snippet against it.
 */
import { Reader, refuse } from './reader.js';

export const KINDS = [, , 'move', 'down', 'up', 'cancel', 'click', 'scroll', 'scroll', 'enter', 'leave'];
const TYPES = [, 'mouse', 'pen', 'touch'];
const FARTHEST = 2 ** 24;
const MESSAGE_SAMPLES = 4096;
const FIRST_BEAT = 8;
const LONGEST_BEAT = 20;

const within = (value) => (Math.abs(value) <= FARTHEST ? value : refuse(1008, 'out of bounds'));

/** One connection: `decode` answers a message with `{ samples, notes }`, or throws what has a `close`. */
export class Decoder {
  #state = { begun: false };

  /** Takes a message whole, or not at all. */
  decode(message) {
    const before = structuredClone(this.#state);
    try {
      return this.#decode(new Reader(message));
    } catch (error) {
      this.#state = before;
      throw error;
    }
  }

  #decode(reader) {
    const state = this.#state;
    const notes = {};
    const samples = [];
    const number = reader.byte();
    if (!state.begun) {
      if (number !== 0 || reader.next !== 1) refuse(1008, 'no hello');
      reader.byte();
      samples.push(this.#hello(reader.part(reader.number()), notes));
      state.last = 0;
    } else if (!this.#follows(number, reader, notes)) {
      return { samples, notes };
    }
    while (!reader.isAtEnd) {
      this.#record(reader, samples, notes);
      if (samples.length > MESSAGE_SAMPLES) refuse(1009, 'too many samples');
    }
    return { samples, notes };
  }

  /** Whether a message is to be read: numbers show what is missing, and a sync ends a gap. */
  #follows(number, reader, notes) {
    const state = this.#state;
    const isSync = reader.next === 16;
    let full = state.last + 1 + ((number - state.last - 1) & 255);
    if (isSync) full = reader.peekNumber();
    if (isSync) {
      if ((full & 255) !== number) refuse(1008, 'a sync of another number');
      if (full <= state.last) {
        notes.duplicate = true;
        return false;
      }
    } else if (full - state.last - 1 >= 128) {
      notes.duplicate = true;
      return false;
    }
    if (state.saidBye) refuse(1008, 'after a bye');
    const missing = full - state.last - 1;
    state.last = full;
    if (missing > 0) {
      notes.missing = missing;
      state.isBehindGap = true;
    }
    if (isSync) {
      reader.byte();
      reader.number();
      state.clock = reader.clock();
      [state.x, state.y] = [within(reader.signed()), within(reader.signed())];
      const [sx, sy] = [within(reader.signed()), within(reader.signed())];
      if (sx !== state.sx || sy !== state.sy) state.unsaid.scroll = true;
      Object.assign(state, { sx, sy, beat: FIRST_BEAT, isBehindGap: false });
    }
    if (!state.isBehindGap) return true;
    notes.unreadable = true;
    if (missing > 0) notes.resync = true;
    return false;
  }

  #hello(reader, notes) {
    const flags = reader.byte();
    const clock = reader.clock();
    reader.bytes(8);
    const token = reader.text(128);
    const p = reader.text(256);
    const [x, y, sx, sy] = [1, 2, 3, 4].map(() => within(reader.signed()));
    const [w, h, dw, dh] = [1, 2, 3, 4, 5].map(() => within(reader.number()));
    const type = reader.choice(3);
    const name = flags & 4 ? reader.name() : '';
    this.#state = {
      begun: true, last: 0, clock, x, y, sx, sy, type, name, token, beat: FIRST_BEAT,
      isOnPage: (flags & 1) === 1,
      unsaid: { scroll: true, type: true, name: true },
    };
    notes.visible = (flags & 2) === 2;
    const sample = this.#sample(flags & 1 ? 2 : 10, { w, h, p, dw, dh });
    return flags & 1 ? sample : { ...sample, x: 0, y: 0 };
  }

  /** The token that came with the hello. */
  get token() {
    return this.#state.token;
  }

  #sample(kind, more = {}) {
    const state = this.#state;
    const { x, y, clock: t, unsaid } = state;
    const sample = { x, y, t, ...(kind !== 2 && { k: KINDS[kind] }), ...more };
    if (unsaid.scroll) Object.assign(sample, { sx: state.sx, sy: state.sy });
    if (unsaid.type && state.type) sample.pt = TYPES[state.type];
    if (unsaid.name && state.name) sample.n = state.name;
    state.unsaid = {};
    return sample;
  }

  #move(dx, dy) {
    const state = this.#state;
    state.x = within(state.x + dx);
    state.y = within(state.y + dy);
    state.isOnPage = true;
    return this.#sample(2);
  }

  #pass(units) {
    if (this.#state.clock > 2 ** 53 - units * 2) refuse(1008, 'the clock');
    this.#state.clock += units * 2;
  }

  #record(reader, samples, notes) {
    const state = this.#state;
    const first = reader.byte();
    if (state.saidBye) refuse(1008, 'after a bye');
    if (first & 128) {
      const second = reader.byte();
      const units = state.beat + (first >> 5 & 3) - 1;
      if (units < 0) refuse(1007, 'a time before the last');
      this.#pass(units);
      // Both differences lie in two's complement over the two bytes: seven bits and six.
      samples.push(this.#move((first & 31) << 27 >> 25 | second >> 6, (second & 63) << 26 >> 26));
      if (units <= LONGEST_BEAT) state.beat = units;
    } else if (first > 63) {
      reader.part(reader.number());
    } else {
      this.#known(first, reader, samples, notes);
    }
  }

  #known(kind, reader, samples, notes) {
    const state = this.#state;
    if (kind === 1 || kind === 16) refuse(1008, 'out of place');
    if (kind < 1 || kind > 17) refuse(1007, 'an unknown record');
    if (kind === 14) {
      Object.assign(state, { name: reader.name() });
      state.unsaid.name = true;
      return;
    }
    if (kind === 17) {
      const type = reader.choice(3);
      if (type !== state.type) state.unsaid.type = true;
      state.type = type;
      return;
    }
    const units = reader.step();
    this.#pass(units);
    if (kind < 7 || kind === 9 || kind === 10) this.#placed(kind, units, reader, samples);
    else if (kind === 11) notes.visible = reader.choice(1) === 1;
    else if (kind === 15) state.saidBye = notes.bye = true;
    else samples.push(this.#around(kind, reader));
  }

  #placed(kind, units, reader, samples) {
    const state = this.#state;
    state.x = within(state.x + reader.signed());
    state.y = within(state.y + reader.signed());
    const more = {};
    if (kind === 3 || kind === 4) more.b = reader.buttons();
    const hint = kind === 6 ? reader.text(64, true) : '';
    if (hint) more.el = hint;
    if (kind === 2 || kind === 3 || kind === 9) state.isOnPage = true;
    if (kind === 10) state.isOnPage = false;
    if (kind === 2 && units <= LONGEST_BEAT) state.beat = units;
    samples.push(this.#sample(kind, more));
  }

  /** Scroll, wheel, resize and page. */
  #around(kind, reader) {
    const state = this.#state;
    if (kind === 7) {
      state.sx = within(state.sx + reader.signed());
      state.sy = within(state.sy + reader.signed());
      state.unsaid.scroll = true;
      return this.#sample(7);
    }
    if (kind === 8) {
      within(reader.signed());
      within(reader.signed());
      return this.#sample(8);
    }
    const size = () => within(reader.number());
    let more;
    if (kind === 12) {
      more = { w: size(), h: size() };
    } else {
      more = { p: reader.text(256) };
      [state.sx, state.sy] = [within(reader.signed()), within(reader.signed())];
      state.unsaid.scroll = true;
    }
    return this.#sample(state.isOnPage ? 2 : 10, { ...more, dw: size(), dh: size() });
  }
}
