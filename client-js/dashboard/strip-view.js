import { shortNumber } from './format.js';
import { TOTAL_SECONDS } from './limits.js';
import { Sparkline } from './sparkline.js';
import { TOTALS } from './totals.js';
import { write } from './write.js';

/** Columns of a figure's chart: five seconds each. */
const COLUMN_SECONDS = 5;
const COLUMNS = TOTAL_SECONDS / COLUMN_SECONDS;
const HEIGHT = 28;

/** What is counted, of one and of more. */
const LABELS = {
  active: ['active', 'active'], idle: ['idle', 'idle'], pages: ['page', 'pages'],
  clicks: ['click a minute', 'clicks a minute'],
};

/** The strip under the header: how many visitors do what, each number with its last minutes. */
export class StripView {
  #figures;
  #seconds = -1;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#figures = TOTALS.map((name, index) => {
      const figure = document.createElement('div');
      figure.className = 'figure';
      figure.dataset.of = name;
      const value = document.createElement('b');
      const label = document.createElement('span');
      [, label.textContent] = LABELS[name];
      const chart = new Sparkline(COLUMNS, HEIGHT);
      figure.title = 'The last five minutes';
      figure.append(value, label, chart.element);
      host.append(figure);
      return { name, index, value, label, chart };
    });
  }

  /** Brings the numbers up to date; to be called a few times a second. */
  render(picture) {
    const { totals, table } = picture;
    for (const { name, value, label } of this.#figures) {
      write(label, LABELS[name][totals[name] === 1 ? 0 : 1]);
      write(value, shortNumber(totals[name]) + (name === 'active' && table.isFull ? '+' : ''));
    }
    if (totals.seconds === this.#seconds) return;
    this.#seconds = totals.seconds;
    for (const { index, chart } of this.#figures) {
      const ago = (column) => (COLUMNS - 1 - column) * COLUMN_SECONDS;
      chart.draw(Array.from({ length: COLUMNS }, (_, column) => totals.past(index, ago(column))));
    }
  }
}
