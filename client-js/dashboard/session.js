import { visible } from './strangers.js';

/** Why a session ended, for people. */
const REASONS = {
  expired: 'Your session has come to its end.',
  idle: 'You have not been here for a long time.',
  'signed-out': 'You have signed out.',
  'taken-over': 'You have signed in elsewhere.',
  removed: 'There is no admin of this name any more.',
  changed: 'What you may see has changed.',
  revoked: 'You have been signed out everywhere.',
};

/**
 * What to say of a session that has ended.
 * @param {{why?: string, by?: string}} end as `event: signed-out` or a refusal tells it
 * @returns {string} one or two sentences
 */
export function endedText({ why, by } = {}) {
  const reason = Object.hasOwn(REASONS, why) ? REASONS[why] : 'You are not signed in any more.';
  return typeof by === 'string' && by !== '' ? `${reason} It was done from ${visible(by)}.` : reason;
}

/** @returns {string} where to sign in to come back to a path below the server's base */
export function signInHref(path) {
  return `../sign-in?return=${encodeURIComponent(path)}`;
}

/**
 * Who is signed in. An EventSource does not show why it was refused, so after each of its errors the
 * server is asked; and it says itself when it ends a stream for want of a session.
 */
export class Session {
  /** There was a session and it is gone: nothing is to be asked any more. */
  isOver = false;
  /** Whether there is anything to sign out of. */
  isSignedIn = false;
  name = '';
  role = '';

  #get;
  #changed;
  #ended;
  #token = '';
  #isAsking = false;

  /**
   * @param {object} parts
   * @param {(session: Session) => void} parts.changed who is signed in is known, or another
   * @param {(text: string) => void} parts.ended it is over, and why; told once
   * @param {typeof fetch} [parts.get]
   */
  constructor({ changed, ended, get = (...parts) => fetch(...parts) }) {
    this.#changed = changed;
    this.#ended = ended;
    this.#get = get;
  }

  /** What requests of this session that change something send along, or ''. */
  get token() {
    return this.#token;
  }

  /** Asks the server; where it cannot be reached nothing changes. */
  async check() {
    if (this.#isAsking || this.isOver) return;
    this.#isAsking = true;
    try {
      const answer = await this.#get('../api/session', { cache: 'no-store' });
      if (answer.status === 401) this.end(await answer.json().catch(() => ({})));
      else if (answer.ok) this.#take(await answer.json());
    } catch {
      // The stream keeps trying, and whether it is let in will tell.
    } finally {
      this.#isAsking = false;
    }
  }

  /** The server says that it is over. */
  end(data) {
    if (this.isOver) return;
    this.isOver = true;
    this.isSignedIn = false;
    this.#ended(endedText(data ?? {}));
  }

  /**
   * Signs out.
   * @param {'here' | 'everywhere'} where
   * @returns {Promise<string>} what went wrong, or ''
   */
  async signOut(where) {
    try {
      const body = new URLSearchParams({ token: this.#token, where });
      const answer = await this.#get('../sign-out', { method: 'POST', body });
      // 401: somebody was faster.
      if (!answer.ok && answer.status !== 401) return `The server answered ${answer.status}.`;
    } catch {
      return 'The server cannot be reached.';
    }
    this.end({ why: 'signed-out' });
    return '';
  }

  #take(data) {
    if (this.isOver) return;
    const text = (value) => (typeof value === 'string' ? value : '');
    this.isSignedIn = data?.auth !== 'none' && text(data?.name) !== '';
    this.name = text(data?.name);
    this.role = text(data?.role);
    this.#token = text(data?.token);
    this.#changed(this);
  }
}
