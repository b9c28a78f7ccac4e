import { ALIVE_MS, TICK_MS, WORKER_MS } from './limits.js';
import { StreamHub } from './stream-hub.js';

/** @returns {{post: (message: object) => void, close: () => void}} a hub of this page alone */
function ownHub(heard) {
  const hub = new StreamHub({ letsGo: true });
  const port = { postMessage: heard };
  const timer = setInterval(() => hub.tick(), TICK_MS);
  const close = () => {
    clearInterval(timer);
    hub.heard(port, { say: 'bye' });
    hub.tick();
  };
  return { post: (message) => hub.heard(port, message), close };
}

/** @returns {{post, close}} the hub of all dashboards of this browser; throws where there can be none */
function commonHub(heard, failed) {
  const url = new URL('./shared-worker.js', import.meta.url);
  const worker = new SharedWorker(url, { type: 'module', name: 'pointerscope' });
  worker.onerror = failed;
  worker.port.onmessage = ({ data }) => heard(data);
  return { post: (message) => worker.port.postMessage(message), close: () => worker.port.close() };
}

/**
 * This dashboard's end of the stream that all dashboards of the browser share; where the browser knows no
 * shared workers, of one of its own. It looks like a `Stream`, and hands on messages as that does.
 */
export class SharedStream {
  phase = 'connecting';
  retryAt = 0;
  origin = '';
  lastEventID = '';
  /** `stream`, or `poll` where streams are broken on the way. */
  how = 'stream';
  /** Messages that were not JSON. */
  unreadable = 0;

  #parts;
  #hub = null;
  #isShared = true;
  #wants = { isHidden: false, pages: null };
  #look = { id: '', token: '' };
  #saidAt = 0;
  #startedAt = 0;
  #isHeard = false;

  /**
   * @param {object} parts
   * @param {string} parts.name of the admin, as in the address
   * @param {string} parts.base of the server, with a slash at its end
   * @param {(event: string, data: unknown, units: number) => void} parts.received
   * @param {() => void} [parts.changed] the phase is another
   * @param {() => number} [parts.now] milliseconds
   * @param {{common: Function, own: Function}} [parts.hubs]
   */
  constructor(parts) {
    this.#parts = {
      changed: () => {}, now: () => performance.now(), hubs: { common: commonHub, own: ownHub }, ...parts,
    };
  }

  /** Begins; where it has begun it connects now, whatever was going on. */
  connect() {
    if (this.phase === 'signed-out') return;
    if (this.#hub) this.#post({ say: 'connect' });
    else this.#start();
  }

  /** Asks for a keyframe: what was heard is not whole any more. */
  renew() {
    this.#post({ say: 'again' });
  }

  /** Hears no more until `connect`. */
  stop() {
    this.#end(this.phase === 'signed-out' ? 'signed-out' : 'stopped');
  }

  /** Hears no more, for good. */
  signOut() {
    this.#end('signed-out');
  }

  /** What of the stream is of use here. @param {boolean} isHidden @param {string[] | null} pages */
  want(isHidden, pages) {
    this.#wants = { isHidden, pages };
    this.#post({ say: 'want', ...this.#wants });
  }

  /** Whom somebody looks at closely, '' for nobody, and what requests of the session send along. */
  look(id, token) {
    if (id === this.#look.id && token === this.#look.token) return;
    this.#look = { id, token };
    this.#post({ say: 'look', id, token });
  }

  /** To be called about once a second. */
  tick() {
    const now = this.#parts.now();
    if (this.#hub && this.#isShared && !this.#isHeard && now - this.#startedAt > WORKER_MS) this.#fallBack();
    if (now - this.#saidAt > ALIVE_MS) this.#post({ say: 'alive' });
  }

  #start() {
    const { hubs, now } = this.#parts;
    this.#startedAt = now();
    const heard = (message) => this.#heard(message);
    if (this.#isShared) {
      try {
        this.#hub = hubs.common(heard, () => this.#fallBack());
      } catch {
        this.#isShared = false;
      }
    }
    if (!this.#isShared) this.#hub = hubs.own(heard);
    this.#greet();
  }

  #greet() {
    const { name, base } = this.#parts;
    this.#post({ say: 'hello', name, base, ...this.#wants });
    if (this.#look.id !== '') this.#post({ say: 'look', ...this.#look });
  }

  /** The worker does not come up: a private window, or a browser that keeps it from us. */
  #fallBack() {
    if (!this.#isShared || this.#isHeard || !this.#hub) return;
    this.#isShared = false;
    this.#hub.close();
    this.#hub = null;
    this.#start();
  }

  #end(phase) {
    this.#post({ say: 'bye' });
    this.#hub?.close();
    this.#hub = null;
    this.#enter(phase);
  }

  #post(message) {
    this.#saidAt = this.#parts.now();
    this.#hub?.post(message);
  }

  #heard(message) {
    if (!this.#hub) return;
    this.#isHeard = true;
    if (message.say === 'phase') {
      const { origin, lastEventID, how } = message;
      Object.assign(this, { origin, lastEventID, how, retryAt: this.#parts.now() + message.wait });
      this.#enter(message.phase);
      return;
    }
    const { event, text } = message;
    this.#post({ say: 'read', units: text.length });
    let data;
    try {
      data = JSON.parse(text);
    } catch {
      this.unreadable += 1;
      return;
    }
    this.#parts.received(event, data, text.length);
  }

  #enter(phase) {
    this.phase = phase;
    this.#parts.changed();
  }
}
