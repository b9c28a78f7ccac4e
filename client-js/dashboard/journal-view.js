import { counted } from './format.js';
import { ANNOUNCE_MS, JOURNAL_LINES } from './limits.js';
import { readablePath, visible } from './strangers.js';

const VERBS = { join: 'joined', leave: 'left', move: 'went to', note: '' };

/** @returns {string} what a screen reader says about the last seconds; '' for nothing */
export function summary({ joins, leaves, note, began }, present) {
  const parts = [];
  if (note) parts.push(note);
  if (joins > 0) parts.push(`${joins} joined`);
  if (leaves > 0) parts.push(`${leaves} left`);
  const said = parts.length > 0 ? `${parts.join(', ')}. ` : '';
  return said !== '' || began ? `${said}${counted(present, 'visitor')} here.` : '';
}

/** The log of joins, leaves and changes of page: lines to read, and a summary to hear now and then. */
export class JournalView {
  #lines;
  #live;
  #version = 0;
  #announcedAt = -Infinity;
  #clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });

  /** @param {HTMLElement} lines an `ol`, newest first @param {HTMLElement} live `aria-live` */
  constructor(lines, live) {
    this.#lines = lines;
    this.#live = live;
  }

  /** Brings the log up to date; to be called a few times a second. */
  render(picture, now) {
    this.#announce(picture, now);
    const { journal } = picture;
    if (journal.version === this.#version) return;
    const fresh = Math.min(journal.version - this.#version, JOURNAL_LINES);
    this.#version = journal.version;
    const lines = journal.entries.slice(-fresh).reverse().map((entry) => this.#line(entry));
    this.#lines.prepend(...lines);
    while (this.#lines.childElementCount > JOURNAL_LINES) this.#lines.lastElementChild.remove();
  }

  #announce({ journal, table }, now) {
    if (now - this.#announcedAt < ANNOUNCE_MS) return;
    const text = summary(journal.takeNews(), table.present);
    if (text === '') return;
    this.#announcedAt = now;
    this.#live.textContent = text;
  }

  #line({ kind, text, time, page }) {
    const line = document.createElement('li');
    line.className = kind;
    const stamp = document.createElement('time');
    stamp.textContent = this.#clock.format(performance.timeOrigin + time);
    const name = document.createElement('bdi');
    name.textContent = visible(text);
    name.title = name.textContent;
    line.append(stamp, name, VERBS[kind]);
    if (kind !== 'move') return line;
    const to = document.createElement('bdi');
    to.className = 'to';
    to.textContent = readablePath(page);
    to.title = page;
    line.append(to);
    return line;
  }
}
