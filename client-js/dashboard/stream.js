import { Backoff } from './backoff.js';
import { SILENCE_MS } from './limits.js';

/** The messages of the frames shape, and the last one of a stream whose session has ended. */
const EVENTS = ['keyframe', 'frame', 'status', 'reset', 'signed-out'];

/** @returns {string} the boot part of an event id `<boot>-<n>`, or '' */
export function bootOf(id) {
  const dash = id.lastIndexOf('-');
  return dash > 0 ? id.slice(0, dash) : '';
}

/**
 * The connection to the event stream, and its recovery.
 *
 * An EventSource retries by itself after a broken connection but gives up for good after an HTTP
 * error, and never notices a connection that is silent; and it does not say when it will try
 * again. So every error ends the EventSource and a new one resumes with `last-event-id`.
 *
 * Phases: `connecting`, `live` (a message has come), `waiting` (until `retryAt`), `stopped`, and
 * `signed-out`, from which there is no way back.
 */
export class Stream {
  /** @type {'connecting' | 'live' | 'waiting' | 'stopped' | 'signed-out'} */
  phase = 'stopped';
  /** Local milliseconds of the next attempt while `waiting`. */
  retryAt = 0;
  /** How the newest connection began. @type {'' | 'new' | 'resumed' | 'reset'} */
  origin = '';
  /** The newest event id, '' before the first. */
  lastEventID = '';
  /** Messages that were not JSON. */
  unreadable = 0;

  #url;
  #open;
  #now;
  #backoff;
  #source = null;
  #heardAt = 0;
  #received;
  #changed;

  /**
   * @param {object} parts
   * @param {string} parts.url of the stream, with its query
   * @param {(event: string, data: unknown, units: number) => void} parts.received one message,
   *   parsed, and the length of its text
   * @param {(stream: Stream) => void} [parts.changed] the phase or origin is another
   * @param {(url: string) => EventSource} [parts.open]
   * @param {() => number} [parts.now] milliseconds
   * @param {Backoff} [parts.backoff]
   */
  constructor({ url, received, changed = () => {}, open = (to) => new EventSource(to),
    now = () => performance.now(), backoff = new Backoff() }) {
    this.#url = url;
    this.#received = received;
    this.#changed = changed;
    this.#open = open;
    this.#now = now;
    this.#backoff = backoff;
  }

  /** Connects now, whatever was going on. */
  connect() {
    if (this.phase === 'signed-out') return;
    this.#drop();
    this.#heardAt = this.#now();
    const resume = this.lastEventID === '' ? '' : `&last-event-id=${encodeURIComponent(this.lastEventID)}`;
    let source;
    try {
      source = this.#open(this.#url + resume);
    } catch {
      this.#failed();
      return;
    }
    this.#source = source;
    source.onerror = () => {
      if (source === this.#source) this.#failed();
    };
    for (const event of EVENTS) {
      source.addEventListener(event, (message) => {
        if (source === this.#source) this.#heard(event, message);
      });
    }
    this.#enter('connecting');
  }

  /** Ends the connection until `connect`. */
  stop() {
    this.#drop();
    if (this.phase !== 'signed-out') this.#enter('stopped');
  }

  /** Ends the connection for good. */
  signOut() {
    this.#drop();
    this.#enter('signed-out');
  }

  /** To be called about once a second: retries when it is time, and ends silent connections. */
  tick() {
    const now = this.#now();
    if (this.phase === 'waiting' && now >= this.retryAt) this.connect();
    else if (this.#source && now - this.#heardAt > SILENCE_MS) this.#failed();
  }

  #heard(event, message) {
    this.#heardAt = this.#now();
    const id = message.lastEventId ?? '';
    if (this.phase !== 'live') {
      this.#backoff.reset();
      if (this.lastEventID === '') this.origin = 'new';
      else this.origin = bootOf(id) === bootOf(this.lastEventID) && event !== 'reset' ? 'resumed' : 'reset';
      this.#enter('live');
    }
    if (id !== '') this.lastEventID = id;
    let data;
    try {
      data = JSON.parse(message.data);
    } catch {
      this.unreadable += 1;
      return;
    }
    this.#received(event, data, message.data.length);
  }

  #failed() {
    this.#drop();
    this.retryAt = this.#now() + this.#backoff.next();
    this.#enter('waiting');
  }

  #drop() {
    this.#source?.close();
    this.#source = null;
  }

  #enter(phase) {
    this.phase = phase;
    this.#changed(this);
  }
}
