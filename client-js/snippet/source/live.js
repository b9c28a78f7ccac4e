/**
 * What the visitor does, for a server that wants to know: pointer, clicks, scrolling, sizes. It is loaded
 * with the first message of the server that asks for samples, and is told every message from then on.
 */
import { clickPlace } from './click.js';
import { began, beginningOfPage } from './clock.js';
import { forget, isWaiting, passes, setRate, several, takeDue, takeWaiting } from './gate.js';
import { hintOf, HINT_BYTES } from './hint.js';
import { CANCEL, CLICK, DOWN, ENTER, isPressed, kindOf, KINDS, LEAVE, letGo, UP } from './kinds.js';
import { obey } from './obey.js';
import { makeWriter } from './moves.js';
import { partsOf } from './parts.js';
import { ofDocument, quiet } from './page.js';

const TYPES = { mouse: 1, pen: 2, touch: 3 };
/** Bytes that wait: from the first on moves are let go, from the second on everything. */
const [CROWDED, FULL] = [2000, 7000];
/** Bytes in the socket from which on nothing is added to it. */
const STALLED = 4096;
/** Moves that are kept until a batch ends. */
const MOST_HEARD = 64;

let me;
let core;
let writer;
/** The connection that was last written to. */
let known;
/** What the page's visitor pointed with last. */
let pointing = '';
/**
 * The moves of this batch as the browser told of them, read all at once when it ends: code that runs once in
 * 16 ms finds nothing of its own in the processor's caches, so a page pays for each time it runs.
 */
let heard = [];
let batch = 50;
/** The interval in which batches end, while there are any; and whether anything but moves waits for it. */
let timer = 0;
let asked = false;
/** When the pointer last moved, epoch ms. */
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
  // Of what was before it, it is told where the pointer is.
  heard = heard.filter((event, at) => at === heard.length - 1 || began + event.timeStamp > me._clock);
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

const flush = () => {
  asked = false;
  meet();
  drain();
  if (dirty && me._end < FULL) look();
  if (isWaiting()) write(takeDue(Date.now()));
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

const rest = () => {
  clearInterval(timer);
  timer = 0;
};

/** Ends a batch, or rests until there is one: an interval costs less than to ask for a timer with each. */
const tick = quiet(() => {
  if (asked || heard.length > 0) flush();
  else rest();
});

const run = () => {
  timer ||= setInterval(tick, batch);
};

const ask = () => {
  asked = true;
  run();
};

const measure = (event) => {
  dirty = true;
  changed = event?.timeStamp ? began + event.timeStamp : Date.now();
  ask();
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

/** Takes in all places that a move stands for. */
const follow = (event, left, top, since) => {
  const time = since + event.timeStamp;
  const step = time - moved;
  moved = time;
  const at = ({ timeStamp, clientX, clientY }) =>
    move(since + timeStamp, Math.round(clientX + left), Math.round(clientY + top));
  if (step > several) {
    for (const part of partsOf(event)) at(part);
  }
  at(event);
};

/** Tells what the visitor points with, where that has changed. */
const noteType = (name) => {
  if (name === pointing || !TYPES[name]) return;
  pointing = name;
  if (TYPES[name] === me._type) return;
  core.put(17, me._type = TYPES[name]);
};

const tell = (event, kind, time, left, top) => {
  const place = kind === CLICK ? clickPlace(event, time) : [event.clientX, event.clientY];
  if (!place) return;
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

/** Takes in one event of a pointer; returns what it came to. */
const note = (event, left, top, since) => {
  const kind = kindOf(event, core.key);
  if (!kind || me._end > FULL) return 0;
  noteType(event.pointerType);
  if (kind === 2) follow(event, left, top, since);
  else tell(event, kind, since + event.timeStamp, left, top);
  return kind;
};

/** Takes in the moves of this batch; comes before whatever else is written. */
const drain = () => {
  if (heard.length === 0) return;
  const events = heard;
  heard = [];
  // Reading clocks can cost more than all of this, and who sleeps or sets one holds no mouse meanwhile.
  const since = began + events[0].timeStamp < moved + 2 * batch ? began : beginningOfPage();
  for (const event of events) {
    try {
      note(event, 0, 0, since);
    } catch {}
  }
};

/** Hears one event of a pointer, of this page or of a frame that speaks through it and lies at a place. */
const hear = (event, left = 0, top = 0, since = beginningOfPage()) => {
  meet();
  drain();
  const kind = note(event, left, top, since);
  if (kind > 2 && kind < ENTER) flush();
  else if (kind) ask();
};

/** Hears that the pointer moves, most of the time, and asks as little as can be of it. */
const hearMove = (event) => {
  heard.push(event);
  if (isPressed && !event.buttons) flush();
  else if (heard.length > MOST_HEARD) drain();
  else run();
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
    rest();
    known = undefined;
    heard = [];
    letGo();
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
    rest();
  });
  measure();
};
