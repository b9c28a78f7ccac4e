/**
 * What the visitor does, for a server that wants to know: pointer, clicks, scrolling, sizes. It is loaded
 * with the first message of the server that asks for samples, and is told every message from then on.
 */
import { isWaiting, passes, setRate, takeDue, takeWaiting } from './gate.js';
import { hintOf, HINT_BYTES } from './hint.js';
import { obey } from './obey.js';
import { makeWriter } from './moves.js';
import { ofDocument } from './page.js';

const [DOWN, UP, CANCEL, CLICK, ENTER, LEAVE] = [3, 4, 5, 6, 9, 10];
const KINDS = {
  pointermove: 2, pointerdown: DOWN, pointerup: UP, pointercancel: CANCEL, lostpointercapture: CANCEL,
  dragend: CANCEL, click: CLICK, mouseout: LEAVE,
};
const TYPES = { mouse: 1, pen: 2, touch: 3 };
/** Bytes that wait: from the first on moves are let go, from the second on everything. */
const CROWDED = 2000;
const FULL = 7000;
/** Bytes in the socket from which on nothing is added to it. */
const STALLED = 4096;
/** A click on a label is followed by one of its control, which is an echo, within so long, ms. */
const ECHO_MS = 300;
/** Messages from one `sync` to the next; the protocol wants one in 128. */
const SYNC_EVERY = 120;

let me;
let core;
let writer;
/** The connection that was last written to. */
let known;
let pressed = false;
let clicked = 0;
/** The control of the label that was clicked last. */
let echoing;
let batch = 50;
let timer = 0;
/** Something moved or grew that is to be measured. */
let dirty = false;
let wheel = [0, 0];
let sizes = '';

const measured = () => {
  const root = ofDocument('documentElement');
  return [innerWidth, innerHeight, me._wide = root.scrollWidth, me._high = root.scrollHeight];
};

/** A connection that is new knows what its hello said, and nothing of the last one's pace. */
const meet = () => {
  if (!me._live || me._live === known) return;
  known = me._live;
  writer.restart();
  sizes = `${measured()}`;
};

/** Measures, and tells what has changed; at most once a batch, and never for a move alone. */
const look = () => {
  dirty = false;
  const dx = Math.round(scrollX) - me._left;
  const dy = Math.round(scrollY) - me._top;
  const [wheelX, wheelY] = wheel;
  if (dx || dy) {
    me._left += dx;
    me._top += dy;
    writer.pair(7, dx, dy);
  } else if (wheelX || wheelY) {
    writer.pair(8, wheelX, wheelY);
  }
  wheel = [0, 0];
  const now = measured();
  if (`${now}` !== sizes) {
    sizes = `${now}`;
    core.put(12, core.pass(), ...now);
  }
};

const write = (move) => {
  if (move && me._end < CROWDED) writer.place(2, ...move);
};

const flush = () => {
  clearTimeout(timer);
  timer = 0;
  meet();
  if (dirty && me._end < FULL) look();
  write(takeDue(Date.now()));
  const socket = me._live;
  if (isWaiting()) ask();
  if (!socket) {
    me._end = 1;
  } else if (me._ready && me._end > 1) {
    if (socket.bufferedAmount > STALLED) {
      ask();
    } else {
      core.send();
      if (me._count % SYNC_EVERY === 0) writer.sync();
    }
  }
};

const quietly = () => {
  try {
    flush();
  } catch {}
};

const ask = () => {
  timer ||= setTimeout(quietly, batch);
};

const measure = () => {
  dirty = true;
  ask();
};

/** Whether nobody tells what happens in an element: it is a frame that does not speak through this page. */
const isSilent = (element) => /^(i?frame|object|embed)$/.test(element.localName) && !element[core.key];

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

/** Where a click is: under the pointer, or amid what a key has clicked; nowhere where it is an echo. */
const clickPlace = (event, time) => {
  const { target } = event;
  if (target === echoing && time - clicked < ECHO_MS) return undefined;
  clicked = time;
  const control = Element.prototype.closest.call(target, 'label')?.control;
  echoing = control === target ? undefined : control;
  if (event.detail) return [event.clientX, event.clientY];
  const box = Element.prototype.getBoundingClientRect.call(target);
  return [box.left + box.width / 2, box.top + box.height / 2];
};

/** The events that the browser has put into one, with that one last, which is often the last of them. */
const parts = (event) => {
  const coalesced = typeof event.getCoalescedEvents === 'function' && event.getCoalescedEvents();
  return coalesced && coalesced.length ? [...coalesced, event] : [event];
};

const move = (time, x, y) => {
  if (!(me._flags & 1)) {
    me._flags |= 1;
    writer.place(ENTER, time, x, y);
  } else if (x === me._x && y === me._y) {
    takeWaiting();
  } else if (passes(time, x, y, me._end > CROWDED)) {
    writer.place(2, time, x, y);
  }
};

const tell = (event, kind, time, shift) => {
  const place = kind === CLICK ? clickPlace(event, time) : [event.clientX, event.clientY];
  if (!place) return;
  if (dirty) look();
  takeWaiting();
  // What was taken from the page says nothing of where: the browser's word for it is 0, 0.
  const [x, y] = kind === CANCEL ? [me._x, me._y] : place.map((value, i) => Math.round(value + shift[i]));
  writer.place(kind, time, x, y);
  me._flags = kind === LEAVE ? me._flags & ~1 : me._flags | 1;
  if (kind === DOWN || kind === UP) core.put(event.buttons);
  if (kind === CLICK) writer.text(hintOf(event.target, core.hide), HINT_BYTES);
};

/** When the clock of events began, epoch ms. */
let began = performance.timeOrigin;

/**
 * The clock of events begins with their page; what is told is told by the one of the day. Browsers round
 * both, so that they are held against each other only for what a sleep or a clock that was set puts between.
 */
const beginningOfPage = () => {
  const now = Date.now() + 0.5 - performance.now();
  if (Math.abs(now - began) > 50) began = now;
  return began;
};

/** Hears one event of a pointer, of this page or of a frame that speaks through it and lies at `shift`. */
const hear = (event, shift = [0, 0], began = beginningOfPage()) => {
  const kind = kindOf(event);
  if (!kind || me._end > FULL) return;
  meet();
  const type = TYPES[event.pointerType];
  if (type && type !== me._type) core.put(17, me._type = type);
  if (kind !== 2) {
    tell(event, kind, began + event.timeStamp, shift);
    if (kind < ENTER) flush();
    else ask();
    return;
  }
  for (const { timeStamp, clientX, clientY } of parts(event)) {
    move(began + timeStamp, Math.round(clientX + shift[0]), Math.round(clientY + shift[1]));
  }
  ask();
};

/** Listens for one copy of the snippet, until another has taken the page over. */
const listen = (page) => {
  const works = {
    scroll: measure, resize: measure, load: measure,
    wheel({ deltaX, deltaY, deltaMode }) {
      const unit = deltaMode ? 16 : 1;
      wheel = [wheel[0] + deltaX * unit, wheel[1] + deltaY * unit];
      measure();
    },
    visibilitychange() {
      core.put(11, core.pass(), ofDocument('hidden') ? 0 : 1);
      flush();
    },
  };
  for (const type of Object.keys(KINDS)) works[type] = (event) => hear(event);
  for (const [type, work] of Object.entries(works)) works[type] = (event) => page === me && work(event);
  core.on(works);
  new ResizeObserver(measure).observe(ofDocument('documentElement'));
};

export default (message, page, bytes, put, pass, send, hide, on, connect, start, stop) => {
  // A page that was written anew has another copy of the core, and this module still.
  if (me !== page) {
    clearTimeout(timer);
    timer = 0;
    known = undefined;
    pressed = false;
    me = page;
    core = { key: 'pointerscope', put, pass, send, hide, on, connect, stop, flush, ask };
    me._x ??= 0;
    me._y ??= 0;
    writer = makeWriter(me, bytes, put, pass);
    me._flush = flush;
    me._late = () => write(takeWaiting());
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
