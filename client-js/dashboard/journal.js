import { JOURNAL_ENTRIES } from './limits.js';

/**
 * The last joins, leaves and notes, newest last, and what there was since someone asked.
 * An entry is `{kind: 'join' | 'leave' | 'note', text, time}` with local milliseconds.
 */
export class Journal {
  entries = [];
  /** Counts up with every entry. */
  version = 0;

  #joins = 0;
  #leaves = 0;
  #note = '';

  /** Someone came. */
  joined(id, time) {
    this.#joins += 1;
    this.#add('join', id, time);
  }

  /** Someone went. */
  left(id, time) {
    this.#leaves += 1;
    this.#add('leave', id, time);
  }

  /** Something else worth a line, such as a connection that came back. */
  noted(text, time) {
    this.#note = text;
    this.#add('note', text, time);
  }

  /** @returns {{joins: number, leaves: number, note: string}} what came since the last call */
  takeNews() {
    const news = { joins: this.#joins, leaves: this.#leaves, note: this.#note };
    this.#joins = 0;
    this.#leaves = 0;
    this.#note = '';
    return news;
  }

  #add(kind, text, time) {
    this.entries.push({ kind, text, time });
    // Cut rarely, and then by half: shifting at every entry would move the array each time.
    if (this.entries.length >= JOURNAL_ENTRIES * 2) this.entries.splice(0, JOURNAL_ENTRIES);
    this.version += 1;
  }
}
