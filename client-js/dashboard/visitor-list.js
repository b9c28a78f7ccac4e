import { SORT_MS, TEXT_MS } from './limits.js';
import { Order, SORTS } from './order.js';
import { Paper } from './paper.js';
import { VisitorRow } from './visitor-row.js';

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
  #asked = 0;
  #orderVersion = -1;
  #sortedAt = -Infinity;
  #textAt = -Infinity;
  #viewChanged = true;
  #height = 0;
  #rowHeight = 26; // as the style says: higher where fingers point

  /**
   * @param {HTMLElement} scroller holds `.sheet`, which holds `.paper`
   * @param {import('./picture.js').Picture} picture
   * @param {import('./selection.js').Selection} selection
   */
  constructor(scroller, picture, selection) {
    this.#scroller = scroller;
    this.#sheet = scroller.querySelector('.sheet');
    this.#paperHost = scroller.querySelector('.paper');
    this.#paper = new Paper(this.#paperHost, picture.activity);
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
    this.#reveal(index);
  }

  /** Scrolls a place into view. */
  #reveal(index) {
    const top = index * this.#rowHeight;
    const { scrollTop } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + this.#rowHeight > scrollTop + this.#height) {
      this.#scroller.scrollTop = top + this.#rowHeight - this.#height;
    }
  }

  /** Shows where the selected visitor stands, if it is in the list. */
  revealSelected() {
    const index = this.order.indexOf(this.#selection.slot);
    if (index >= 0) this.#reveal(index);
  }

  /** @returns {boolean} whether the row at a place is to be seen, more than half of it */
  #isSeen(index) {
    const middle = (index + 0.5) * this.#rowHeight - this.#scroller.scrollTop;
    return index >= 0 && middle >= 0 && middle <= this.#height;
  }

  /**
   * Brings the list to the picture.
   * @param {number} now local milliseconds of what is shown
   * @param {number} real local milliseconds that pass in any case
   * @param {number} paperTime what the right edge of the paper shows
   * @param {boolean} held whether the order has to stay as it is
   */
  render(now, real, paperTime, held) {
    this.#bringOrder(now, held);
    if (this.#orderVersion !== this.order.version || this.#viewChanged) this.#placeRows();
    if (real - this.#textAt >= TEXT_MS) {
      this.#textAt = real;
      this.#refreshRows(now);
    }
    this.#paper.draw(paperTime);
  }

  /** Sorts now and then; in between, and while someone points at a row, nobody changes places. */
  #bringOrder(now, held) {
    const { table, sieve } = this.#picture;
    if (sieve.asked !== this.#asked) {
      this.#asked = sieve.asked;
      this.#sortedAt = -Infinity;
      this.#scroller.scrollTop = 0;
    }
    const due = !held && now - this.#sortedAt >= SORT_MS;
    if (due && (this.#sortedAt === -Infinity || !this.#sheet.matches(':hover'))) {
      const wasSeen = this.#isSeen(this.order.indexOf(this.#selection.slot));
      this.#sortedAt = now;
      this.order.sort(this.#picture, this.sort, now);
      // Whoever watched the selected one goes on watching it, wherever it stands now.
      if (wasSeen) this.revealSelected();
    } else if (table.version + sieve.version !== this.#tableVersion) {
      this.order.patch(table, sieve.takes);
    }
    this.#tableVersion = table.version + sieve.version;
  }

  #placeRows() {
    const { order } = this;
    const total = order.count;
    // A list of choices without a choice is none.
    this.#scroller.setAttribute('role', total > 0 ? 'listbox' : 'group');
    this.#orderVersion = order.version;
    this.#viewChanged = false;
    this.#sheet.style.height = `${total * this.#rowHeight}px`;
    const top = Math.floor(this.#scroller.scrollTop / this.#rowHeight);
    this.#first = Math.max(0, Math.min(top, total) - OVERSCAN);
    this.#end = Math.min(total, top + Math.ceil(this.#height / this.#rowHeight) + OVERSCAN);
    while (this.#rows.length < this.#end - this.#first) this.#addRow();
    const { length } = this.#rows;
    const shown = new Set();
    for (let index = this.#first; index < this.#end; index += 1) {
      const row = this.#rows[index % length];
      shown.add(row);
      const slot = order.slots[index];
      row.place(index, slot, this.#rowHeight, total);
    }
    for (const row of this.#rows) if (row.index >= 0 && !shown.has(row)) row.hide();
    this.#paperHost.style.transform = `translateY(${this.#first * this.#rowHeight}px)`;
    this.#paperHost.style.height = `${(this.#end - this.#first) * this.#rowHeight}px`;
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
    const row = getComputedStyle(this.#scroller).getPropertyValue('--row');
    this.#rowHeight = parseFloat(row) || this.#rowHeight;
    this.#viewChanged = true;
    this.#paper.setRowHeight(this.#rowHeight);
    this.#paper.resize(this.#paperHost.clientWidth, Math.min(2, devicePixelRatio));
  }

  #clicked(event) {
    const element = event.target.closest('.row');
    const row = this.#rows.find((candidate) => candidate.element === element);
    if (row && row.slot >= 0) this.#selection.select(row.slot);
  }
}
