/**
 * One connection that says who is here and on which page; what the pointer does is `live.js`, which comes
 * when the server asks for samples.
 */
import { me } from './state.js';
import { bytes, pass, put, send, signed, text } from './wire.js';
import { hide, isPrivate } from './privacy.js';
import { ofDocument, on, quiet } from './page.js';

export const KEY = 'pointerscope';

/** The path that the server knows. */
let told;
let token = '';
/** Rounds to wait after the next loss, and those that are left of this one. */
let rounds = 1;
let left;

/** Eight bytes that are this load's alone; with signs, `put` takes each as it is. */
let instance;

/** Brings a file that few need and tells it something. */
export const more = async (name, what) => {
  try {
    isPrivate || (await me._load(name)).default(
      what, me, bytes, put, pass, send, hide, on, connect, start, stop, turn);
  } catch {}
};

/** Tells a change of page. */
const turn = quiet(() => {
  const path = me._path();
  if (me._ready && told != path) {
    me._late?.();
    put(13, pass());
    text(told = path);
    signed(me._left, me._top);
    put(me._wide, me._high);
    me._flush();
  }
});

/**
 * The token lies in the tab's storage only while no page is alive, so that a copy of the tab finds none, and
 * of the tab's pages only the one at the top has it.
 */
const keep = quiet((leaving) => {
  if (top == self) {
    token = sessionStorage[KEY] || token;
    sessionStorage[KEY] = leaving ? token : '';
  }
});

/**
 * Says goodbye and lets the connection go; the next page of this tab is the same visitor. As the answer to
 * an event this page may come back, else it is over, or for a copy that goes on with the same instance.
 */
const leave = (event) => {
  if (me._live) {
    me._late?.();
    put(15, pass());
    send();
  }
  me._socket?.close();
  me._socket = me._live = me._ready = null;
  keep(1);
  token = '';
  if (!event) me._endpoint = 0;
  return instance;
};

/** Ends all of it, and forgets who this was. */
export const stop = () => leave(token = '');

const connect = () => {
  try {
    if (!me._endpoint || me._socket || ofDocument('hidden')) return;
    keep();
    const socket = me._socket = new me._transport(me._endpoint, KEY + '.v1');
    socket.binaryType = 'arraybuffer';
    socket.onopen = quiet(() => {
      const root = ofDocument('documentElement');
      me._ready = me._count = 0;
      me._live = socket;
      // The hello, whose length comes last.
      me._end = 4;
      put(me._flags, me._clock = Date.now(), ...instance);
      text(token);
      text(told = me._path());
      signed(me._x, me._y, me._left = Math.round(scrollX), me._top = Math.round(scrollY));
      put(innerWidth, innerHeight, me._wide = root.scrollWidth, me._high = root.scrollHeight,
        devicePixelRatio * 100, me._type);
      me._name?.();
      bytes.set([1, me._end - 4 | 128, me._end - 4 >> 7], 1);
      send();
    });
    socket.onmessage = quiet((event) => {
      const data = new Uint8Array(event.data);
      // A welcome: length, how, id, token, rate, batch; with their lengths in front of id and token.
      let at = data[3] + 5;
      if (data[0] - 1 || (
        token = new TextDecoder().decode(data.subarray(at, at += data[at - 1])),
        turn(me._ready = 1),
        data[at]
      )) more('live', data);
    });
    // Who hears nothing for this long is not heard either: something on the way swallows it.
    setTimeout(() => me._ready || socket.close(), 8e3);
    // What a Content Security Policy forbids has an error alone in Chromium.
    socket.onerror = socket.onclose = quiet(({ code }) => {
      if (me._socket != socket) return;
      if (code == 4001) stop();
      if (code == 4003) token = '';
      // Whom the server sends away is not back as soon as who has lost it.
      left = rounds = me._ready && !(code > 1006) || rounds * 2 & 15 || 8;
      me._socket = me._live = me._ready = null;
      wait();
      if (rounds == 4) more('fallback');
    });
  } catch {
    // Firefox throws what a Content Security Policy forbids.
    more('fallback');
  }
};

/**
 * Up to eight rounds, of which one is enough where somebody is active: the one behind a connection that
 * worked takes 0.2 to 1.8 s, so that pages are back 2 s after their worker has died, the last 1.6 to 3.2 s.
 */
const wait = () =>
  setTimeout(() => --left > 0 ? wait() : connect(), 200 * rounds + Math.random() * 16e2);

const hurry = () => (left = 0);

/** Takes the page over from a copy that was here before, and begins. */
export const start = () => {
  instance = navigator[KEY]?.() || crypto.getRandomValues(new Int8Array(8));
  me._leave = navigator[KEY] = leave;
  on(me._works = {
    // A page that comes back out of the back-forward cache becomes visible as well.
    pagehide: leave, visibilitychange: connect, online: hurry, pointermove: hurry, popstate: turn,
  });
  for (const method of ['pushState', 'replaceState']) {
    const work = history[method];
    history[method] = (...rest) => {
      work.apply(history, rest);
      turn();
    };
  }
  connect();
};
