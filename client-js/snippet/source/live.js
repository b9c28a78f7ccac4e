/**
 * What the visitor does, for a server that wants to know: pointer, clicks, scrolling, sizes. It is loaded
 * with the first message of the server that asks for samples, and is told every message from then on.
 */
import { clickPlace } from './click.js';
import { began, beginningOfPage } from './clock.js';
import { forget, isWaiting, passes, setRate, several, takeDue, takeWaiting } from './gate.js';
import { hintOf, HINT_BYTES } from './hint.js';
import { obey } from './obey.js';
import { makeWriter } from './moves.js';
import { FRAMES, partsOf } from './parts.js';
import { ofDocument, quiet } from './page.js';

const [DOWN, UP, CANCEL, CLICK, ENTER, LEAVE] = [3, 4, 5, 6, 9, 10];
const KINDS = {
  pointermove: 2, pointerdown: DOWN, pointerup: UP, pointercancel: CANCEL, lostpointercapture: CANCEL,
  dragend: CANCEL, click: CLICK, mouseout: LEAVE,
};
const TYPES = { mouse: 1, pen: 2, touch: 3 };
/** Bytes that wait: from the first on moves are let go, from the second on everything. */
const [CROWDED, FULL] = [2000, 7000];
/** Bytes in the socket from which on nothing is added to it. */
const STALLED = 4096;
/** A pointer that moves is heard again within so long, two frames. */
const STEP_MS = 34;
/** Numbers of moves that are kept until a batch ends, three for each. */
const ROOM = 384;

let me;
let core;
let writer;
/** The connection that was last written to. */
let known;
let pressed = false;
/** What the page's visitor pointed with last. */
let pointing = '';
/** Time, x and y of each move of this batch: what a page pays for a move is little more than writing them. */
const moves = new Float64Array(ROOM);
let end = 0;
let batch = 50;
let timer = 0;
/** When the batch that waits began, and when the pointer last moved, by the clock of the page's events. */
let opened = 0;
let moved = 0;
/** Something moved or grew that is to be measured; and when, epoch ms, for the clock must not pass moves. */
let dirty = false;
let changed = 0;
let wheel = [0, 0];
let sizes = '';

const measured = () => {
  const root = ofDocument('documentElement');
  return [innerWidth, innerHeight, me._wide = root.scrollWidth, me._high = root.scrollHeight];
};

/** A connection that is new knows what its hello said, and nothing of the last one's pace. */
const meet = () => {
  if (me._live === known || !me._live) return;
  known = me._live;
  end = 0;
  writer.restart();
  sizes = `${measured()}`;
};

/** Measures, and tells what has changed; at most once a batch, and never for a move alone. */
const look = () => {
  dirty = false;
  if (isWaiting()) write(takeWaiting());
  const dx = Math.round(scrollX) - me._left;
  const dy = Math.round(scrollY) - me._top;
  const [wheelX, wheelY] = wheel;
  if (dx || dy) {
    me._left += dx;
    me._top += dy;
    writer.pair(7, changed, dx, dy);
  } else if (wheelX || wheelY) {
    writer.pair(8, changed, wheelX, wheelY);
  }
  wheel = [0, 0];
  const now = measured();
  if (`${now}` !== sizes) {
    sizes = `${now}`;
    core.put(12, core.pass(changed), ...now);
  }
};

const write = (move) => move && me._end < CROWDED && writer.place(2, ...move);

const flush = (now = Date.now()) => {
  clearTimeout(timer);
  timer = 0;
  meet();
  drain();
  if (dirty && me._end < FULL) look();
  write(takeDue(now));
  const socket = me._live;
  if (isWaiting()) ask();
  if (!socket) {
    me._end = 1;
  } else if (me._ready && me._end > 1) {
    if (socket.bufferedAmount > STALLED) {
      ask();
    } else {
      core.send();
      // The core has begun the next message with a sync.
      if (me._end > 1) writer.restart();
    }
  }
};

const quietly = quiet(() => flush());

const ask = () => {
  timer ||= setTimeout(quietly, batch);
};

const measure = (event) => {
  dirty = true;
  changed = event?.timeStamp ? began + event.timeStamp : Date.now();
  ask();
};

/** Whether nobody tells what happens in an element: it is a frame that does not speak through this page. */
const isSilent = (element) => FRAMES[element.localName] && !element[core.key];

/** Whether a pointer that goes from one element to another is gone: out of the page, or into a frame. */
const isGone = ({ relatedTarget }) => !relatedTarget || isSilent(relatedTarget);

/** What an event comes to, seen with what was pressed before; 0 is nothing. */
const kindOf = (event) => {
  const kind = KINDS[event.type];
  if (kind === LEAVE) return isGone(event) && kind;
  if (kind === CLICK) return kind;
  if (event.isPrimary === false) return 0;
  if (kind === DOWN) {
    pressed = true;
    return kind;
  }
  if (pressed && !event.buttons) {
    pressed = false;
    // A menu, a drag or another window had the release: it is noticed with the next move.
    return kind === UP ? UP : CANCEL;
  }
  // Firefox tells the page of moves over a frame, with the frame as their target.
  return kind === 2 && !isSilent(event.target) ? kind : 0;
};

const move = (time, x, y) => {
  if (!(me._flags & 1)) {
    me._flags |= 1;
    writer.place(ENTER, time, x, y);
  } else if (x === me._x && y === me._y) {
    forget();
  } else if (passes(time, x, y, me._end > CROWDED)) {
    writer.place(2, time, x, y);
  }
};

/** Writes the moves of this batch, as far as they have their turn; comes before whatever else is written. */
const drain = () => {
  const last = end;
  end = 0;
  for (let at = 0; at < last; at += 3) {
    move(moves[at], Math.round(moves[at + 1]), Math.round(moves[at + 2]));
  }
};

const keep = (time, x, y) => {
  if (end === ROOM) drain();
  moves[end] = time;
  moves[end + 1] = x;
  moves[end + 2] = y;
  end += 3;
};

/** Keeps where the pointer has been; ends the batch where the next event would come behind its end. */
const note = (event, left, top, since) => {
  const time = since + event.timeStamp;
  const step = time - moved;
  moved = time;
  if (step > several) {
    for (const part of partsOf(event)) {
      keep(since + part.timeStamp, part.clientX + left, part.clientY + top);
    }
  }
  if (!end) opened = time;
  keep(time, event.clientX + left, event.clientY + top);
  if (step < STEP_MS && time + step > opened + batch - 1) flush(time);
  else ask();
};

/** Tells what the visitor points with, where that has changed. */
const noteType = (name) => {
  if (name === pointing || !TYPES[name]) return;
  pointing = name;
  if (TYPES[name] === me._type) return;
  drain();
  core.put(17, me._type = TYPES[name]);
};

const tell = (event, kind, time, left, top) => {
  const place = kind === CLICK ? clickPlace(event, time) : [event.clientX, event.clientY];
  if (!place) return;
  drain();
  if (dirty) look();
  forget();
  // What was taken from the page says nothing of where: the browser's word for it is 0, 0.
  const [x, y] = kind === CANCEL ? [me._x, me._y]
    : [Math.round(place[0] + left), Math.round(place[1] + top)];
  writer.place(kind, time, x, y);
  me._flags = kind === LEAVE ? me._flags & ~1 : me._flags | 1;
  if (kind === DOWN || kind === UP) core.put(event.buttons);
  if (kind === CLICK) writer.text(hintOf(event.target, core.hide), HINT_BYTES);
};

/** Hears one event of a pointer, of this page or of a frame that speaks through it and lies at a place. */
const hear = (event, left = 0, top = 0, since = beginningOfPage()) => {
  const kind = kindOf(event);
  if (!kind || me._end > FULL) return;
  meet();
  noteType(event.pointerType);
  if (kind === 2) {
    note(event, left, top, since);
    return;
  }
  tell(event, kind, since + event.timeStamp, left, top);
  if (kind < ENTER) flush();
  else ask();
};

/** Hears a mouse that moves and is known, as it is most of the time, and asks as little as can be of it. */
const hearMove = (event) => {
  if (event.pointerType === pointing && pointing === 'mouse' && !pressed && me._live === known &&
      !FRAMES[event.target.localName]) {
    // Reading clocks can cost more than all of this, and who sleeps or sets one holds no mouse meanwhile.
    note(event, 0, 0, began + event.timeStamp < moved + batch ? began : beginningOfPage());
  } else {
    hear(event);
  }
};

/** Listens for one copy of the snippet, until another has taken the page over. */
const listen = (page) => {
  const works = {
    scroll: measure, resize: measure, load: measure,
    wheel(event) {
      const unit = event.deltaMode ? 16 : 1;
      wheel = [wheel[0] + event.deltaX * unit, wheel[1] + event.deltaY * unit];
      measure(event);
    },
    visibilitychange() {
      drain();
      core.put(11, core.pass(), ofDocument('hidden') ? 0 : 1);
      flush();
    },
  };
  for (const type of Object.keys(KINDS)) works[type] = (event) => hear(event);
  // The core hears of moves already; a second listener would cost as much as all that is done with a move.
  delete works.pointermove;
  for (const [type, work] of Object.entries(works)) works[type] = (event) => page === me && work(event);
  core.on(works);
  const hurry = page._works.pointermove;
  page._works.pointermove = (event) => {
    if (!page._live) hurry();
    if (page === me) hearMove(event);
  };
  new ResizeObserver(measure).observe(ofDocument('documentElement'));
};

export default (message, page, bytes, put, pass, send, hide, on, connect, start, stop) => {
  // A page that was written anew has another copy of the core, and this module still.
  if (me !== page) {
    clearTimeout(timer);
    timer = 0;
    known = undefined;
    end = 0;
    pressed = false;
    pointing = '';
    me = page;
    core = { key: 'pointerscope', put, pass, send, hide, on, connect, stop, flush, ask };
    me._x ??= 0;
    me._y ??= 0;
    writer = makeWriter(me, bytes, put, pass);
    me._flush = flush;
    me._late = () => {
      drain();
      write(takeWaiting());
    };
    navigator[core.key].hear = hear;
    listen(page);
  }
  meet();
  obey(message, me, core, writer, (rate, pause) => {
    setRate(Math.min(rate, me._cap ?? rate));
    batch = pause;
  });
  measure();
};
