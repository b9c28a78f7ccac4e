import { LabelCache } from './label-cache.js';
import { LABELLED, MAP_LABELS } from './limits.js';
import { ARROW_HEIGHT, ARROW_WIDTH, SELECTED_SIZE } from './map-pointers.js';
import { Occupancy, findSpot, found } from './occupancy.js';
import { State } from './visitor-table.js';

/** Names beside pointers, where they cover no pointer and no other name; else there is none. */
export class MapLabels {
  /** How many were written. */
  written = 0;

  #context;
  #scene;
  #cache = new LabelCache();
  #taken = new Occupancy();
  #spots = new Int8Array(0); // where each slot's name stood last, plus one

  /** @param {CanvasRenderingContext2D} context @param {import('./map-scene.js').MapScene} scene */
  constructor(context, scene) {
    this.#context = context;
    this.#scene = scene;
  }

  /** Everything is written anew with these colours at this pixel ratio. */
  setLook(palette, ratio) {
    this.#cache.setLook(palette, ratio);
  }

  /**
   * Writes names.
   * @param {ArrayLike<number>} slots the most important first @param {number} count
   * @param {import('./map-pointers.js').MapPointers} pointers
   */
  draw(slots, count, pointers) {
    const { picture: { table }, selection, width, height } = this.#scene;
    if (this.#spots.length !== table.capacity) this.#spots = new Int8Array(table.capacity);
    this.written = 0;
    this.#taken.clear(width, height);
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      const isSelected = slot === selection.slot;
      if (Number.isNaN(pointers.x[slot]) || (!isSelected && !this.#scene.isTraced(slot))) continue;
      const size = isSelected ? SELECTED_SIZE : 1;
      this.#taken.take(pointers.x[slot], pointers.y[slot], ARROW_WIDTH * size, ARROW_HEIGHT * size);
    }
    if (selection.slot >= 0) this.#write(selection.slot, pointers);
    let asked = 0;
    for (let i = 0; i < count && this.written < MAP_LABELS && asked < LABELLED; i += 1) {
      if (slots[i] === selection.slot || !this.#scene.isTraced(slots[i])) continue;
      asked += 1;
      this.#write(slots[i], pointers);
    }
  }

  #write(slot, pointers) {
    const { picture: { table }, tiles } = this.#scene;
    const tile = tiles[this.#scene.tileOf(slot)];
    if (!tile || table.state[slot] !== State.present || Number.isNaN(pointers.x[slot])) return;
    const label = table.label(slot);
    const width = this.#cache.width(label);
    const { height } = this.#cache;
    const { x, y } = pointers;
    const isFound = findSpot(this.#taken, tile, x[slot], y[slot], width, height, this.#spots[slot] - 1);
    this.#spots[slot] = isFound ? found.spot + 1 : 0;
    if (!isFound) return;
    this.#context.drawImage(this.#cache.find(label, table.hue[slot]), found.left, found.top, width, height);
    this.written += 1;
  }
}
