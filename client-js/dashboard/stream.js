import { Backoff } from './backoff.js';
import { EARLY_ENDS, EARLY_MS, SILENCE_MS } from './limits.js';

/** The messages of the frames shape, and the last one of a stream whose session has ended. */
const EVENTS = ['keyframe', 'frame', 'status', 'history', 'reset', 'signed-out'];

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
 * Phases: `connecting`, `live` (a message has come), `waiting` (until `retryAt`), `stopped`.
 */
export class Stream {
  /** @type {'connecting' | 'live' | 'waiting' | 'stopped'} */
  phase = 'stopped';
  /** Local milliseconds of the next attempt while `waiting`. */
  retryAt = 0;
  /** How the newest connection began. @type {'' | 'new' | 'resumed' | 'reset'} */
  origin = '';
  /** The newest event id, '' before the first. */
  lastEventID = '';
  /** By which means messages come. @type {'stream' | 'poll'} */
  how = 'stream';
  /** Messages that were not JSON. */
  unreadable = 0;

  /** Where it is, with its query; from the next connection on. */
  url;

  #open;
  #now;
  #backoff;
  #source = null;
  #heardAt = 0;
  #received;
  #changed;
  #parse;
  #poll;
  #liveAt = NaN; // when the connection brought its first message
  #earlyEnds = 0;

  /**
   * @param {object} parts
   * @param {string} parts.url of the stream, with its query
   * @param {(event: string, data: unknown, units: number, id: string) => void} parts.received one
   *   message, parsed, the length of its text, and its id
   * @param {(stream: Stream) => void} [parts.changed] the phase or origin is another
   * @param {(url: string) => EventSource} [parts.open]
   * @param {() => number} [parts.now] milliseconds
   * @param {Backoff} [parts.backoff]
   * @param {(url: string) => EventSource} [parts.poll] what to open where streams break early, one after
   *   another; there is no way back to streams until `connect` is called from outside
   * @param {(text: string) => unknown} [parts.parse] what throws is not handed on
   */
  constructor({ url, received, changed = () => {}, open = (to) => new EventSource(to),
    now = () => performance.now(), backoff = new Backoff(), parse = JSON.parse,
    poll = null }) {
    this.url = url;
    this.#received = received;
    this.#changed = changed;
    this.#open = open;
    this.#now = now;
    this.#backoff = backoff;
    this.#parse = parse;
    this.#poll = poll;
  }

  /** Connects now, whatever was going on. */
  connect() {
    this.how = 'stream';
    this.#earlyEnds = 0;
    this.begin();
  }

  /** Connects by the means that are in use. */
  begin() {
    this.#drop();
    this.#heardAt = this.#now();
    this.#liveAt = NaN;
    const resume = this.lastEventID === '' ? '' : `&last-event-id=${encodeURIComponent(this.lastEventID)}`;
    let source;
    try {
      source = (this.how === 'poll' ? this.#poll : this.#open)(this.url + resume);
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
    this.#enter('stopped');
  }

  /** To be called about once a second: retries when it is time, and ends silent connections. */
  tick() {
    const now = this.#now();
    if (this.phase === 'waiting' && now >= this.retryAt) this.begin();
    else if (this.#source && now - this.#heardAt > SILENCE_MS) this.#failed(true);
  }

  #heard(event, message) {
    this.#heardAt = this.#now();
    const id = message.lastEventId ?? '';
    if (this.phase !== 'live') {
      this.#liveAt = this.#heardAt;
      this.#backoff.reset();
      if (this.lastEventID === '') this.origin = 'new';
      else this.origin = bootOf(id) === bootOf(this.lastEventID) && event !== 'reset' ? 'resumed' : 'reset';
      this.#enter('live');
    }
    if (id !== '') this.lastEventID = id;
    let data;
    try {
      data = this.#parse(message.data);
    } catch {
      this.unreadable += 1;
      return;
    }
    this.#received(event, data, message.data.length, id);
  }

  #failed(isSilent = false) {
    this.#drop();
    this.#countEnd(isSilent);
    this.retryAt = this.#now() + this.#backoff.next();
    this.#enter('waiting');
  }

  /**
   * Streams that begin well and end early are broken on the way, by a proxy that cuts what is long; those of
   * which nothing comes, by one that holds an answer back until it is whole.
   */
  #countEnd(isSilent) {
    const hasBegun = !Number.isNaN(this.#liveAt);
    if (this.how === 'poll' && !hasBegun) {
      // No polls are to be had there either: streams, then.
      this.how = 'stream';
      this.#earlyEnds = 0;
      return;
    }
    const isBroken = hasBegun ? this.#now() - this.#liveAt < EARLY_MS : isSilent;
    if (isBroken) this.#earlyEnds += 1;
    else if (hasBegun) this.#earlyEnds = 0;
    if (this.#poll && this.#earlyEnds >= EARLY_ENDS) this.how = 'poll';
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
