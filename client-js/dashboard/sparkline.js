const SVG = 'http://www.w3.org/2000/svg';

/** Width of a column; a quarter of it stays free. */
const COLUMN = 2;
const BAR = 1.5;

/**
 * The outline of a chart's columns.
 * @param {ArrayLike<number>} values the oldest first; nothing is drawn for 0 and NaN
 * @param {number} height at which the highest stands; where something is, it is at least one high
 * @returns {string} for the `d` of an SVG path
 */
export function columnsPath(values, height) {
  let highest = 1;
  for (let i = 0; i < values.length; i += 1) if (values[i] > highest) highest = values[i];
  let path = '';
  for (let i = 0; i < values.length; i += 1) {
    if (!(values[i] > 0)) continue;
    const high = Math.max(1, Math.round((values[i] / highest) * height * 10) / 10);
    path += `M${i * COLUMN} ${height}v${-high}h${BAR}v${high}z`;
  }
  return path;
}

/**
 * A small chart of columns. It is a part of what it stands in: a canvas would be a layer of its own, and a
 * hundred layers cost the browser more with every frame than everything that is drawn.
 */
export class Sparkline {
  element = document.createElementNS(SVG, 'svg');

  #path = document.createElementNS(SVG, 'path');
  #height;
  #drawn = '';

  /** @param {number} columns @param {number} height in CSS pixels, where the style leaves it */
  constructor(columns, height) {
    this.#height = height;
    this.element.setAttribute('class', 'spark');
    this.element.setAttribute('viewBox', `0 0 ${columns * COLUMN} ${height}`);
    this.element.setAttribute('preserveAspectRatio', 'none');
    this.element.setAttribute('aria-hidden', 'true');
    this.element.append(this.#path);
  }

  /** Shows these values. @param {ArrayLike<number>} values the oldest first */
  draw(values) {
    const path = columnsPath(values, this.#height);
    if (path === this.#drawn) return;
    this.#drawn = path;
    this.#path.setAttribute('d', path);
  }
}
