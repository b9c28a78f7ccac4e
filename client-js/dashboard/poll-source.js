import { isPart } from './stream-line.js';

/** Reads the messages of an event stream out of a text that has come whole. */
function* messagesOf(text) {
  for (const block of text.split('\n\n')) {
    const message = { event: 'message', data: [], id: undefined };
    for (const line of block.split('\n')) {
      const mark = line.indexOf(':');
      if (mark <= 0) continue;
      const value = line.slice(mark + (line[mark + 1] === ' ' ? 2 : 1));
      const field = line.slice(0, mark);
      if (field === 'data') message.data.push(value);
      else if (field === 'event' || field === 'id') message[field] = value;
    }
    if (message.data.length > 0) yield { ...message, data: message.data.join('\n') };
  }
}

/**
 * The event stream by long polls, for networks that break streams: one request after another, each answered
 * with the messages that have come meanwhile, under the same ids. It looks like an `EventSource` that never
 * connects again by itself.
 */
export class PollSource {
  onerror = () => {};

  #listeners = new Map();
  #get;
  #url;
  #abort = new AbortController();
  #isInKeyframe = false;

  /**
   * @param {string} url of the polls, with a query that may have `last-event-id`
   * @param {typeof fetch} [get]
   */
  constructor(url, get = (...request) => fetch(...request)) {
    this.#get = get;
    this.#url = url.replace(/&last-event-id=[^&]*/, '');
    const [, cursor = ''] = /&last-event-id=([^&]*)/.exec(url) ?? [];
    // Whoever makes one gets to listen first.
    Promise.resolve().then(() => this.#run(decodeURIComponent(cursor)));
  }

  addEventListener(event, listener) {
    this.#listeners.set(event, listener);
  }

  /** No more of it. */
  close() {
    this.#abort.abort();
  }

  async #run(cursor) {
    const { signal } = this.#abort;
    try {
      while (!signal.aborted) {
        const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const answer = await this.#get(this.#url + query, { signal, cache: 'no-store' });
        if (!answer.ok) throw new Error(String(answer.status));
        cursor = await this.#take(answer, cursor);
      }
    } catch {
      if (!signal.aborted) this.onerror();
    }
  }

  /** Takes the whole messages of an answer, cut or not. @returns {string} where to go on */
  async #take(answer, cursor) {
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    let last = cursor;
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        text += decoder.decode(value, { stream: true });
        const end = text.lastIndexOf('\n\n');
        if (end < 0) continue;
        last = this.#tell(text.slice(0, end + 2), last);
        text = text.slice(end + 2);
      }
    } catch {
      // It was cut on the way: what has come whole counts, and what is missing is asked for again.
      if (this.#abort.signal.aborted) throw new Error('closed');
    }
    // Within a keyframe there is no going on: it is begun again.
    if (!this.#isInKeyframe) return last;
    this.#isInKeyframe = false;
    return '';
  }

  #tell(text, last) {
    for (const { event, data, id } of messagesOf(text)) {
      if (this.#abort.signal.aborted) return last;
      if (event === 'keyframe' || event === 'frame') {
        this.#isInKeyframe = event === 'keyframe' && isPart(data);
      }
      if (id !== undefined) last = id;
      this.#listeners.get(event)?.({ data, lastEventId: id ?? '' });
    }
    return last;
  }
}
