import { shortNumber } from './format.js';
import { TOTAL_SECONDS } from './limits.js';
import { TOTALS } from './totals.js';
import { write } from './write.js';

/** Columns of a figure's chart: five seconds each. */
const COLUMN_SECONDS = 5;
const COLUMNS = TOTAL_SECONDS / COLUMN_SECONDS;
const HEIGHT = 28;
const COLUMN = 2;

const LABELS = { active: 'active', idle: 'idle', pages: 'pages', clicks: 'clicks a minute' };

/** The strip under the header: how many visitors do what, each number with its last minutes. */
export class StripView {
  #figures;
  #palette;
  #seconds = -1;

  /** @param {HTMLElement} host */
  constructor(host) {
    const ratio = Math.min(2, devicePixelRatio);
    this.#figures = TOTALS.map((name, index) => {
      const figure = document.createElement('div');
      figure.className = 'figure';
      figure.dataset.of = name;
      const value = document.createElement('b');
      const label = document.createElement('span');
      label.textContent = LABELS[name];
      const canvas = document.createElement('canvas');
      canvas.setAttribute('aria-hidden', 'true');
      canvas.width = COLUMNS * COLUMN * ratio;
      canvas.height = HEIGHT * ratio;
      const context = canvas.getContext('2d');
      context.scale(ratio, ratio);
      figure.title = 'The last five minutes';
      figure.append(value, label, canvas);
      host.append(figure);
      return { name, index, value, context };
    });
  }

  /** Colours to paint with from now on. */
  setPalette(palette) {
    this.#palette = palette;
    this.#seconds = -1;
  }

  /** Brings the numbers up to date; to be called a few times a second. */
  render(picture) {
    const { totals, table } = picture;
    for (const { name, value } of this.#figures) {
      write(value, shortNumber(totals[name]) + (name === 'active' && table.isFull ? '+' : ''));
    }
    if (totals.seconds === this.#seconds) return;
    this.#seconds = totals.seconds;
    for (const figure of this.#figures) this.#draw(figure, totals);
  }

  #draw({ index, context }, totals) {
    context.clearRect(0, 0, COLUMNS * COLUMN, HEIGHT);
    context.fillStyle = this.#palette.heat;
    const value = (column) => {
      const ago = (COLUMNS - 1 - column) * COLUMN_SECONDS;
      return totals.past(index, ago);
    };
    let highest = 1;
    for (let column = 0; column < COLUMNS; column += 1) if (value(column) > highest) highest = value(column);
    for (let column = 0; column < COLUMNS; column += 1) {
      const height = (value(column) / highest) * HEIGHT;
      const shown = Math.max(1, height);
      if (height > 0) context.fillRect(column * COLUMN, HEIGHT - shown, COLUMN - 0.5, shown);
    }
  }
}
