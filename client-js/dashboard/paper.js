import { CLICK_BIT } from './activity.js';
import { BUCKET_MS } from './limits.js';

/** Columns painted ahead of need: the canvas slides this far before everything is painted anew. */
const SPARE_COLUMNS = 64;

/** Between two lines across the paper: ten seconds. */
const GRID_BUCKETS = 10_000 / BUCKET_MS;

/** Pixels per bucket at which the pen reaches the edge of its row. */
const FULL_TRAVEL = 600;

/** CSS pixels of the tick that marks a click. */
const TICK_HEIGHT = 5;

/** @returns {number} how far the pen swings from the middle, as a part of the room it has */
export function swing(travel) {
  return Math.min(1, Math.sqrt(travel / FULL_TRAVEL));
}

/**
 * A seismograph's paper: one pen per visible row, one column per bucket, one canvas for all rows.
 *
 * The canvas is a little wider than what is seen and slides under its host by a CSS transform,
 * which is smooth below a pixel and costs no painting; only the newest columns are painted, and
 * everything only when the rows change or the spare columns are used up.
 */
export class Paper {
  #host;
  #canvas = document.createElement('canvas');
  #context = this.#canvas.getContext('2d');
  #activity;
  #hues;
  #palette;
  #slots = new Int32Array(0);
  #ids = []; // a slot may have got another visitor
  #rowHeight = 26;
  #width = 0;
  #height = 0;
  #ratio = 1;
  #base = 0; // bucket of the canvas's first column
  #painted = 0; // newest bucket painted
  #stale = true;

  /**
   * @param {HTMLElement} host clips the canvas
   * @param {import('./activity.js').Activity} activity
   */
  constructor(host, activity) {
    this.#host = host;
    this.#activity = activity;
    host.append(this.#canvas);
  }

  /** Colours to paint with from now on. */
  setPalette(palette) {
    this.#palette = palette;
    this.#stale = true;
  }

  /**
   * Which visitor each pen writes for, top to bottom; the same rows again cost nothing.
   * @param {Int32Array} slots copied @param {import('./visitor-table.js').VisitorTable} table
   */
  setRows(slots, table) {
    this.#hues = table.hue;
    const same = slots.length === this.#slots.length &&
      slots.every((slot, row) => slot === this.#slots[row] && table.id[slot] === this.#ids[row]);
    if (same) return;
    this.#slots = Int32Array.from(slots);
    this.#ids = Array.from(slots, (slot) => table.id[slot]);
    this.#stale = true;
  }

  /** Rows are so high from now on, in CSS pixels. */
  setRowHeight(rowHeight) {
    if (rowHeight === this.#rowHeight) return;
    this.#rowHeight = rowHeight;
    this.#height = 0;
    this.#stale = true;
  }

  /** Fits the canvas to its host. */
  resize(width, ratio) {
    if (width === this.#width && ratio === this.#ratio) return;
    this.#width = width;
    this.#ratio = ratio;
    this.#height = 0;
    this.#stale = true;
  }

  /** Brings the paper to a local time; the column that is still being written is not shown yet. */
  draw(time) {
    const position = time / BUCKET_MS - 1;
    const newest = Math.floor(position);
    const spent = newest >= this.#base + this.#width + SPARE_COLUMNS || newest < this.#painted;
    if (this.#stale || spent) {
      this.#prepare();
      this.#base = newest - this.#width;
      this.#paint(this.#base, newest);
      this.#stale = false;
      this.#painted = newest;
    } else if (newest > this.#painted) {
      // Once per column, not once per frame: every painting has the whole canvas copied to the
      // screen. Samples that came late for a column they belong to are painted with the next one.
      this.#paint(Math.max(this.#base, Math.min(this.#activity.dirtyFrom, this.#painted + 1)), newest);
      this.#painted = newest;
    }
    const shift = this.#width - (position - this.#base);
    this.#canvas.style.transform = `translateX(${shift.toFixed(2)}px)`;
  }

  /** Gives the canvas room for the rows; it only ever grows, because resizing costs. */
  #prepare() {
    const height = Math.max(1, this.#slots.length * this.#rowHeight);
    if (height <= this.#height) return;
    this.#height = height;
    const columns = this.#width + SPARE_COLUMNS;
    this.#canvas.width = Math.round(columns * this.#ratio);
    this.#canvas.height = Math.round(height * this.#ratio);
    this.#canvas.style.width = `${columns}px`;
    this.#canvas.style.height = `${height}px`;
    this.#context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
  }

  /** Paints the columns of the buckets `from` to `to`. */
  #paint(from, to) {
    const context = this.#context;
    const left = from - this.#base;
    // To the edge: what stands to the right of the newest column is from an earlier turn.
    context.clearRect(left, 0, this.#width + SPARE_COLUMNS - left, this.#height);
    context.fillStyle = this.#palette.grid;
    const used = this.#slots.length * this.#rowHeight;
    for (let b = Math.ceil(from / GRID_BUCKETS) * GRID_BUCKETS; b <= to; b += GRID_BUCKETS) {
      context.fillRect(b - this.#base, 0, 1, used);
    }
    for (let row = 0; row < this.#slots.length; row += 1) this.#paintRow(row, from, to);
    this.#activity.dirtyFrom = Infinity;
  }

  #paintRow(row, from, to) {
    const slot = this.#slots[row];
    const context = this.#context;
    const room = this.#rowHeight / 2 - 2;
    const middle = row * this.#rowHeight + this.#rowHeight / 2;
    context.fillStyle = this.#palette.hues[this.#hues[slot]];
    for (let bucket = from; bucket <= to; bucket += 1) {
      const level = this.#activity.level(slot, bucket);
      if (level === 0) continue;
      const half = 0.75 + swing(level & ~CLICK_BIT) * (room - 0.75);
      context.fillRect(bucket - this.#base, middle - half, 1, half * 2);
      if ((level & CLICK_BIT) === 0) continue;
      context.fillStyle = this.#palette.ink;
      context.fillRect(bucket - this.#base - 0.5, middle - room - 1, 2, TICK_HEIGHT);
      context.fillStyle = this.#palette.hues[this.#hues[slot]];
    }
  }
}
