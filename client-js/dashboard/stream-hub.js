import {
  FRAME_HZ, HIDDEN_HZ, HIDDEN_MS, OVERLAP_MS, POLL_HZ, RENEW_MS, SILENT_TAB_MS, TAB_READ_UNITS,
  TAB_UNITS,
} from './limits.js';
import { Look, streamWord } from './look.js';
import { PollSource } from './poll-source.js';
import { Stream } from './stream.js';
import { StreamLine, timeOf } from './stream-line.js';
import { StreamTab } from './stream-tab.js';

/**
 * One event stream for all dashboards of a browser: HTTP/1.1 has six connections a host, and dashboards
 * that each held one would keep the seventh page out.
 *
 * A tab that comes to a stream that runs needs a keyframe. It gets one from a second stream, which takes the
 * place of the first as soon as both have told of the same moment: the others miss nothing, and hear
 * nothing twice.
 */
export class StreamHub {
  #tabs = new Map();
  #parts;
  #now;
  #current = null;
  #next = null;
  #query = '';
  #lookTab = null;
  #allHiddenAt = NaN;
  #renewedAt = -Infinity;

  /**
   * @param {object} parts
   * @param {(url: string) => EventSource} [parts.open]
   * @param {() => number} [parts.now] milliseconds
   * @param {(url: string) => EventSource} [parts.poll]
   * @param {typeof fetch} [parts.post]
   * @param {() => string} [parts.word] a name for a stream that nobody can guess
   * @param {boolean} [parts.letsGo] holds no stream while no tab is to be seen
   */
  constructor(parts = {}) {
    this.#parts = {
      word: streamWord,
      poll: (url) => new PollSource(url),
      post: (...request) => fetch(...request),
      letsGo: false,
      ...parts,
    };
    this.#now = parts.now ?? (() => performance.now());
  }

  /** Whom it feeds. */
  get tabs() { return this.#tabs.size; }

  /** A tab said something. @param {{postMessage: (message: object) => void}} port */
  heard(port, message) {
    let tab = this.#tabs.get(port);
    if (!tab) {
      if (message.say !== 'hello') return;
      this.#tabs.set(port, (tab = new StreamTab(port)));
    }
    tab.heardAt = this.#now();
    switch (message.say) {
      case 'hello': this.#greet(tab, message); break;
      case 'want': Object.assign(tab, { isHidden: message.isHidden, pages: message.pages }); break;
      case 'read': tab.unread = Math.max(0, tab.unread - message.units); return;
      case 'again': tab.line = null; break;
      case 'connect': this.#current?.stream.connect(); break;
      case 'look': this.#looked(tab, message); break;
      case 'bye': this.#leave(tab); break;
      default: return; // a sign of life
    }
    this.tick();
  }

  /** To be called a few times a second. */
  tick() {
    const now = this.#now();
    for (const tab of this.#tabs.values()) if (now - tab.heardAt > SILENT_TAB_MS) this.#leave(tab);
    this.#provide(now);
    this.#current?.stream.tick();
    this.#next?.stream.tick();
    this.#settle(now);
    const { stream, look } = this.#current ?? {};
    if (stream?.phase === 'live') look.tick(this.#lookTab?.look ?? '', now);
  }

  #greet(tab, { name, base, isHidden, pages }) {
    Object.assign(tab, { name, base, isHidden, pages, line: null, unread: 0 });
    if (this.#current) this.#report(tab);
  }

  #looked(tab, { id, token }) {
    tab.look = id;
    tab.token = token;
    if (id !== '') this.#lookTab = tab;
  }

  #leave(tab) {
    this.#tabs.delete(tab.port);
    if (this.#lookTab === tab) this.#lookTab = null;
  }

  /** What all tabs together need of the server: a query, or '' for nothing. */
  #need(now) {
    const tabs = [...this.#tabs.values()];
    if (tabs.length === 0) return '';
    if (tabs.some((tab) => !tab.isHidden)) this.#allHiddenAt = NaN;
    else if (Number.isNaN(this.#allHiddenAt)) this.#allHiddenAt = now;
    const isUnseen = now - this.#allHiddenAt >= HIDDEN_MS;
    if (isUnseen && this.#parts.letsGo) return '';
    const pages = tabs.some((tab) => tab.pages === null) ? [] : tabs.flatMap((tab) => tab.pages);
    const filter = [...new Set(pages)].sort().map((page) => `&page=${encodeURIComponent(page)}`).join('');
    return `shape=frames&hz=${isUnseen ? HIDDEN_HZ : FRAME_HZ}${filter}`;
  }

  /** Opens, changes and ends streams as they are needed. */
  #provide(now) {
    const query = this.#need(now);
    if (query !== this.#query) this.#change(query);
    if (this.#current?.stream.phase !== 'live' || this.#next) return;
    const isDue = [...this.#tabs.values()].some((tab) => tab.line === null && tab.unread <= TAB_READ_UNITS);
    if (!isDue || now - this.#renewedAt < RENEW_MS) return;
    this.#renewedAt = now;
    this.#next = this.#line('', this.#current.stream.how);
    this.#next.stream.begin();
  }

  /** Asks for something else than before: the stream that there is, where only its filter is another. */
  async #change(query) {
    const line = this.#current;
    const rest = (text) => text.replaceAll(/&page=[^&]*/g, '');
    const isFilter = query !== '' && rest(query) === rest(this.#query);
    if (!isFilter || this.#next || line?.stream.phase !== 'live' || line.stream.how !== 'stream') {
      this.#begin(query);
      return;
    }
    this.#query = query;
    line.stream.url = this.#url(line.word);
    const page = [...query.matchAll(/&page=([^&]*)/g)].map(([, path]) => decodeURIComponent(path));
    const token = this.#token();
    const isTaken = await this.#post(`receive/${this.#name}/filter`, {
      viewer: line.word, page, visitor: [], ...(token !== '' && { token }),
    });
    // One that knows of no filters is asked for a new stream.
    if (!isTaken && this.#current === line && this.#query === query) this.#begin(query);
  }

  /** @returns {Promise<boolean>} whether the server took it */
  async #post(path, body) {
    try {
      const [{ base }] = this.#tabs.values();
      const answer = await this.#parts.post(base + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        // A worker's own address is none that the server believes.
        referrerPolicy: 'same-origin',
      });
      return answer.ok;
    } catch {
      return false;
    }
  }

  #token() {
    return [...this.#tabs.values()].find((tab) => tab.token !== '')?.token ?? '';
  }

  get #name() {
    const [{ name }] = this.#tabs.values();
    return name;
  }

  #url(word) {
    const [{ name, base }] = this.#tabs.values();
    return `${base}receive/${name}?${this.#query}&viewer=${word}`;
  }

  /** Asks for something else than before, from where the stream stood. */
  #begin(query) {
    const isSame = query.includes('&page=') === this.#query.includes('&page=');
    const lastEventID = isSame ? this.#current?.stream.lastEventID ?? '' : '';
    this.#next?.stream.stop();
    this.#next = null;
    const before = this.#current;
    this.#current = null;
    before?.stream.stop();
    this.#query = query;
    for (const tab of this.#tabs.values()) tab.line = null;
    if (query === '') return;
    this.#current = this.#line(lastEventID, before?.stream.how);
    this.#current.stream.begin();
  }

  #line(lastEventID = '', how = 'stream') {
    const [{ base }] = this.#tabs.values();
    const word = this.#parts.word();
    const line = new StreamLine();
    const { open, poll } = this.#parts;
    line.held = [];
    line.openedAt = this.#now();
    line.word = word;
    line.stream = new Stream({
      url: this.#url(word),
      parse: (text) => text,
      received: (event, text, units, id) => this.#received(line, event, text, id),
      changed: () => this.#changed(line),
      now: this.#now,
      poll: (url) => poll(url.replace('/receive/', '/poll/').replace(`hz=${FRAME_HZ}`, `hz=${POLL_HZ}`)),
      ...(open && { open }),
    });
    // What broke streams breaks the next one as well.
    line.stream.how = how;
    line.stream.lastEventID = lastEventID;
    line.look = new Look({
      word,
      token: () => this.#lookTab?.token ?? '',
      // A worker's own address is none that the server believes.
      post: (url, request) => this.#parts.post(
        new URL(url, `${base}admin/`).href, { ...request, referrerPolicy: 'same-origin' }),
    });
    return line;
  }

  #changed(line) {
    if (line === this.#next && line.stream.phase === 'waiting') {
      // There is no room for a second one: everybody gets a keyframe from the first, begun anew.
      this.#next = null;
      line.stream.stop();
      this.#current.stream.begin();
    }
    if (line !== this.#current) return;
    if (line.stream.phase === 'live') line.look.begin();
    for (const tab of this.#tabs.values()) this.#report(tab);
  }

  /** Tells a tab how the stream is doing. */
  #report(tab) {
    const { phase, origin, lastEventID, retryAt, how } = this.#current.stream;
    const wait = phase === 'waiting' ? retryAt - this.#now() : 0;
    tab.port.postMessage({ say: 'phase', phase, origin, lastEventID, how, wait });
  }

  #received(line, event, text, id) {
    const begins = line.received(event, text);
    const at = event === 'frame' ? timeOf(text) : NaN;
    for (const tab of this.#tabs.values()) {
      if (begins && tab.line === null && tab.unread <= TAB_READ_UNITS) {
        tab.line = line;
        tab.hadAt = -Infinity;
      }
      // A keyframe is told whole, and so is the history behind it: either would else come again and again.
      const isWhole = event === 'history' || (event === 'keyframe' && !begins);
      if (tab.unread > TAB_UNITS && !isWhole) tab.line = null;
      const isMeant = tab.line === line || (event === 'signed-out' && line === this.#current);
      if (isMeant && !(at <= tab.hadAt)) this.#tell(tab, event, text, id);
    }
    if (line !== this.#next) return;
    if (line.hasBegun && event === 'frame') line.held.push({ event, text, id, at });
    this.#settle(this.#now());
  }

  #tell(tab, event, text, id) {
    tab.unread += text.length;
    tab.port.postMessage({ say: 'message', event, text, id });
  }

  /** Lets the second stream take the place of the first, once both have told of the same moment. */
  #settle(now) {
    const [before, next] = [this.#current, this.#next];
    if (!next?.hasBegun) return;
    const isLate = now - next.openedAt > OVERLAP_MS || before.stream.phase !== 'live';
    if (!isLate && (before.isInPart || !(before.wholeAt >= next.firstAt))) return;
    for (const tab of this.#tabs.values()) {
      if (tab.line !== before) continue;
      tab.line = next;
      tab.hadAt = before.wholeAt;
      for (const { event, text, id, at } of next.held) {
        if (!(at <= tab.hadAt)) this.#tell(tab, event, text, id);
      }
    }
    this.#current = next;
    this.#next = null;
    next.held = [];
    before.stream.stop();
    this.#changed(next);
  }
}
