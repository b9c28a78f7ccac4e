import { IDLE_MS, JOINED_MS } from './limits.js';
import { coordinate, rate as rateText, visible } from './format.js';
import { State } from './visitor-table.js';

/** Writes text only when it is another: an unchanged node costs no layout. */
function write(node, text) {
  if (node.data !== text) node.data = text;
}

/**
 * One row of the list, reused for whichever visitor stands where it is. Ids and pages come from
 * strangers: they are text nodes without unseen characters, isolated from the direction of the text
 * around them.
 */
export class VisitorRow {
  element = document.createElement('div');
  slot = -1;
  index = -1;

  #cells = {};
  #x = NaN;
  #y = NaN;
  #rate = NaN;

  /** @param {number} number of the row in its pool */
  constructor(number) {
    this.element.className = 'row';
    this.element.id = `row-${number}`;
    this.element.setAttribute('role', 'option');
    const cell = (name, tag = 'span') => {
      const element = document.createElement(tag);
      element.className = name;
      const text = document.createTextNode('');
      element.append(text);
      this.element.append(element);
      this.#cells[name] = text;
    };
    const swatch = document.createElement('span');
    swatch.className = 'swatch';
    this.element.append(swatch);
    this.#cells.swatch = swatch;
    cell('id', 'bdi');
    cell('page', 'bdi');
    cell('position');
    cell('rate');
  }

  /** Puts the row at a place of the list. */
  place(index, slot, rowHeight, total) {
    if (index !== this.index) this.element.style.transform = `translateY(${index * rowHeight}px)`;
    this.index = index;
    this.slot = slot;
    this.element.hidden = false;
    this.element.setAttribute('aria-posinset', index + 1);
    this.element.setAttribute('aria-setsize', total);
    this.#x = NaN;
    this.#rate = NaN;
  }

  /** Takes the row off the list. */
  hide() {
    this.index = -1;
    this.slot = -1;
    this.element.hidden = true;
  }

  /** Brings the texts up to date. */
  refresh(picture, now, selected, palette) {
    const { table, activity } = picture;
    const { slot } = this;
    const cells = this.#cells;
    write(cells.id, visible(table.label(slot)));
    write(cells.page, visible(table.page[slot]));
    const known = table.lastAt[slot] !== -Infinity;
    if (!known) {
      write(cells.position, '');
    } else if (table.x[slot] !== this.#x || table.y[slot] !== this.#y) {
      this.#x = table.x[slot];
      this.#y = table.y[slot];
      write(cells.position, `${coordinate(this.#x)}, ${coordinate(this.#y)}`);
    }
    const rate = activity.rate(slot, now);
    if (rate !== this.#rate) {
      this.#rate = rate;
      write(cells.rate, rateText(rate));
    }
    const { classList } = this.element;
    const since = now - table.changedAt[slot];
    const leaving = table.state[slot] === State.leaving;
    classList.toggle('joined', !leaving && since < JOINED_MS);
    classList.toggle('leaving', leaving);
    classList.toggle('idle', now - table.lastAt[slot] > IDLE_MS);
    classList.toggle('selected', selected);
    this.element.setAttribute('aria-selected', String(selected));
    const colour = palette.hues[table.hue[slot]];
    if (this.colour !== colour) {
      this.colour = colour;
      cells.swatch.style.backgroundColor = colour;
    }
  }
}
