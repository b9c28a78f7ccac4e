import { visible } from './strangers.js';
import { Session, signInHref } from './session.js';

/** The button to sign out with, its choices, and what is said when a session is over. */
export class SessionView {
  /** @type {Session} */
  session;

  #button;
  #choices;
  #error;
  #ended;

  /**
   * @param {(id: string) => HTMLElement} element by its id
   * @param {string} path of this page below the server's base, to come back to
   * @param {() => void} ended the session is over
   */
  constructor(element, path, ended) {
    this.#button = element('sign-out');
    this.#choices = element('leave');
    this.#error = element('leave-error');
    this.#ended = element('ended');
    element('sign-in').href = signInHref(path);
    this.session = new Session({
      changed: (session) => this.#show(session),
      ended: (text) => {
        element('ended-text').textContent = text;
        this.#button.hidden = true;
        if (this.#choices.open) this.#choices.close('');
        if (!this.#ended.open) this.#ended.showModal();
        ended();
      },
    });
    this.#button.addEventListener('click', () => {
      this.#say('');
      this.#choices.returnValue = '';
      this.#choices.showModal();
    });
    this.#choices.addEventListener('close', () => this.#leave(this.#choices.returnValue));
  }

  async #leave(where) {
    if (where === '' || this.session.isOver) return;
    const error = await this.session.signOut(where);
    if (error === '') return;
    this.#say(`You are still signed in. ${error}`);
    this.#choices.returnValue = '';
    this.#choices.showModal();
  }

  #say(text) {
    this.#error.textContent = text;
    this.#error.hidden = text === '';
  }

  #show({ isSignedIn, name, role }) {
    this.#button.hidden = !isSignedIn;
    const standing = role === '' ? '' : ` (${visible(role)})`;
    this.#button.title = isSignedIn ? `Signed in as ${visible(name)}${standing}` : '';
  }
}
