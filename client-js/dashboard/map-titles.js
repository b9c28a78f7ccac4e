import { shortNumber } from './format.js';
import { TITLE } from './map-layout.js';
import { readablePath } from './strangers.js';
import { write } from './write.js';

/** The lines above tiles: which page it is and how many are on it. Pressed, the page is chosen. */
export class MapTitles {
  #host;
  #titles = [];
  #choose;

  /** @param {HTMLElement} host @param {(path: string) => void} choose */
  constructor(host, choose) {
    this.#host = host;
    this.#choose = choose;
  }

  /** Puts a title above each tile. @param {import('./map-scene.js').MapScene} scene */
  render(scene, chosen) {
    const { tiles, picture: { pages } } = scene;
    while (this.#titles.length < tiles.length) this.#add();
    this.#titles.forEach((title, number) => {
      const tile = tiles[number];
      title.element.hidden = !tile || tile.page < 0;
      if (title.element.hidden) return;
      const place = [tile.left, tile.top - TITLE, tile.width];
      const style = place.map((value) => `${Math.round(value)}px`).join(' ');
      if (title.style !== style) {
        title.style = style;
        const { element } = title;
        [element.style.left, element.style.top, element.style.width] = style.split(' ');
        element.style.height = `${Math.round(tile.height) + TITLE}px`;
      }
      const path = pages.path[tile.page];
      title.path = path;
      write(title.name, path === '' ? 'No page told' : readablePath(path));
      title.button.title = path;
      title.button.disabled = chosen !== null || path === '';
    });
    this.count(scene);
  }

  /** Writes how many are on each page; to be called a few times a second. */
  count({ tiles, isAlone, picture: { pages } }) {
    this.#titles.forEach(({ element, count }, number) => {
      const page = tiles[number]?.page ?? -1;
      if (!element.hidden && page >= 0) write(count, isAlone ? '' : shortNumber(pages.present[page]));
    });
  }

  /** Hands out the titles that are to be seen, with their places. */
  forEach(take) {
    for (const { element, name, count, style } of this.#titles) {
      if (element.hidden) continue;
      const [left, top] = style.split(' ').map(parseFloat);
      take(`${name.textContent}  ${count.textContent}`, left, top);
    }
  }

  #add() {
    const element = document.createElement('div');
    element.className = 'tile';
    const button = document.createElement('button');
    const [name, count] = [document.createElement('bdi'), document.createElement('span')];
    button.append(name, ' ', count);
    element.append(button);
    this.#host.append(element);
    const title = { element, button, name, count, path: '', style: '' };
    button.addEventListener('click', (event) => {
      event.stopPropagation();
      this.#choose(title.path);
    });
    this.#titles.push(title);
  }
}
