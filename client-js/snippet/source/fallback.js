/**
 * The way for pages from which no WebSocket gets through: it looks like one to the core, reads what the core
 * writes, and posts it as JSON to `events` beside the endpoint, as often as the answers say.
 */
import { Decoder } from './decode.js';

/** Samples that wait; the oldest go first. */
const MOST = 1000;
/** Until the WebSocket is tried again, ms. */
const TURN_MS = 300_000;
/** Until the server has said how often, ms; and the least and the most that it is believed. */
const FIRST_MS = 1000;
const PACE_MS = [250, 60_000];
/** Samples a second: what is a picture once a second needs no more. */
const RATE = 10;
/** What a beacon and a request that outlives its page may hold, bytes; samples are smaller than this each. */
const LAST_BYTES = 60_000;
const SAMPLE_BYTES = 200;

const ownId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join('');

/** A length below 128 in front of ASCII. */
const text = (value) => [value.length, ...new TextEncoder().encode(value)];

class PostSocket {
  readyState = 0;
  #url;
  #decoder = new Decoder();
  #samples = [];
  #id = '';
  #pace = FIRST_MS;
  #timers = [];
  #listeners = { message: [], close: [] };

  constructor(endpoint) {
    this.#url = new URL('events', endpoint.replace(/^ws/, 'http')).href;
    this.#after(0, () => {
      this.readyState = 1;
      this.onopen({});
    });
    this.#after(TURN_MS, () => this.close(1000));
  }

  /** What a socket would tell of: more than a batch or two waits. */
  get bufferedAmount() {
    return this.#samples.length * 40;
  }

  addEventListener(type, work) {
    this.#listeners[type].push(work);
  }

  send(message) {
    const isFirst = !this.#id;
    const { samples } = this.#decoder.decode(message);
    if (isFirst) {
      const { token } = this.#decoder;
      // An id of one's own lies where the token would: the next page of this tab is the same visitor.
      this.#id = /^[a-z0-9]{12}$/.test(token) ? token : ownId();
    }
    this.#samples.push(...samples.map((sample) => ({ id: this.#id, ...sample })));
    this.#samples.splice(0, this.#samples.length - MOST);
    if (isFirst) this.#post();
  }

  /** As with a WebSocket, whoever closes it hears of that a moment later. */
  close(code = 1005) {
    if (this.readyState > 2) return;
    this.readyState = 3;
    setTimeout(() => {
      this.onclose({ code });
      for (const work of this.#listeners.close) work({ code });
    });
    for (const timer of this.#timers) clearTimeout(timer);
    const last = this.#take(Math.floor(LAST_BYTES / SAMPLE_BYTES));
    if (last.length > 0) navigator.sendBeacon(this.#url, JSON.stringify(last));
  }

  #after(ms, work) {
    this.#timers.push(setTimeout(() => {
      if (this.readyState < 2) work();
    }, ms));
  }

  #take(most) {
    const taken = this.#samples.slice(-most);
    this.#samples = [];
    return taken;
  }

  async #post() {
    const events = this.#take(MOST);
    if (events.length > 0) {
      try {
        const answer = await fetch(this.#url, {
          method: 'POST', body: JSON.stringify(events), credentials: 'omit',
          headers: { 'Content-Type': 'text/plain' },
        });
        const asked = answer.ok && Number((await answer.json()).interval);
        if (!asked || this.readyState > 1) throw new Error(`${answer.status}`);
        this.#obey(Math.min(PACE_MS[1], Math.max(PACE_MS[0], asked)));
      } catch {
        this.close(1006);
        return;
      }
    }
    this.#after(this.#pace, () => this.#post());
  }

  /** Tells the core what a welcome would, when there is something new to tell. */
  #obey(pace) {
    if (this.#pace === pace && this.#isWelcome) return;
    this.#pace = pace;
    const batch = [pace & 127 | 128, pace >> 7 & 127 | 128, pace >> 14];
    const rest = [this.#isWelcome ? 1 : 0, ...text(this.#id), ...text(this.#id), RATE, ...batch];
    this.#isWelcome = true;
    const data = Uint8Array.from([1, rest.length, ...rest]).buffer;
    this.onmessage({ data });
    for (const work of this.#listeners.message) work({ data });
  }

  #isWelcome = false;
}

/** From now on connections are made this way; the next loss of one is for another try of the WebSocket. */
export default (what, me, bytes, put, pass, send, hide, on, connect) => {
  // This way was taken already, and is none.
  if (me._transport !== WebSocket) return;
  me._transport = class extends PostSocket {
    constructor(endpoint) {
      super(endpoint);
      me._transport = WebSocket;
    }
  };
  connect();
};
