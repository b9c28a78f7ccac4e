import { IDLE_MS } from './limits.js';
import { HUES, State } from './visitor-table.js';

/** The arrow of a pointer, its tip at 0,0. */
const ARROW = [0, 0, 0, 13, 3.4, 10, 5.6, 14.6, 7.6, 13.6, 5.5, 9.2, 9.6, 9.2];

/** CSS pixels that an arrow covers right of its tip and below, and of one that is selected. */
export const ARROW_WIDTH = 10;
export const ARROW_HEIGHT = 15;
export const SELECTED_SIZE = 1.5;

/** How clearly pointers are drawn: here, at rest, and where the pointer has left the page. */
const CLARITY = [1, 0.5, 0.25];

/** CSS pixels of a cell of shading, and how many visitors in one give which strength. */
const CELL = 9;
const STRENGTHS = [[1, 0.2], [2, 0.34], [4, 0.5], [8, 0.68], [16, 0.86]];

/** Draws everybody's pointer: as arrows, all of a colour at once, or as shading where they are too many. */
export class MapPointers {
  /** Where each pointer was drawn, by slot; NaN where it was not. */
  x = new Float32Array(0);
  y = new Float32Array(0);

  #context;
  #scene;
  #first = new Int32Array(HUES * CLARITY.length); // of the slots drawn alike, which are linked
  #next = new Int32Array(0);
  #cells = new Uint16Array(0);
  #columns = 0;

  /** @param {CanvasRenderingContext2D} context @param {import('./map-scene.js').MapScene} scene */
  constructor(context, scene) {
    this.#context = context;
    this.#scene = scene;
  }

  /** Draws everybody but the selected one; `time` is the playback's. */
  draw(time) {
    this.#gather(time);
    this.#shade();
    const context = this.#context;
    for (let group = 0; group < this.#first.length; group += 1) {
      if (this.#first[group] < 0) continue;
      context.globalAlpha = CLARITY[Math.floor(group / HUES)];
      context.fillStyle = this.#scene.palette.hues[group % HUES];
      context.beginPath();
      for (let slot = this.#first[group]; slot >= 0; slot = this.#next[slot]) {
        this.#trace(this.x[slot], this.y[slot], 1);
      }
      context.fill();
    }
    context.globalAlpha = 1;
    this.#drawPressed();
  }

  /** Draws the selected pointer, above all others. */
  drawSelected() {
    const { palette, selection: { slot }, picture: { table } } = this.#scene;
    if (slot < 0 || !(this.x[slot] === this.x[slot])) return;
    const context = this.#context;
    context.fillStyle = palette.hues[table.hue[slot]];
    context.strokeStyle = palette.outline;
    context.lineWidth = 5;
    context.beginPath();
    this.#trace(this.x[slot], this.y[slot], SELECTED_SIZE);
    context.stroke();
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.5;
    context.fill();
    context.stroke();
  }

  /** Finds out where everybody is and how they are drawn. */
  #gather(time) {
    const { picture: { table, trails }, place, selection } = this.#scene;
    if (this.x.length !== table.capacity) {
      this.x = new Float32Array(table.capacity);
      this.y = new Float32Array(table.capacity);
      this.#next = new Int32Array(table.capacity);
    }
    this.#first.fill(-1);
    this.#clearCells();
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      this.x[slot] = NaN;
      if (table.state[slot] === State.free || Number.isNaN(trails.headX[slot])) continue;
      const tile = this.#scene.tileOf(slot);
      if (tile < 0) continue;
      const { left, top, width, height } = this.#scene.tiles[tile];
      this.#scene.aim(slot);
      this.x[slot] = Math.max(left, Math.min(left + width, place.x(trails.headX[slot])));
      this.y[slot] = Math.max(top, Math.min(top + height, place.y(trails.headY[slot])));
      if (slot === selection.slot) continue;
      if (this.#scene.isDense(tile)) {
        this.#cells[Math.floor(this.y[slot] / CELL) * this.#columns + Math.floor(this.x[slot] / CELL)] += 1;
        continue;
      }
      const isHere = table.state[slot] === State.present && table.outside[slot] === 0;
      const clarity = !isHere ? 2 : time - table.lastAt[slot] > IDLE_MS ? 1 : 0;
      const group = clarity * HUES + table.hue[slot];
      this.#next[slot] = this.#first[group];
      this.#first[group] = slot;
    }
  }

  #clearCells() {
    this.#columns = Math.ceil(this.#scene.width / CELL) + 1;
    const count = this.#columns * (Math.ceil(this.#scene.height / CELL) + 1);
    if (this.#cells.length < count) this.#cells = new Uint16Array(count);
    else this.#cells.fill(0);
  }

  #shade() {
    const context = this.#context;
    const { palette, tiles } = this.#scene;
    const dense = tiles.filter((_, tile) => this.#scene.isDense(tile));
    if (dense.length === 0) return;
    context.save();
    context.beginPath();
    for (const { left, top, width, height } of dense) context.rect(left, top, width, height);
    context.clip();
    context.fillStyle = palette.heat;
    STRENGTHS.forEach(([least, alpha], level) => {
      const most = STRENGTHS[level + 1]?.[0] ?? Infinity;
      context.globalAlpha = alpha;
      for (let cell = 0; cell < this.#cells.length; cell += 1) {
        const count = this.#cells[cell];
        if (count < least || count >= most) continue;
        const row = Math.floor(cell / this.#columns);
        context.fillRect((cell - row * this.#columns) * CELL, row * CELL, CELL - 0.5, CELL - 0.5);
      }
    });
    context.restore();
  }

  #drawPressed() {
    const { picture: { table }, palette, selection } = this.#scene;
    const context = this.#context;
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.25;
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.pressed[slot] === 0 || slot === selection.slot || !this.#scene.isTraced(slot)) continue;
      context.beginPath();
      this.#trace(this.x[slot], this.y[slot], 1);
      context.stroke();
    }
  }

  #trace(x, y, size) {
    const context = this.#context;
    context.moveTo(x, y);
    for (let i = 2; i < ARROW.length; i += 2) context.lineTo(x + ARROW[i] * size, y + ARROW[i + 1] * size);
    context.closePath();
  }
}
