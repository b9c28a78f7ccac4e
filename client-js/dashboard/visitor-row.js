import { IDLE_MS, JOINED_MS, MOVED_MS } from './limits.js';
import { coordinate, rate as rateText } from './format.js';
import { halves } from './path-halves.js';
import { readablePath, visible } from './strangers.js';
import { State } from './visitor-table.js';
import { write } from './write.js';

/** @returns {string} what a visitor does, in a word */
export function doing(table, slot, now) {
  if (table.state[slot] === State.leaving) return 'left';
  if (now - table.lastAt[slot] > IDLE_MS) return 'idle';
  return table.outside[slot] === 1 ? 'pointer outside' : 'active';
}

/**
 * One row of the list, reused for whichever visitor stands where it is. Ids and pages come from
 * strangers: they are text nodes in which every character is to be seen, isolated from the direction of
 * the text around them.
 */
export class VisitorRow {
  element = document.createElement('div');
  slot = -1;
  index = -1;

  #cells = {};
  #x = NaN;
  #y = NaN;
  #rate = NaN;
  #told = {};

  /** @param {number} number of the row in its pool */
  constructor(number) {
    this.element.className = 'row';
    this.element.id = `row-${number}`;
    this.element.setAttribute('role', 'option');
    const cell = (name, tag = 'span') => {
      const element = document.createElement(tag);
      element.className = name;
      this.element.append(element);
      this.#cells[name] = element;
    };
    cell('swatch');
    cell('id', 'bdi');
    cell('page', 'bdi');
    this.#cells.page.append(document.createElement('span'), document.createElement('span'));
    cell('position');
    cell('rate');
  }

  /** Puts the row at a place of the list. */
  place(index, slot, rowHeight, total) {
    this.element.style.transform = `translateY(${index * rowHeight}px)`;
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
    this.#tell(table, now);
    if (table.lastAt[slot] === -Infinity) {
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
    const leaving = table.state[slot] === State.leaving;
    classList.toggle('joined', !leaving && now - table.changedAt[slot] < JOINED_MS);
    classList.toggle('leaving', leaving);
    classList.toggle('idle', now - table.lastAt[slot] > IDLE_MS);
    classList.toggle('moved', now - table.movedAt[slot] < MOVED_MS);
    classList.toggle('selected', selected);
    this.element.setAttribute('aria-selected', String(selected));
    const colour = palette.hues[table.hue[slot]];
    if (this.colour !== colour) {
      this.colour = colour;
      cells.swatch.style.backgroundColor = colour;
    }
  }

  /** Names the visitor and its page, in full where they are cut, and for those who only hear it. */
  #tell(table, now) {
    const { slot } = this;
    const told = this.#told;
    const [label, page, state] = [table.label(slot), table.page[slot], doing(table, slot, now)];
    const isSame = told.label === label && told.id === table.id[slot] && told.page === page;
    if (isSame && told.state === state) return;
    this.#told = { label, id: table.id[slot], page, state };
    const [name, path] = [visible(label), readablePath(page)];
    write(this.#cells.id, name);
    halves(path).forEach((half, index) => write(this.#cells.page.children[index], half));
    this.#cells.id.title = label === table.id[slot] ? name : `${name} (${visible(table.id[slot])})`;
    this.#cells.page.title = path === page ? path : `${path} (${visible(page)})`;
    this.element.setAttribute('aria-label', [name, path && `on ${path}`, state].filter(Boolean).join(', '));
  }
}
