import { clipped } from './format.js';
import { visible } from './strangers.js';
import { MAP_LABELS } from './limits.js';

const FONT = '500 11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';
const PADDING = 4;
const HEIGHT = 16;
const CHARACTERS = 18;

/**
 * Names drawn once and stamped many times: drawing text costs twenty times as much as copying it.
 * Holds a few more than can be shown; the ones unused for longest go.
 */
export class LabelCache {
  #labels = new Map(); // hue and text -> {canvas, width, height}; two may have one name
  #palette;
  #ratio = 1;

  /** Everything is drawn anew with these colours at this pixel ratio. */
  setLook(palette, ratio) {
    this.#palette = palette;
    this.#ratio = ratio;
    this.#labels.clear();
  }

  /** @returns {{canvas: HTMLCanvasElement, width: number, height: number}} a label, in CSS pixels */
  find(text, hue) {
    const key = `${hue} ${text}`;
    let label = this.#labels.get(key);
    if (label) this.#labels.delete(key);
    else label = this.#draw(text, hue);
    this.#labels.set(key, label);
    if (this.#labels.size > MAP_LABELS * 2) this.#labels.delete(this.#labels.keys().next().value);
    return label;
  }

  #draw(id, hue) {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    const text = clipped(visible(id), CHARACTERS);
    context.font = FONT;
    const width = Math.ceil(context.measureText(text).width) + PADDING * 2;
    canvas.width = Math.ceil(width * this.#ratio);
    canvas.height = Math.ceil(HEIGHT * this.#ratio);
    context.scale(this.#ratio, this.#ratio);
    context.fillStyle = this.#palette.plate;
    context.beginPath();
    context.roundRect(0, 0, width, HEIGHT, 4);
    context.fill();
    context.font = FONT;
    context.textBaseline = 'middle';
    context.fillStyle = this.#palette.hues[hue];
    context.fillText(text, PADDING, HEIGHT / 2 + 0.5);
    return { canvas, width, height: HEIGHT };
  }
}
