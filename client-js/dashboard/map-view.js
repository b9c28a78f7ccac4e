import { counted } from './format.js';
import { ARRANGE_MS } from './limits.js';
import { MapLabels } from './map-labels.js';
import { Tile, capacity, chosenPages, tiles } from './map-layout.js';
import { MapPointers } from './map-pointers.js';
import { MapScene } from './map-scene.js';
import { MapTitles } from './map-titles.js';
import { MapTrails } from './map-trails.js';
import { Ripples } from './ripples.js';
import { readablePath, visible } from './strangers.js';
import { State } from './visitor-table.js';

/** CSS pixels between the map's edge and its tiles. */
const EDGE = 6;

/** A click on the map reaches this far. */
const REACH = 28;

/**
 * All pointers at once, page by page. Two canvases: lines are only ever added to and faded, pointers, names
 * and rings are drawn anew.
 */
export class MapView {
  scene;

  #host;
  #canvases;
  #trails;
  #context;
  #pointers;
  #labels;
  #titles;
  #ripples = new Ripples();
  #still = false;
  #ratio = 1;
  #arrangedAt = -Infinity;
  #arrangedFor = '';
  #pages = [];

  /**
   * @param {HTMLElement} host holds two canvases
   * @param {import('./picture.js').Picture} picture
   * @param {import('./selection.js').Selection} selection
   * @param {import('./followed-path.js').FollowedPath} path
   * @param {(page: string) => void} choosePage
   */
  constructor(host, picture, selection, path, choosePage) {
    this.#host = host;
    this.#canvases = [...host.querySelectorAll('canvas')];
    const [lines, points] = this.#canvases.map((canvas) => canvas.getContext('2d'));
    this.scene = new MapScene(picture, selection, path);
    this.#context = points;
    this.#trails = new MapTrails(lines, this.scene);
    this.#pointers = new MapPointers(points, this.scene);
    this.#labels = new MapLabels(points, this.scene);
    this.#titles = new MapTitles(host.querySelector('.tiles'), choosePage);
    picture.onClick = (slot, x, y, time) => this.#ripples.add(slot, x, y, time);
    host.addEventListener('click', (event) => {
      const box = host.getBoundingClientRect();
      selection.select(this.#nearest(event.clientX - box.left, event.clientY - box.top));
    });
    host.addEventListener('dblclick', () => selection.toggleFocus());
    new ResizeObserver(() => this.#resize()).observe(host);
  }

  /** Colours and motion from now on. */
  setLook(palette, still) {
    this.scene.palette = palette;
    this.#still = still;
    this.clear();
    this.#labels.setLook(palette, this.#ratio);
  }

  /** Takes the trails off and arranges anew, because the map shows something else now. */
  clear() {
    this.#trails.clear();
    this.#arrangedAt = -Infinity;
  }

  /**
   * Draws the map.
   * @param {number} time local milliseconds of playback
   * @param {ArrayLike<number>} labelled slots to name, the most important first @param {number} count
   */
  draw(time, labelled, count) {
    const { scene } = this;
    if (scene.width === 0) return;
    this.#arrange(time);
    scene.measure();
    this.#trails.draw(time, this.#still);
    const context = this.#context;
    context.clearRect(0, 0, scene.width, scene.height);
    this.#drawTiles(context);
    this.#drawRipples(context, time);
    this.#pointers.draw(time);
    this.#drawClicks(context);
    this.#pointers.drawSelected();
    this.#labels.draw(labelled, count, this.#pointers);
  }

  /** @returns {HTMLCanvasElement} what is to be seen, as one picture on the ground of the map */
  picture() {
    const [lines, points] = this.#canvases;
    const canvas = document.createElement('canvas');
    canvas.width = points.width;
    canvas.height = points.height;
    const context = canvas.getContext('2d');
    context.fillStyle = this.scene.palette.ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(lines, 0, 0);
    context.drawImage(points, 0, 0);
    context.scale(this.#ratio, this.#ratio);
    context.fillStyle = this.scene.palette.ink;
    context.font = '600 12px system-ui, sans-serif';
    this.#titles.forEach((text, left, top) => context.fillText(text, left + 8, top + 16));
    return canvas;
  }

  /** Says what is to be seen to those who do not see it. */
  tell() {
    const { scene } = this;
    const { picture: { table }, selection: { slot } } = scene;
    let count = 0;
    for (let tile = 0; tile < scene.tiles.length; tile += 1) count += scene.count(tile);
    const text = scene.isAlone
      ? `The path of ${visible(table.label(slot))} on ${readablePath(table.page[slot]) || 'an unknown page'}`
      : `${counted(count, 'pointer')} on ${counted(scene.tiles.length, 'page')}`;
    const [, canvas] = this.#canvases;
    if (canvas.getAttribute('aria-label') !== text) canvas.setAttribute('aria-label', text);
    this.#titles.count(scene);
  }

  /** Decides now and then which pages stand where. */
  #arrange(time) {
    const { scene } = this;
    const { picture: { pages, sieve, table }, selection } = scene;
    const alone = scene.isAlone ? table.page[selection.slot] : null;
    const asked = JSON.stringify([scene.width, scene.height, sieve.asked, alone]);
    const isFirst = this.#pages.length === 0 && pages.inUse > 0;
    const isDue = isFirst || Math.abs(time - this.#arrangedAt) >= ARRANGE_MS;
    if (asked === this.#arrangedFor && !isDue) return;
    this.#arrangedAt = time;
    const before = scene.tiles;
    if (asked !== this.#arrangedFor) this.#pages = [];
    this.#arrangedFor = asked;
    this.#pages = this.#wanted();
    const [width, height] = [scene.width - EDGE * 2, scene.height - EDGE * 2];
    const arranged = tiles(this.#pages, width, height);
    if (arranged.length === 0) arranged.push(new Tile(-1, 0, 0, width, height));
    for (const tile of arranged) {
      tile.left += EDGE;
      tile.top += EDGE;
    }
    scene.setTiles(arranged);
    const isSame = before.length === scene.tiles.length
      && before.every((tile, i) => tile.page === scene.tiles[i].page && tile.width === scene.tiles[i].width);
    if (!isSame) this.#trails.clear();
    this.#titles.render(scene, sieve.page);
  }

  #wanted() {
    const { picture: { pages, sieve, table }, selection, width, height, isAlone } = this.scene;
    if (isAlone) return [table.pageOf[selection.slot]];
    if (sieve.page !== null) return pages.find(sieve.page) >= 0 ? [pages.find(sieve.page)] : [];
    return chosenPages(this.scene.shownPages(), this.#pages, capacity(width, height));
  }

  /** Edges of the tiles, and of the selected visitor's viewport. */
  #drawTiles(context) {
    const { scene } = this;
    const { palette, selection: { slot }, picture: { table }, place } = scene;
    context.strokeStyle = palette.edge;
    context.lineWidth = 1;
    for (const tile of scene.tiles) {
      const [left, top, width, height] = [tile.left, tile.top, tile.width, tile.height].map(Math.round);
      context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
    }
    if (slot < 0 || scene.tileOf(slot) < 0) return;
    scene.aim(slot);
    context.strokeStyle = palette.frame;
    context.setLineDash([4, 4]);
    const [w, h] = [table.w[slot] || place.width, table.h[slot] || place.height];
    context.strokeRect(place.x(table.sx[slot]), place.y(table.sy[slot]), w * place.scaleX, h * place.scaleY);
    context.setLineDash([]);
  }

  #drawRipples(context, time) {
    const { scene } = this;
    const { picture: { table }, place } = scene;
    context.lineWidth = 1.75;
    this.#ripples.forEach(time, this.#still, (slot, x, y, radius, alpha) => {
      if (scene.tileOf(slot) < 0) return;
      scene.aim(slot);
      const [left, top] = [place.x(x + table.sx[slot]), place.y(y + table.sy[slot])];
      context.globalAlpha = alpha;
      context.strokeStyle = scene.palette.hues[table.hue[slot]];
      context.save();
      // Beside its tile it would be a click on another page.
      context.beginPath();
      const tile = scene.tiles[scene.tileOf(slot)];
      context.rect(tile.left, tile.top, tile.width, tile.height);
      context.clip();
      context.beginPath();
      context.arc(left, top, radius, 0, Math.PI * 2);
      context.stroke();
      context.restore();
    });
    context.globalAlpha = 1;
  }

  /** Numbers the clicks of whoever is looked at. */
  #drawClicks(context) {
    const { scene } = this;
    if (!scene.isAlone || scene.tileOf(scene.selection.slot) < 0) return;
    scene.aim(scene.selection.slot);
    context.font = '600 11px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const { x, y, number } of scene.path.clicks) {
      const [left, top] = [scene.place.x(x), scene.place.y(y)];
      context.fillStyle = scene.palette.plate;
      context.strokeStyle = scene.palette.ink;
      context.beginPath();
      context.arc(left, top, 9, 0, Math.PI * 2);
      context.fill();
      context.stroke();
      context.fillStyle = scene.palette.ink;
      context.fillText(String(number), left, top + 0.5);
    }
    context.textAlign = 'start';
    context.textBaseline = 'alphabetic';
  }

  /** @returns {number} the slot whose pointer is nearest to a point of the map, or -1 */
  #nearest(left, top) {
    const { picture: { table } } = this.scene;
    let best = -1;
    let distance = REACH;
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] === State.free) continue;
      const away = Math.hypot(this.#pointers.x[slot] - left, this.#pointers.y[slot] - top);
      if (!(away < distance)) continue;
      best = slot;
      distance = away;
    }
    return best;
  }

  #resize() {
    const { scene } = this;
    scene.width = this.#host.clientWidth;
    scene.height = this.#host.clientHeight;
    this.#ratio = Math.min(2, devicePixelRatio);
    for (const canvas of this.#canvases) {
      canvas.width = Math.round(scene.width * this.#ratio);
      canvas.height = Math.round(scene.height * this.#ratio);
      const context = canvas.getContext('2d');
      context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
      Object.assign(context, { lineWidth: 1.6, lineJoin: 'round' });
    }
    if (scene.palette) this.#labels.setLook(scene.palette, this.#ratio);
    this.clear();
  }
}
