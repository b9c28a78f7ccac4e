import { SORT_MS, TEXT_MS } from './limits.js';
import { Order, SORTS } from './order.js';
import { Paper } from './paper.js';
import { VisitorRow } from './visitor-row.js';

/** CSS pixels; theme.css says the same. */
export const ROW_HEIGHT = 26;

/** Rows kept above and below what is seen, so that scrolling meets finished rows. */
const OVERSCAN = 4;

/**
 * The list of visitors: as many rows in the document as can be seen, whoever many there are, and
 * the paper beside them.
 */
export class VisitorList {
  order = new Order();
  sort = SORTS[0];

  #scroller;
  #sheet;
  #paperHost;
  #paper;
  #rows = [];
  #picture;
  #selection;
  #palette;
  #first = 0;
  #end = 0;
  #tableVersion = -1;
  #orderVersion = -1;
  #sortedAt = -Infinity;
  #textAt = -Infinity;
  #viewChanged = true;
  #height = 0;

  /**
   * @param {HTMLElement} scroller holds `.sheet`, which holds `.paper`
   * @param {import('./picture.js').Picture} picture
   * @param {import('./selection.js').Selection} selection
   */
  constructor(scroller, picture, selection) {
    this.#scroller = scroller;
    this.#sheet = scroller.querySelector('.sheet');
    this.#paperHost = scroller.querySelector('.paper');
    this.#paper = new Paper(this.#paperHost, picture.activity, ROW_HEIGHT);
    this.#picture = picture;
    this.#selection = selection;
    scroller.addEventListener('scroll', () => { this.#viewChanged = true; }, { passive: true });
    this.#sheet.addEventListener('click', (event) => this.#clicked(event));
    this.#sheet.addEventListener('dblclick', () => selection.toggleFocus());
    new ResizeObserver(() => this.#resized()).observe(scroller);
  }

  /** Colours to paint with from now on. */
  setPalette(palette) {
    this.#palette = palette;
    this.#paper.setPalette(palette);
    this.#textAt = -Infinity;
  }

  /** Sorts by the next criterion, or by a named one. */
  setSort(sort = SORTS[(SORTS.indexOf(this.sort) + 1) % SORTS.length]) {
    this.sort = sort;
    this.#sortedAt = -Infinity;
  }

  /** Shows what was selected, at once. */
  refreshTexts() {
    this.#textAt = -Infinity;
  }

  /** Selects the visitor `step` places further down. */
  selectBy(step) {
    const { order } = this;
    if (order.count === 0) return;
    const here = order.indexOf(this.#selection.slot);
    const from = here < 0 ? (step > 0 ? -1 : order.count) : here;
    const index = Math.max(0, Math.min(order.count - 1, from + step));
    this.#selection.select(order.slots[index]);
    const top = index * ROW_HEIGHT;
    const { scrollTop } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + this.#height) {
      this.#scroller.scrollTop = top + ROW_HEIGHT - this.#height;
    }
  }

  /**
   * Brings the list to the picture.
   * @param {number} now local milliseconds
   * @param {number} paperTime what the right edge of the paper shows
   * @param {boolean} held whether the order has to stay as it is
   */
  render(now, paperTime, held) {
    this.#bringOrder(now, held);
    if (this.#orderVersion !== this.order.version || this.#viewChanged) this.#placeRows();
    if (now - this.#textAt >= TEXT_MS) {
      this.#textAt = now;
      this.#refreshRows(now);
    }
    this.#paper.draw(paperTime);
  }

  /** Sorts now and then; in between, and while someone points at a row, nobody changes places. */
  #bringOrder(now, held) {
    const { table } = this.#picture;
    const due = !held && now - this.#sortedAt >= SORT_MS;
    if (due && (this.#sortedAt === -Infinity || !this.#sheet.matches(':hover'))) {
      this.#sortedAt = now;
      this.order.sort(this.#picture, this.sort, now);
    } else if (table.version !== this.#tableVersion) {
      this.order.patch(table);
    }
    this.#tableVersion = table.version;
  }

  #placeRows() {
    const { order } = this;
    const total = order.count;
    this.#orderVersion = order.version;
    this.#viewChanged = false;
    this.#sheet.style.height = `${total * ROW_HEIGHT}px`;
    const top = Math.floor(this.#scroller.scrollTop / ROW_HEIGHT);
    this.#first = Math.max(0, Math.min(top, total) - OVERSCAN);
    this.#end = Math.min(total, top + Math.ceil(this.#height / ROW_HEIGHT) + OVERSCAN);
    while (this.#rows.length < this.#end - this.#first) this.#addRow();
    const { length } = this.#rows;
    const shown = new Set();
    for (let index = this.#first; index < this.#end; index += 1) {
      const row = this.#rows[index % length];
      shown.add(row);
      const slot = order.slots[index];
      if (row.index !== index || row.slot !== slot) row.place(index, slot, ROW_HEIGHT, total);
    }
    for (const row of this.#rows) if (row.index >= 0 && !shown.has(row)) row.hide();
    this.#paperHost.style.transform = `translateY(${this.#first * ROW_HEIGHT}px)`;
    this.#paperHost.style.height = `${(this.#end - this.#first) * ROW_HEIGHT}px`;
    this.#paper.setRows(order.slots.subarray(this.#first, this.#end), this.#picture.table);
    this.#textAt = -Infinity;
  }

  #refreshRows(now) {
    const selected = this.#selection.slot;
    let active = '';
    for (const row of this.#rows) {
      if (row.index < 0) continue;
      row.refresh(this.#picture, now, row.slot === selected, this.#palette);
      if (row.slot === selected) active = row.element.id;
    }
    if (active) this.#scroller.setAttribute('aria-activedescendant', active);
    else this.#scroller.removeAttribute('aria-activedescendant');
  }

  #addRow() {
    const row = new VisitorRow(this.#rows.length);
    row.hide();
    // Another pool size gives every index another row.
    for (const other of this.#rows) other.hide();
    this.#rows.push(row);
    this.#sheet.append(row.element);
  }

  #resized() {
    this.#height = this.#scroller.clientHeight;
    this.#viewChanged = true;
    this.#paper.resize(this.#paperHost.clientWidth, Math.min(2, devicePixelRatio));
  }

  #clicked(event) {
    const element = event.target.closest('.row');
    const row = this.#rows.find((candidate) => candidate.element === element);
    if (row && row.slot >= 0) this.#selection.select(row.slot);
  }
}
