import { clipped } from './format.js';
import { visible } from './strangers.js';
import { MAP_LABELS } from './limits.js';

const FONT = '500 11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';
const PADDING = 4;
const HEIGHT = 16;
const CHARACTERS = 18;

/** Widths remembered: names that find no room are measured once, and not drawn. */
const WIDTHS = 2048;

/**
 * Names drawn once and stamped many times: drawing text costs twenty times as much as copying it.
 * Holds a few more than can be shown; the ones unused for longest go, and their canvases are used again.
 */
export class LabelCache {
  height = HEIGHT;

  #labels = new Map(); // hue and text -> {canvas, context, width}; two may have one name
  #widths = new Map(); // by text
  #ruler = null; // a context to measure with
  #make;
  #palette;
  #ratio = 1;

  /** @param {() => HTMLCanvasElement} [make] */
  constructor(make = () => document.createElement('canvas')) {
    this.#make = make;
  }

  /** Everything is drawn anew with these colours at this pixel ratio. */
  setLook(palette, ratio) {
    this.#palette = palette;
    this.#ratio = ratio;
    this.#labels.clear();
  }

  /** @returns {number} CSS pixels that a name takes; nothing is drawn for it */
  width(name) {
    const known = this.#widths.get(name);
    if (known !== undefined) return known;
    this.#ruler ??= this.#make().getContext('2d');
    this.#ruler.font = FONT;
    const width = Math.ceil(this.#ruler.measureText(shown(name)).width) + PADDING * 2;
    if (this.#widths.size >= WIDTHS) this.#widths.clear();
    this.#widths.set(name, width);
    return width;
  }

  /** @returns {HTMLCanvasElement} a name on its plate, `width(name)` by `height` CSS pixels */
  find(name, hue) {
    const key = `${hue} ${name}`;
    let label = this.#labels.get(key);
    if (label) this.#labels.delete(key);
    else label = this.#draw(name, hue);
    this.#labels.set(key, label);
    return label.canvas;
  }

  #draw(name, hue) {
    const { canvas, context } = this.#blank();
    const width = this.width(name);
    // A size that is set takes everything off, even where it is the same.
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
    context.fillText(shown(name), PADDING, HEIGHT / 2 + 0.5);
    return { canvas, context };
  }

  /** @returns {{canvas: HTMLCanvasElement, context: CanvasRenderingContext2D}} the oldest, or a new one */
  #blank() {
    if (this.#labels.size >= MAP_LABELS * 2) {
      const [oldest, label] = this.#labels.entries().next().value;
      this.#labels.delete(oldest);
      return label;
    }
    const canvas = this.#make();
    return { canvas, context: canvas.getContext('2d') };
  }
}

/** @returns {string} as much of a name as its label shows */
function shown(name) {
  return clipped(visible(name), CHARACTERS);
}
