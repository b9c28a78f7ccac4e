import { IDLE_MS, MAP_LABELS } from './limits.js';
import { LabelCache } from './label-cache.js';
import { Ripples } from './ripples.js';
import { HUES, State } from './visitor-table.js';
import { ViewportFit } from './viewport-fit.js';

/** Trails lose a fifth every tenth of a second: gone after about a second and a half. Fewer and
 *  larger steps, because small ones never get a faint pixel to nothing in eight bits. */
const FADE_MS = 100;
const FADE_PART = 0.2;
/** After this long without a line there is nothing left to fade. */
const FADED_MS = 3_500;

/** The arrow of a pointer, its tip at 0,0. */
const ARROW = [0, 0, 0, 13, 3.4, 10, 5.6, 14.6, 7.6, 13.6, 5.5, 9.2, 9.6, 9.2];

/** A label's middle is this far below the tip of its arrow. */
const LABEL_BELOW = 17;

/** A click on the map reaches this far. */
const REACH = 28;

/**
 * All pointers at once, each in its own viewport fitted to the map. Two canvases: trails are only
 * ever added to and faded, pointers, names and rings are drawn anew.
 */
export class MapView {
  #trailCanvas;
  #trail;
  #pointCanvas;
  #point;
  #picture;
  #selection;
  #ripples = new Ripples();
  #labels = new LabelCache();
  #fit = new ViewportFit();
  #palette;
  #still = false;
  #width = 0;
  #height = 0;
  #ratio = 0;
  #fadedAt = 0;
  #drawnAt = -Infinity;
  #moving = new Int32Array(0);
  #paths = [];
  #path = null;
  #penDown = false; // whether the path stands where the slot's pointer does
  #slot = 0;

  /**
   * @param {HTMLElement} host holds two canvases
   * @param {import('./picture.js').Picture} picture
   * @param {import('./selection.js').Selection} selection
   */
  constructor(host, picture, selection) {
    [this.#trailCanvas, this.#pointCanvas] = host.querySelectorAll('canvas');
    this.#trail = this.#trailCanvas.getContext('2d');
    this.#point = this.#pointCanvas.getContext('2d');
    this.#picture = picture;
    this.#selection = selection;
    picture.onClick = (slot, x, y, time) => this.#ripples.add(slot, x, y, time);
    host.addEventListener('click', (event) => selection.select(this.#nearest(event.offsetX, event.offsetY)));
    host.addEventListener('dblclick', () => selection.toggleFocus());
    new ResizeObserver(() => this.#resize(host)).observe(host);
  }

  /** Colours and motion from now on. */
  setLook(palette, still) {
    this.#palette = palette;
    this.#still = still;
    this.clear();
    this.#labels.setLook(palette, this.#ratio || 1);
  }

  /** Takes the trails off, for example because the map shows something else now. */
  clear() {
    this.#trail.clearRect(0, 0, this.#width, this.#height);
  }

  /**
   * Draws the map.
   * @param {number} time local milliseconds of playback
   * @param {ArrayLike<number>} labelled slots to name, the most important first
   */
  draw(time, labelled) {
    if (this.#width === 0) return;
    this.#advance(time);
    const context = this.#point;
    context.clearRect(0, 0, this.#width, this.#height);
    this.#drawFrame(context);
    this.#ripples.forEach(time, this.#still, (slot, x, y, radius, alpha) => {
      if (!this.#isShown(slot)) return;
      this.#aim(slot);
      context.globalAlpha = alpha;
      context.strokeStyle = this.#palette.hues[this.#picture.table.hue[slot]];
      context.lineWidth = 1.75;
      context.beginPath();
      context.arc(this.#fit.x(x), this.#fit.y(y), radius, 0, Math.PI * 2);
      context.stroke();
    });
    this.#drawPointers(context, time);
    this.#drawLabels(context, labelled);
    context.globalAlpha = 1;
  }

  /** Plays every pointer up to `time`, leaving lines on the trail canvas. */
  #advance(time) {
    const { table, trails } = this.#picture;
    this.#fade(time);
    if (this.#moving.length < table.capacity) this.#moving = new Int32Array(table.capacity);
    this.#paths = [];
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] === State.free || !trails.isMoving(slot)) continue;
      if (this.#still) trails.skip(slot);
      else this.#play(slot, time);
    }
    this.#paths.forEach((path, hue) => {
      this.#trail.strokeStyle = this.#palette.hues[hue];
      this.#trail.stroke(path);
      this.#drawnAt = time;
    });
  }

  #play(slot, time) {
    const { table, trails } = this.#picture;
    this.#aim(slot);
    this.#slot = slot;
    const hue = table.hue[slot];
    const shown = this.#isShown(slot) && hue < HUES;
    if (shown) this.#paths[hue] ??= new Path2D();
    this.#penDown = false;
    this.#path = shown ? this.#paths[hue] : null;
    trails.play(slot, time, this.#passed);
  }

  /** A pointer went through a point: one more piece of its line. */
  #passed = (x, y, lifted) => {
    if (this.#path === null) return;
    if (lifted) {
      this.#penDown = false;
      return;
    }
    const { trails } = this.#picture;
    if (!this.#penDown) {
      this.#path.moveTo(this.#fit.x(trails.headX[this.#slot]), this.#fit.y(trails.headY[this.#slot]));
    }
    this.#penDown = true;
    this.#path.lineTo(this.#fit.x(x), this.#fit.y(y));
  };

  #fade(time) {
    if (time - this.#fadedAt < FADE_MS) return;
    this.#fadedAt = time;
    if (time - this.#drawnAt > FADED_MS) {
      // Even large steps leave a trace of a trace; it goes when nothing else is to be seen.
      if (this.#drawnAt !== -Infinity) this.clear();
      this.#drawnAt = -Infinity;
      return;
    }
    this.#trail.globalCompositeOperation = 'destination-out';
    this.#trail.fillStyle = `rgba(0, 0, 0, ${FADE_PART})`;
    this.#trail.fillRect(0, 0, this.#width, this.#height);
    this.#trail.globalCompositeOperation = 'source-over';
  }

  /** The viewport of the selected visitor, and its size. */
  #drawFrame(context) {
    const { slot } = this.#selection;
    if (slot < 0) return;
    this.#aim(slot);
    const { left, top, width, height, scale } = this.#fit;
    context.strokeStyle = this.#palette.frame;
    context.lineWidth = 1;
    context.setLineDash([4, 4]);
    context.strokeRect(left + 0.5, top + 0.5, width * scale - 1, height * scale - 1);
    context.setLineDash([]);
  }

  #drawPointers(context, time) {
    const { table } = this.#picture;
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] === State.free || slot === this.#selection.slot) continue;
      this.#drawPointer(context, slot, time, 1);
    }
    if (this.#selection.slot >= 0) this.#drawPointer(context, this.#selection.slot, time, 1.5);
  }

  #drawPointer(context, slot, time, size) {
    const { table, trails } = this.#picture;
    const x = trails.headX[slot];
    if (Number.isNaN(x) || !this.#isShown(slot)) return;
    this.#aim(slot);
    const here = table.state[slot] === State.present && table.outside[slot] === 0;
    context.globalAlpha = !here ? 0.22 : time - table.lastAt[slot] > IDLE_MS ? 0.5 : 1;
    context.fillStyle = this.#palette.hues[table.hue[slot]];
    this.#traceArrow(context, this.#fit.x(x), this.#fit.y(trails.headY[slot]), size);
    context.fill();
    if (size === 1 && table.pressed[slot] === 0) return;
    context.strokeStyle = this.#palette.ink;
    context.lineWidth = 1.25;
    context.stroke();
  }

  #traceArrow(context, x, y, size) {
    context.beginPath();
    context.moveTo(x, y);
    for (let i = 2; i < ARROW.length; i += 2) context.lineTo(x + ARROW[i] * size, y + ARROW[i + 1] * size);
    context.closePath();
  }

  #drawLabels(context, labelled) {
    context.globalAlpha = 1;
    const { slot: selected } = this.#selection;
    const count = Math.min(labelled.length, MAP_LABELS);
    for (let i = count - 1; i >= 0; i -= 1) {
      if (labelled[i] !== selected) this.#drawLabel(context, labelled[i]);
    }
    if (selected >= 0) this.#drawLabel(context, selected);
  }

  #drawLabel(context, slot) {
    const { table, trails } = this.#picture;
    const x = trails.headX[slot];
    if (table.state[slot] !== State.present || Number.isNaN(x) || !this.#isShown(slot)) return;
    this.#aim(slot);
    this.#labels.stamp(context, table.label(slot), table.hue[slot],
      this.#fit.x(x), this.#fit.y(trails.headY[slot]) + LABEL_BELOW, this.#width);
  }

  #aim(slot) {
    this.#fit.aim(this.#picture.table, slot, this.#width, this.#height);
  }

  #isShown(slot) {
    return !this.#selection.focused || slot === this.#selection.slot;
  }

  /** @returns {number} the slot whose pointer is nearest to a point of the map, or -1 */
  #nearest(x, y) {
    const { table, trails } = this.#picture;
    let best = -1;
    let distance = REACH;
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] === State.free || !this.#isShown(slot)) continue;
      this.#aim(slot);
      const away = Math.hypot(this.#fit.x(trails.headX[slot]) - x, this.#fit.y(trails.headY[slot]) - y);
      if (!(away < distance)) continue;
      best = slot;
      distance = away;
    }
    return best;
  }

  #resize(host) {
    this.#width = host.clientWidth;
    this.#height = host.clientHeight;
    this.#ratio = Math.min(2, devicePixelRatio);
    for (const canvas of [this.#trailCanvas, this.#pointCanvas]) {
      canvas.width = Math.round(this.#width * this.#ratio);
      canvas.height = Math.round(this.#height * this.#ratio);
      canvas.getContext('2d').setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    }
    Object.assign(this.#trail, { lineWidth: 1.6, lineJoin: 'round' });
    if (this.#palette) this.#labels.setLook(this.#palette, this.#ratio);
  }
}
