// A page that exists only in the test: enough of a window for the snippet as it is served, with the clock,
// the timers, the sockets and the other files in the test's hands.
import { webcrypto } from 'node:crypto'; // a global only from Node 19 on
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { Decoder } from '../snippet/source/decode.js';

const built = (name) => readFileSync(new URL(`../snippet/${name}`, import.meta.url), 'utf8');
export const ENDPOINT = 'ws://127.0.0.1:8081';
export const BASE = 'http://127.0.0.1:2112/';

/** The snippet as a server serves it, with a function of the page in the place of `import`, which a page of
 * the test's has none of. */
const snippet = built('pointerscope.js').replace('ws://%ENDPOINT%', ENDPOINT).replace('%BASE%', BASE)
  .replaceAll('import(', '__import(');

/** Another file, as an expression that is its default. */
const asExpression = (name) => built(name).replace(/export\s*\{(\w+) as default\};?\s*$/, 'return $1')
  .replace(/^/, '(() => {') + '})()';

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
    for (const { listener } of [...this.listeners.get(type) ?? []]) {
      try {
        listener({ type, isTrusted: true, ...event });
      } catch (error) {
        this.thrown.push(error);
      }
    }
  }
}

/** One tab's sessionStorage; `copy` is what a browser does when it duplicates the tab. */
export class FakeStorage {
  constructor(entries = {}) {
    Object.assign(this, entries);
  }

  copy() { return new FakeStorage({ ...this }); }
}

/** An element: a name, attributes, what lies around it, and where it is. */
export class FakeElement {
  constructor(localName, attributes = {}, { parent, box = [0, 0, 0, 0] } = {}) {
    Object.assign(this, { localName, attributes, parent, box });
  }
  getAttribute(name) { return this.attributes[name] ?? null; }
  closest(selector) {
    const name = selector.slice(1, -1);
    if (selector === this.localName) return this;
    return name in this.attributes ? this : this.parent?.closest(selector) ?? null;
  }
  getBoundingClientRect() {
    const [left, top, width, height] = this.box;
    return { left, top, width, height };
  }
}

/** A server's words, for `FakePage.say`. */
export const words = {
  welcome(token = 'TOKEN', rate = 60, batch = 50) {
    const text = (value) => [value.length, ...Buffer.from(value)];
    const rest = [0, ...text('~abcdefghijklmnop'), ...text(token), rate, batch & 127 | 128, batch >> 7];
    return [1, rest.length, ...rest];
  },
  rate: (rate, batch = 50) => [2, rate, batch & 127 | 128, batch >> 7],
  moveAway: (spread) => [4, spread & 127 | 128, spread >> 7],
  stop: (reason) => [5, reason],
  resync: () => [6],
};

/** What one connection of the snippet's does, read as a server reads it. */
class FakeSocket extends FakeTarget {
  sent = [];
  samples = [];
  notes = [];
  readyState = 0;
  bufferedAmount = 0;
  isClosed = false;
  decoder = new Decoder();

  constructor(url, protocol) {
    super();
    Object.assign(this, { url, protocol });
  }

  send(bytes) {
    if (this.readyState === 0) throw new Error('InvalidStateError');
    if (this.readyState > 1) return;
    const message = Uint8Array.from(bytes);
    this.sent.push(message);
    const { samples, notes } = this.decoder.decode(message);
    this.samples.push(...samples);
    this.notes.push(notes);
  }

  close() {
    this.isClosed = true;
    this.readyState = 2;
  }
}

/** A page that has loaded the snippet. */
export class FakePage {
  sockets = [];
  timers = new Map();
  loaded = [];
  warnings = [];
  now = 1_700_000_000_000;
  #timer = 0;

  /**
   * @param {object} [options] storage, navigator, tag (its dataset and src; null: the script has none), path,
   *   random, hidden, frameElement, parent (a FakePage), found (what a search of the document finds), globals
   */
  constructor(options = {}) {
    const page = this;
    this.options = options;
    this.storage = options.storage ?? new FakeStorage();
    this.hidden = options.hidden ?? false;
    this.root = { scrollWidth: 1280, scrollHeight: 3000 };
    const window = new FakeTarget();
    class Document {
      get currentScript() { return page.tag; }
      get hidden() { return page.hidden; }
      get documentElement() { return page.root; }
      querySelector(selector) { return options.found?.(selector) ?? null; }
    }
    class HTMLScriptElement {}
    this.tag = options.tag === null ? null : Object.assign(
      new HTMLScriptElement(), { src: `${BASE}pointerscope.js`, dataset: {} }, options.tag);
    window.addEventListener = window.addEventListener.bind(window); // as a page's functions are called
    const parent = options.parent?.window ?? window;
    const location = new URL(`http://shop.example${options.path ?? '/shop'}`);
    Object.assign(window, {
      window, self: window, parent, top: options.parent?.window.top ?? parent,
      frameElement: options.frameElement ?? null,
      Document, HTMLScriptElement, Element: FakeElement, document: new Document(),
      navigator: Object.defineProperties({ sendBeacon: (url, body) => page.beacons.push({ url, body }) },
        Object.getOwnPropertyDescriptors(options.navigator ?? {})),
      location: { get pathname() { return location.pathname; }, get hash() { return location.hash; },
        hostname: location.hostname, protocol: 'http:' },
      innerWidth: 1280, innerHeight: 720, scrollX: 0, scrollY: 0, devicePixelRatio: 1.25,
      history: {
        pushState(state, title, to) { location.href = new URL(to, location).href; },
        replaceState(state, title, to) { location.href = new URL(to, location).href; },
      },
      crypto: webcrypto, URL, TextEncoder, TextDecoder, structuredClone,
      fetch: (...rest) => page.fetch(...rest),
      console: { warn: (...rest) => page.warnings.push(rest.join(' ')) },
      sessionStorage: this.storage,
      WebSocket: class extends FakeSocket {
        constructor(...rest) {
          super(...rest);
          page.sockets.push(this);
        }
      },
      ResizeObserver: class {
        constructor(work) { page.resized = work; }
        observe() {}
      },
      Date: { now: () => page.now },
      performance: { timeOrigin: 1_700_000_000_000, now: () => page.now - 1_700_000_000_000 + 0.5 },
      Math: Object.assign(Object.create(Math), { random: options.random ?? (() => 0.5) }),
      setTimeout: (work, delay = 0) => {
        page.timers.set(++page.#timer, { work, due: page.now + delay });
        return page.#timer;
      },
      clearTimeout: (number) => page.timers.delete(number),
      setInterval: (work, every = 0) => {
        page.timers.set(++page.#timer, { work, due: page.now + every, every });
        return page.#timer;
      },
      clearInterval: (number) => page.timers.delete(number),
      queueMicrotask, __import: (url) => page.import(`${url}`),
    }, options.globals);
    Object.assign(this, { window, location });
    this.beacons = [];
    for (const name of ['round', 'min', 'max', 'floor', 'abs']) window.Math[name] = Math[name];
    vm.createContext(window);
    if (options.load !== false) this.load();
  }

  /** Runs the snippet, as its tag would. */
  load() { vm.runInContext(snippet, this.window); }

  /** Brings another file of the snippet, each once. */
  async import(url) {
    this.loaded.push(url);
    const name = new URL(url).pathname.slice(1);
    if (this.options.missing?.includes(name)) throw new TypeError('Failed to fetch');
    this.modules ??= new Map();
    if (!this.modules.has(name)) {
      this.modules.set(name, { default: vm.runInContext(asExpression(name), this.window) });
    }
    return this.modules.get(name);
  }

  /** The newest socket. */
  get socket() { return this.sockets.at(-1); }

  /** The server's handshake arrives. */
  open(socket = this.socket) {
    socket.readyState = 1;
    socket.onopen({});
  }

  /** The server says something; what it makes the page load is there when this is over. */
  async say(bytes, socket = this.socket) {
    const event = { data: Uint8Array.from(bytes).buffer };
    socket.onmessage(event);
    socket.dispatch('message', event);
    await this.settled();
  }

  /** What was asked for has been loaded. */
  async settled() { for (let i = 0; i < 20; i += 1) await null; }

  /** The connection is lost. */
  lose(code = 1006, socket = this.socket) {
    socket.readyState = 3;
    socket.onclose({ code });
    socket.dispatch('close', { code });
  }

  /** Time passes, and timers fire in their order. */
  pass(milliseconds) {
    const end = this.now + milliseconds;
    for (let fired = 0; ; fired += 1) {
      if (fired > 100_000) throw new Error('timers without end');
      const [next] = [...this.timers].filter(([, { due }]) => due <= end).sort((a, b) => a[1].due - b[1].due);
      if (!next) break;
      const [number, timer] = next;
      this.now = Math.max(this.now, timer.due);
      if (timer.every) timer.due = this.now + timer.every;
      else this.timers.delete(number);
      timer.work();
    }
    this.now = end;
  }

  /** An event of the pointer, now unless it says when. */
  point(type, x, y, more = {}) {
    this.window.dispatch(type, {
      clientX: x, clientY: y, isPrimary: true, buttons: 0, detail: 1, pointerType: 'mouse',
      relatedTarget: null,
      timeStamp: this.now - 1_700_000_000_000 + 0.5, target: new FakeElement('p'), ...more,
    });
  }

  move(x, y, more) { this.point('pointermove', x, y, more); }

  press(x, y, more) {
    this.point('pointerdown', x, y, { buttons: 1, ...more });
    this.point('pointerup', x, y, more);
    this.point('click', x, y, { isPrimary: false, ...more });
  }

  /** The page becomes visible or hidden. */
  show(isVisible) {
    this.hidden = !isVisible;
    this.window.dispatch('visibilitychange');
  }

  /** What listeners threw into the page. */
  get thrown() { return this.window.thrown; }

  /** What the newest connection has said, without its hello's sample. */
  get said() { return this.socket.samples.slice(1); }
}

/** A page whose server has asked for samples, in the middle of a connection. */
export async function livePage(options) {
  const page = new FakePage(options);
  await page.settled();
  page.open();
  await page.say(words.welcome());
  page.pass(50);
  return page;
}
