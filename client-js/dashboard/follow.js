import { FollowedPath } from './followed-path.js';

/** Keeps the path of whoever is selected, on the page where they are. */
export class Follow {
  path = new FollowedPath();

  #picture;
  #selection;
  #id = '';
  #page = '';

  /** @param {import('./picture.js').Picture} picture @param {import('./selection.js').Selection} selection */
  constructor(picture, selection) {
    this.#picture = picture;
    this.#selection = selection;
    picture.onSample = (slot, time, clicked) => {
      if (slot === selection.slot) this.#heard(slot, time, clicked);
    };
  }

  /** Somebody else may be selected. */
  changed() {
    if (this.#selection.id === this.#id) return;
    this.#id = this.#selection.id;
    this.path.clear();
    const { slot } = this.#selection;
    const at = slot < 0 ? -Infinity : this.#picture.table.lastAt[slot];
    if (at !== -Infinity) this.#add(slot, at);
  }

  #heard(slot, time, clicked) {
    this.changed();
    if (this.#picture.table.page[slot] !== this.#page) this.path.clear();
    this.#add(slot, time);
    if (!clicked) return;
    const { x, y, sx, sy } = this.#picture.table;
    this.path.clicked(x[slot] + sx[slot], y[slot] + sy[slot]);
  }

  #add(slot, time) {
    const { x, y, sx, sy, page } = this.#picture.table;
    this.#page = page[slot];
    this.path.add(x[slot] + sx[slot], y[slot] + sy[slot], time);
  }
}
