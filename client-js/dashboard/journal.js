import { JOURNAL_ENTRIES } from './limits.js';

/**
 * The last joins, leaves, changes of page and notes, newest last, and what there was since someone asked.
 * An entry is `{kind: 'join' | 'leave' | 'move' | 'note', text, time, page}` with local milliseconds.
 */
export class Journal {
  entries = [];
  /** Counts up with every entry. */
  version = 0;

  #joins = 0;
  #leaves = 0;
  #note = '';
  #began = false;

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

  /** Somebody went from one page to another. */
  moved(name, page, time) {
    this.#add('move', name, time, page);
  }

  /** The picture is there: a line, and news only of who is here, which everybody is told anyway. */
  began(text, time) {
    this.#began = true;
    this.#add('note', text, time);
  }

  /** Something else worth a line, such as a connection that came back. */
  noted(text, time) {
    this.#note = text;
    this.#add('note', text, time);
  }

  /** @returns {{joins: number, leaves: number, note: string, began: boolean}} since the last call */
  takeNews() {
    const news = { joins: this.#joins, leaves: this.#leaves, note: this.#note, began: this.#began };
    this.#joins = 0;
    this.#leaves = 0;
    this.#note = '';
    this.#began = false;
    return news;
  }

  #add(kind, text, time, page = '') {
    this.entries.push({ kind, text, time, page });
    // Cut rarely, and then by half: shifting at every entry would move the array each time.
    if (this.entries.length >= JOURNAL_ENTRIES * 2) this.entries.splice(0, JOURNAL_ENTRIES);
    this.version += 1;
  }
}
