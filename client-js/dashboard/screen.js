import { ConnectionView } from './connection-view.js';
import { DetailsView } from './details-view.js';
import { EmptyView } from './empty-view.js';
import { counted, grouped } from './format.js';
import { HealthView } from './health-view.js';
import { JournalView } from './journal-view.js';
import { PLAYBACK_DELAY_MS, TEXT_MS } from './limits.js';
import { MapView } from './map-view.js';
import { PagesView } from './pages-view.js';
import { StripView } from './strip-view.js';
import { Theme } from './theme.js';
import { VisitorList } from './visitor-list.js';
import { State } from './visitor-table.js';
import { write } from './write.js';

/** Everything that is to be seen, and the one loop that draws it. */
export class Screen {
  list;
  map;
  theme;

  #element;
  #parts;
  #strip;
  #pages;
  #details;
  #log;
  #health;
  #empty;
  #connection;
  #textAt = -Infinity;

  /**
   * @param {(id: string) => HTMLElement} element by its id
   * @param {object} parts `picture`, `selection`, `follow`, `time`, `stream`, `scriptURL`
   * @param {(path: string | null) => void} choosePage
   */
  constructor(element, parts, choosePage) {
    const { picture, selection, follow, stream, scriptURL } = parts;
    this.#element = element;
    this.#parts = parts;
    this.map = new MapView(element('map'), picture, selection, follow.path, choosePage);
    this.list = new VisitorList(element('list'), picture, selection);
    this.#strip = new StripView(element('strip'));
    this.#pages = new PagesView(element('pages'), choosePage);
    this.#details = new DetailsView(element('details'));
    this.#log = new JournalView(element('log'), element('announcer'));
    this.#health = new HealthView(element('health-light'), element('health'));
    this.#empty = new EmptyView(element('empty'), scriptURL);
    this.#connection = new ConnectionView(element('connection'), () => stream.connect());
    this.theme = new Theme(document.documentElement, ({ palette, reducedMotion, choice }) => {
      this.map.setLook(palette, reducedMotion);
      this.list.setPalette(palette);
      write(element('theme'), `Theme: ${choice}`);
    });
  }

  /** The stream is in another phase. */
  phaseChanged(now) {
    this.#connection.phaseChanged(now);
  }

  /** Something that is written has changed: it is written with the next frame. */
  touch() {
    this.#textAt = -Infinity;
    this.list.refreshTexts();
  }

  /** Draws a frame. */
  draw() {
    const { picture, selection, time } = this.#parts;
    const now = time.now();
    if (!time.isHeld) {
      picture.tick(now);
      selection.check();
    }
    const played = now - PLAYBACK_DELAY_MS;
    // Paper that moves is motion: who wants less of it gets a step a second.
    const paperTime = this.theme.reducedMotion ? Math.floor(played / 1000) * 1000 : played;
    this.list.render(now, time.real(), paperTime, time.isHeld);
    this.map.draw(played, this.list.order.slots, this.list.order.count);
    const real = time.real();
    if (real - this.#textAt >= TEXT_MS) {
      this.#textAt = real;
      this.#write(now);
    }
  }

  /** What is told while nothing is drawn as well, as in the background. */
  writeTitle() {
    const { stream, picture, time } = this.#parts;
    const isFirst = stream.phase === 'connecting' && picture.table.size === 0;
    const isKnown = stream.phase !== 'stopped' && !isFirst;
    const title = isKnown ? `${picture.table.present} · Pointerscope` : 'Pointerscope';
    if (!time.isHeld && document.title !== title) document.title = title;
  }

  /** What the texts say, a few times a second. */
  #write(now) {
    const { picture, selection, follow, stream, time } = this.#parts;
    picture.totals.count(picture, now);
    this.#strip.render(picture);
    this.#pages.render(picture, now);
    this.#details.render(picture, selection, follow.path, now);
    this.#log.render(picture, now);
    this.#health.render(stream, picture.status, document.body.dataset.view === 'health', now);
    this.#connection.render(stream, time.isHeld, time.real());
    this.map.tell();
    this.#writeMatches(picture);
    const { count } = this.list.order;
    this.#empty.render(count === 0 && stream.phase === 'live', picture.table.size > 0);
    this.writeTitle();
  }

  #writeMatches({ sieve, table, pages }) {
    const { filter } = sieve;
    const { slots, count } = this.list.order;
    let shown = 0;
    // Who has just left is still in the list.
    for (let i = 0; i < count; i += 1) if (table.state[slots[i]] === State.present) shown += 1;
    const all = counted(Math.max(table.present, pages.everyone), 'visitor');
    const text = filter.complaint || (sieve.isOpen ? all : `${grouped(shown)} of ${all}`);
    write(this.#element('found'), text);
    this.#element('found').classList.toggle('bad', filter.complaint !== '');
  }
}
