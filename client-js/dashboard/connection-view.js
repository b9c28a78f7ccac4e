/** How long the way a connection came back is worth mentioning. */
const ORIGIN_MS = 5_000;

/** Why it is polled, for whoever wonders. */
const POLLED = 'Streams were cut on the way twice, so the server is asked again and again; r tries a stream';

const ORIGINS = { resumed: 'Live, resumed', reset: 'Live, server restarted', new: 'Live' };

/**
 * What the pill says.
 * @param {import('./stream.js').Stream} stream
 * @param {boolean} paused
 * @param {number} now @param {number} since when the phase began; both local milliseconds
 * @returns {{kind: string, text: string}} kind: `live`, `busy`, `down` or `paused`
 */
export function connectionText(stream, paused, now, since) {
  if (stream.phase === 'waiting') {
    const seconds = Math.max(0, Math.ceil((stream.retryAt - now) / 1000));
    return { kind: 'down', text: `Reconnecting in ${seconds} s` };
  }
  if (stream.phase === 'stopped') return { kind: 'down', text: 'Stopped' };
  if (stream.phase === 'signed-out') return { kind: 'down', text: 'Signed out' };
  if (paused) return { kind: 'paused', text: 'Paused' };
  if (stream.phase === 'connecting') {
    return { kind: 'busy', text: stream.lastEventID === '' ? 'Connecting' : 'Reconnecting' };
  }
  if (stream.how === 'poll') return { kind: 'live', text: 'Live, by polling' };
  return { kind: 'live', text: now - since < ORIGIN_MS ? ORIGINS[stream.origin] ?? 'Live' : 'Live' };
}

/** The pill in the header; pressed, it connects at once. */
export class ConnectionView {
  #pill;
  #text;
  #since = 0;

  /** @param {HTMLElement} pill a button with a `span` @param {() => void} retry */
  constructor(pill, retry) {
    this.#pill = pill;
    this.#text = pill.querySelector('.text');
    pill.addEventListener('click', retry);
  }

  /** The stream is in another phase. */
  phaseChanged(now) {
    this.#since = now;
  }

  /** Brings the pill up to date. */
  render(stream, paused, now) {
    const { kind, text } = connectionText(stream, paused, now, this.#since);
    if (this.#pill.dataset.kind !== kind) this.#pill.dataset.kind = kind;
    if (this.#text.textContent !== text) this.#text.textContent = text;
    const title = stream.how === 'poll' ? POLLED : 'Connect now (r)';
    if (this.#pill.title !== title) this.#pill.title = title;
    this.#pill.disabled = stream.phase !== 'waiting';
  }
}
