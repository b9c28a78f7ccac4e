import { State } from './visitor-table.js';

/** The visitor that list, map and details agree on, and whether the map shows only that one. */
export class Selection {
  /** The selected slot, or -1. */
  slot = -1;
  focused = false;

  #id = '';
  #awaited = { id: '', focused: false };
  #table;
  #changed;

  /** @param {import('./visitor-table.js').VisitorTable} table @param {() => void} changed */
  constructor(table, changed) {
    this.#table = table;
    this.#changed = changed;
  }

  /** The selected visitor's id, or ''. */
  get id() {
    return this.#id;
  }

  /** Selects whoever has this id as soon as they are here; '' waits for nobody. */
  await(id, focused) {
    this.#awaited = { id, focused };
    this.check();
  }

  /** The id that is waited for, or ''. */
  get awaited() { return this.#awaited.id; }

  /** Selects a slot; -1 selects nobody. */
  select(slot) {
    this.#awaited = { id: '', focused: false };
    this.slot = slot;
    this.#id = slot < 0 ? '' : this.#table.id[slot];
    if (slot < 0) this.focused = false;
    this.#changed();
  }

  /** The map shows the selected visitor alone, or everyone again. */
  toggleFocus() {
    if (this.slot < 0) return;
    this.focused = !this.focused;
    this.#changed();
  }

  /** One step back: out of the focus, then out of the selection. */
  back() {
    if (this.focused) this.toggleFocus();
    else if (this.slot >= 0) this.select(-1);
  }

  /** Lets go of a visitor whose row has gone; its slot may be someone else's by now. */
  check() {
    const { id, focused } = this.#awaited;
    if (id !== '' && this.#table.find(id) >= 0) {
      this.select(this.#table.find(id));
      if (focused) this.toggleFocus();
    }
    if (this.slot < 0) return;
    const gone = this.#table.state[this.slot] === State.free || this.#table.id[this.slot] !== this.#id;
    if (gone) this.select(-1);
  }
}
