// The snippet's encoder as a whole, told what happens as the vectors tell it.
import { me } from '../snippet/source/state.js';
import { bytes, pass, put, signed, text } from '../snippet/source/wire.js';
import { makeWriter } from '../snippet/source/moves.js';

const KINDS = { down: 3, up: 4, cancel: 5, enter: 9, leave: 10 };
const writer = makeWriter(me, bytes, put, pass);

/** Events of one connection become messages, one for each list of them. */
export class Encoder {
  #count = 0;

  /** A message of events such as `['move', time, x, y]`; positions, offsets and times are absolute. */
  encode(events) {
    me._end = 1;
    me._count = this.#count;
    for (const [kind, ...rest] of events) this[kind](...rest);
    bytes[0] = this.#count;
    this.#count += 1;
    return bytes.slice(0, me._end);
  }

  /** As the core writes it, whose length is always of two bytes. */
  hello(said) {
    me._end = 4;
    put((said.place ? 1 : 0) | (said.visible ? 2 : 0) | (said.name ? 4 : 0), me._clock = said.clock);
    bytes.set(said.instance.split(' ').map((digits) => parseInt(digits, 16)), me._end);
    me._end += 8;
    text(said.token);
    writer.text(said.path, 256);
    signed(me._x = said.x, me._y = said.y, me._left = said.sx, me._top = said.sy);
    put(said.w, said.h, said.dw, said.dh, said.ratio, said.pt);
    if (said.name) writer.text(said.name, 64);
    bytes.set([1, me._end - 4 | 128, me._end - 4 >> 7], 1);
    writer.restart();
  }

  move(time, x, y) { writer.place(2, time, x, y); }
  enter(time, x, y) { writer.place(9, time, x, y); }
  leave(time, x, y) { writer.place(10, time, x, y); }
  cancel(time, x, y) { writer.place(5, time, x, y); }
  down(time, x, y, buttons) {
    writer.place(KINDS.down, time, x, y);
    put(buttons);
  }
  up(time, x, y, buttons) {
    writer.place(KINDS.up, time, x, y);
    put(buttons);
  }
  click(time, x, y, element = '') {
    writer.place(6, time, x, y);
    writer.text(element, 64);
  }
  scroll(time, left, top) {
    put(7, pass(time));
    signed(left - me._left, top - me._top);
    [me._left, me._top] = [left, top];
  }
  wheel(time, dx, dy) {
    put(8, pass(time));
    signed(dx, dy);
  }
  visibility(time, isVisible) { put(11, pass(time), isVisible ? 1 : 0); }
  resize(time, ...sizes) { put(12, pass(time), ...sizes); }
  page(time, path, left, top, wide, high) {
    put(13, pass(time));
    writer.text(path, 256);
    signed(me._left = left, me._top = top);
    put(wide, high);
  }
  name(value) {
    put(14);
    writer.text(value, 64);
  }
  bye(time) { put(15, pass(time)); }
  sync(time) {
    pass(time);
    writer.sync();
  }
  pointer(type) { put(17, type); }
}
