/** The rest of the client's half of `pointerscope.v1`: what the pointer does, and being in step again. */

/** A move that comes later than this many units says nothing of the pace (docs/protocol.md, "beat"). */
const PACE = 20;

/** Records with a place; made for one buffer, which belongs to the core. */
export const makeWriter = (me, bytes, put, pass) => {
  const signed = (value) => put(value << 1 ^ value >> 31);
  /** What a compact move expects to have passed, in units of 2 ms. */
  let beat = 8;

  return {
    /** A new connection, and one that is in step again, knows nothing of a pace. */
    restart() {
      beat = 8;
    },
    /** A record of a kind, a time and a place in the window; a move is two bytes where it fits. */
    place(kind, time, x, y) {
      const units = pass(time);
      const dx = x - me._x;
      const dy = y - me._y;
      const over = units - beat + 1;
      me._x = x;
      me._y = y;
      if (kind === 2 && !(over >> 2 | dx + 64 >> 7 | dy + 32 >> 6)) {
        bytes[me._end] = 128 | over << 5 | dx >> 2 & 31;
        bytes[me._end + 1] = dx << 6 | dy & 63;
        me._end += 2;
      } else {
        put(kind, units);
        signed(dx);
        signed(dy);
      }
      if (kind === 2 && units <= PACE) beat = units;
    },
    /** A record of a kind, a time and two differences. */
    pair(kind, time, dx, dy) {
      put(kind, pass(time));
      signed(dx);
      signed(dy);
    },
    /** A text of at most `limit` bytes, in whole characters. */
    text(value, limit) {
      const piece = new Uint8Array(limit);
      const { written } = new TextEncoder().encodeInto(value, piece);
      put(written);
      bytes.set(piece.subarray(0, written), me._end);
      me._end += written;
    },
    /** Where everything is, for a server that has missed something; the first record of its message. */
    sync() {
      me._end = 1;
      beat = 8;
      put(16, me._count, me._clock);
      for (const value of [me._x, me._y, me._left, me._top]) signed(value);
    },
  };
};
