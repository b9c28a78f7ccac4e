// A page that exists only in the test: enough of a window for the snippet, with the clock, the
// animation frames and the sockets in the test's hands.
import { webcrypto } from 'node:crypto'; // a global only from Node 19 on
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const source = readFileSync(new URL('../snippet/pointerscope.js', import.meta.url), 'utf8');

/** Listeners by type; dispatch reports what they throw instead of throwing it. */
class FakeTarget {
  listeners = new Map();
  thrown = [];

  addEventListener(type, listener, options) {
    const entries = this.listeners.get(type) ?? [];
    entries.push({ listener, options });
    this.listeners.set(type, entries);
  }

  dispatch(type, event = {}) {
    for (const { listener } of this.listeners.get(type) ?? []) {
      try {
        listener({ type, ...event });
      } catch (error) {
        this.thrown.push(error);
      }
    }
  }
}

/** One tab's sessionStorage; `copy` is what a browser does when it duplicates the tab. */
export class FakeStorage {
  constructor(entries = []) {
    this.entries = new Map(entries);
  }
  getItem(key) { return this.entries.get(key) ?? null; }
  setItem(key, value) { this.entries.set(key, String(value)); }
  removeItem(key) { this.entries.delete(key); }
  copy() { return new FakeStorage(this.entries); }
}

/** A page that has loaded the snippet. */
export class FakePage {
  sockets = [];
  frames = [];
  timers = [];
  now = 1_000_000;

  /**
   * @param {object} [options] storage, navigator, document, tag, pathname, random, load (false:
   *   the snippet is not run yet), WebSocket (a class instead of the recording one)
   */
  constructor(options = {}) {
    const page = this;
    this.storage = options.storage ?? new FakeStorage();
    const window = new FakeTarget();
    const root = new FakeTarget();
    const tag = { src: 'http://127.0.0.1:2112/pointerscope.js', dataset: {}, ...options.tag };
    const document = Object.assign(new FakeTarget(), {
      currentScript: options.tag === null ? null : tag, hidden: false, documentElement: root,
    }, options.document);
    class RecordingSocket {
      constructor(url, protocols) {
        Object.assign(this, { url, protocols, sent: [], readyState: 0, bufferedAmount: 0, closed: false });
        page.sockets.push(this);
      }
      send(text) {
        if (this.readyState !== 1) throw new Error('InvalidStateError');
        this.sent.push(JSON.parse(text));
      }
      close() {
        this.closed = true;
        this.readyState = 2;
      }
    }
    Object.assign(window, {
      window, document,
      navigator: options.navigator ?? {},
      location: { pathname: options.pathname ?? '/shop' },
      innerWidth: 1280, innerHeight: 720,
      crypto: webcrypto, URL,
      sessionStorage: this.storage,
      WebSocket: options.WebSocket ?? RecordingSocket,
      Date: { now: () => page.now },
      Math: Object.assign(Object.create(Math), {
        random: options.random ?? (() => 0.5), round: Math.round, min: Math.min,
      }),
      setTimeout: (work, delay) => { page.timers.push({ work, delay }); return page.timers.length; },
      requestAnimationFrame: (work) => { page.frames.push(work); return page.frames.length; },
    }, options.globals);
    Object.assign(this, { window, document, root });
    vm.createContext(window);
    if (options.load !== false) this.load();
  }

  /** Runs the snippet, as its tag would. */
  load() { vm.runInContext(source, this.window); }

  /** The newest socket. */
  get socket() { return this.sockets.at(-1); }

  /** The server's handshake arrives. */
  open() {
    this.socket.readyState = 1;
    this.socket.onopen({});
  }

  /** The connection is lost. */
  lose() {
    this.socket.readyState = 3;
    this.socket.onclose({});
  }

  /** One animation frame. */
  frame() { for (const work of this.frames.splice(0)) work(16); }

  /** Every timer fires, whatever its delay; answers the delays. */
  fireTimers() {
    const timers = this.timers.splice(0);
    for (const { work } of timers) work();
    return timers.map(({ delay }) => delay);
  }

  /** The pointer moves. */
  move(x, y, more = {}) {
    this.window.dispatch('pointermove', { clientX: x, clientY: y, isPrimary: true, ...more });
  }

  /** What listeners threw into the page. */
  get thrown() { return [...this.window.thrown, ...this.document.thrown, ...this.root.thrown]; }

  /** The ids that were sent, each once. */
  get ids() {
    const samples = this.sockets.flatMap((socket) => socket.sent).flat();
    return [...new Set(samples.map(({ id }) => id))];
  }
}

/** A page with an open connection that has just sent its first sample. */
export function livePage(options) {
  const page = new FakePage(options);
  page.open();
  page.move(1, 1);
  page.frame();
  return page;
}
