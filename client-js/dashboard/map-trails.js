import { PATH_POINTS } from './limits.js';
import { HUES, State } from './visitor-table.js';

/** Trails lose a fifth every tenth of a second: gone after about a second and a half. Fewer and
 *  larger steps, because small ones never get a faint pixel to nothing in eight bits. */
const FADE_MS = 100;
const FADE_PART = 0.2;
/** After this long without a line there is nothing left to fade. */
const FADED_MS = 3_500;

const MASK = PATH_POINTS - 1;

/** The lower canvas: the lines that pointers leave behind them, and the path of the one who is looked at. */
export class MapTrails {
  #context;
  #scene;
  #fadedAt = 0;
  #drawnAt = -Infinity;
  #paths = Array.from({ length: HUES }, () => null);
  #path = null;
  #penDown = false; // whether the path stands where the slot's pointer does
  #slot = 0;
  #pathVersion = -1;
  #pathDrawn = 0;

  /** @param {CanvasRenderingContext2D} context @param {import('./map-scene.js').MapScene} scene */
  constructor(context, scene) {
    this.#context = context;
    this.#scene = scene;
  }

  /** Takes everything off. */
  clear() {
    this.#context.clearRect(0, 0, this.#scene.width, this.#scene.height);
    this.#pathVersion = -1;
  }

  /** Plays every pointer up to `time`; lines are left where pointers can be told apart. */
  draw(time, still) {
    const { table, trails } = this.#scene.picture;
    const { isAlone } = this.#scene;
    if (!isAlone) this.#fade(time);
    for (let slot = 0; slot < table.slotEnd; slot += 1) {
      if (table.state[slot] === State.free || !trails.isMoving(slot)) continue;
      if (still || !this.#scene.isTraced(slot)) trails.skip(slot);
      else if (isAlone) trails.skipTo(slot, time);
      else this.#play(slot, time);
    }
    if (isAlone) this.#drawPath();
    for (let hue = 0; hue < HUES; hue += 1) {
      if (this.#paths[hue] === null) continue;
      this.#context.strokeStyle = this.#scene.palette.hues[hue];
      this.#context.stroke(this.#paths[hue]);
      this.#paths[hue] = null;
      this.#drawnAt = time;
    }
  }

  #play(slot, time) {
    const { table, trails } = this.#scene.picture;
    this.#scene.aim(slot);
    this.#slot = slot;
    this.#penDown = false;
    this.#path = (this.#paths[table.hue[slot]] ??= new Path2D());
    trails.play(slot, time, this.#passed);
  }

  /** A pointer went through a point: one more piece of its line. */
  #passed = (x, y, lifted) => {
    if (lifted) {
      this.#penDown = false;
      return;
    }
    const { place, picture: { trails } } = this.#scene;
    const slot = this.#slot;
    if (!this.#penDown) this.#path.moveTo(place.x(trails.headX[slot]), place.y(trails.headY[slot]));
    this.#penDown = true;
    this.#path.lineTo(place.x(x), place.y(y));
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
    this.#context.globalCompositeOperation = 'destination-out';
    this.#context.fillStyle = `rgba(0, 0, 0, ${FADE_PART})`;
    this.#context.fillRect(0, 0, this.#scene.width, this.#scene.height);
    this.#context.globalCompositeOperation = 'source-over';
  }

  /** Draws what is new of the path, or all of it where it begins anew or lies elsewhere. */
  #drawPath() {
    const { path, place, selection: { slot }, picture: { table }, palette } = this.#scene;
    this.#scene.aim(slot);
    const key = path.version + place.scaleX + place.left * 7 + place.scaleY * 13;
    if (key !== this.#pathVersion) {
      this.clear();
      this.#pathVersion = key;
      this.#pathDrawn = path.first;
    }
    if (path.count <= this.#pathDrawn + 1) return;
    const context = this.#context;
    context.strokeStyle = palette.hues[table.hue[slot]];
    context.beginPath();
    for (let i = Math.max(path.first, this.#pathDrawn); i < path.count; i += 1) {
      const [x, y] = [place.x(path.x[i & MASK]), place.y(path.y[i & MASK])];
      if (i === Math.max(path.first, this.#pathDrawn)) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.stroke();
    this.#pathDrawn = path.count - 1;
  }
}
