import { LOOK_MS, LOOK_RETRY_MS } from './limits.js';

/** @returns {string} a name for this page's stream that nobody can guess: 22 characters of base64url */
export function streamWord(fill = (bytes) => crypto.getRandomValues(bytes)) {
  const bytes = fill(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Tells the server whom somebody looks at closely, so that it asks that visitor's page for more samples.
 * It holds for the stream of that word, and as long as that is open: a new one knows of nobody.
 */
export class Look {
  #word;
  #token;
  #post;
  #said = '';
  #isAsking = false;
  #againAt = -Infinity;
  #refused = null;

  /**
   * @param {object} parts
   * @param {string} parts.word of the stream
   * @param {() => string} parts.token of the session, '' where there is none
   * @param {typeof fetch} [parts.post]
   */
  constructor({ word, token, post = (...parts) => fetch(...parts) }) {
    this.#word = word;
    this.#token = token;
    this.#post = post;
  }

  /** Another stream is open. */
  begin() {
    this.#said = '';
    this.#refused = null;
    this.#againAt = -Infinity;
  }

  /**
   * To be called a few times a second while the stream is open.
   * @param {string} id of the visitor that is looked at, '' for nobody
   * @param {number} now milliseconds
   */
  async tick(id, now) {
    if (id === this.#said || id === this.#refused || this.#isAsking || now < this.#againAt) return;
    this.#isAsking = true;
    this.#againAt = now + LOOK_MS;
    const token = this.#token();
    const look = { viewer: this.#word, id: id === '' ? null : id, ...(token === '' ? {} : { token }) };
    try {
      const headers = { 'Content-Type': 'application/json' };
      const answer = await this.#post('../api/look', { method: 'POST', headers, body: JSON.stringify(look) });
      if (answer.ok) {
        this.#said = id;
        this.#refused = null;
      } else if ([404, 429, 503].includes(answer.status)) {
        this.#againAt = now + LOOK_RETRY_MS;
      } else {
        // Said once more it would be refused once more.
        this.#refused = id;
      }
    } catch {
      this.#againAt = now + LOOK_RETRY_MS;
    } finally {
      this.#isAsking = false;
    }
  }
}
