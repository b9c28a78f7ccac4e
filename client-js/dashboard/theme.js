import { PALETTES } from './palette.js';

const KEY = 'pointerscope-theme';
const CHOICES = ['auto', 'light', 'dark'];

/**
 * Light, dark, or what the system says; the choice is kept in this browser.
 * `palette` is the one for canvases; `version` counts its changes.
 */
export class Theme {
  choice = 'auto';
  palette = PALETTES.light;
  version = 0;
  /** Whether the person asked for less motion. */
  reducedMotion = false;

  #dark = matchMedia('(prefers-color-scheme: dark)');
  #still = matchMedia('(prefers-reduced-motion: reduce)');
  #root;
  #changed;

  /** @param {HTMLElement} root gets `data-theme` @param {(theme: Theme) => void} changed */
  constructor(root, changed) {
    this.#root = root;
    this.#changed = changed;
    try {
      const kept = localStorage.getItem(KEY);
      if (CHOICES.includes(kept)) this.choice = kept;
    } catch { /* a browser that keeps nothing has the default */ }
    this.#dark.addEventListener('change', () => this.#apply());
    this.#still.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  /** Goes on to the next choice. */
  cycle() {
    this.choice = CHOICES[(CHOICES.indexOf(this.choice) + 1) % CHOICES.length];
    try {
      localStorage.setItem(KEY, this.choice);
    } catch { /* it holds until the page is closed */ }
    this.#apply();
  }

  #apply() {
    const dark = this.choice === 'dark' || (this.choice === 'auto' && this.#dark.matches);
    this.#root.dataset.theme = dark ? 'dark' : 'light';
    this.palette = dark ? PALETTES.dark : PALETTES.light;
    this.reducedMotion = this.#still.matches;
    this.version += 1;
    this.#changed(this);
  }
}
