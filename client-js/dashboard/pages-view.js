import { counted, rate, shortNumber } from './format.js';
import { ARRANGE_MS, LISTED_PAGES, PAGE_SECONDS } from './limits.js';
import { NO_PAGE } from './pages.js';
import { halves } from './path-halves.js';
import { Sparkline } from './sparkline.js';
import { readablePath } from './strangers.js';
import { write } from './write.js';

const COLUMN_SECONDS = 2;
const COLUMNS = PAGE_SECONDS / COLUMN_SECONDS;
const HEIGHT = 14;

/** Pages with how many are there, how busy it is and how many came; pressed, only that page is shown. */
export class PagesView {
  #list;
  #more;
  #all;
  #rows = [];
  #choose;
  #order = [];
  #orderedAt = -Infinity;
  #left = 0;
  #second = -1;

  /** @param {HTMLElement} host @param {(path: string | null) => void} choose null for all */
  constructor(host, choose) {
    this.#list = host.querySelector('ul');
    this.#more = host.querySelector('.more');
    this.#choose = choose;
    this.#all = this.#row();
    this.#all.button.classList.add('all');
    this.#list.append(this.#all.element);
  }

  /** Brings the list up to date; to be called a few times a second. */
  render({ pages, sieve, table, total }, now) {
    this.#arrange(pages, sieve.page, now);
    write(this.#all.head, 'All pages');
    const everyone = Math.max(table.present, pages.everyone);
    write(this.#all.count, shortNumber(everyone));
    this.#fill(this.#all, null, sieve.page === null, counted(everyone, 'visitor'), '');
    const second = Math.floor(now / 1000);
    const paints = second !== this.#second;
    this.#second = second;
    if (paints) this.#paint(this.#all, (ago) => this.#sumAll(total, now, ago));
    this.#order.forEach((page, index) => {
      const row = this.#rows[index] ?? this.#add();
      const path = pages.path[page];
      const busy = `${rate(pages.rate(page))} samples/s`;
      const [head, tail] = halves(page === NO_PAGE ? 'No page told' : readablePath(path));
      write(row.head, head);
      write(row.tail, tail);
      write(row.count, shortNumber(pages.count(page)));
      const joins = pages.joins[page] > 0 ? `+${shortNumber(pages.joins[page])}` : '';
      write(row.joins, joins);
      const spoken = [counted(pages.count(page), 'visitor'), busy, joins && `${joins.slice(1)} came`];
      this.#fill(row, path, sieve.page === path, spoken.filter(Boolean).join(', '), path);
      if (paints) this.#paint(row, (ago) => pages.samples(page, ago));
    });
    this.#rows.forEach(({ element }, index) => { element.hidden = index >= this.#order.length; });
    this.#more.hidden = this.#left === 0;
    write(this.#more, `and ${counted(this.#left, 'page')} more: Find finds them`);
  }

  #sumAll(total, now, ago) {
    let sum = 0;
    const newest = Math.floor(now / 1000 - ago) * 10;
    for (let bucket = newest - 9; bucket <= newest; bucket += 1) sum += total.level(0, bucket);
    return sum;
  }

  #fill(row, path, isChosen, spoken, title) {
    row.path = path;
    const pressed = String(isChosen);
    if (row.pressed !== pressed) row.button.setAttribute('aria-pressed', (row.pressed = pressed));
    const tip = [title, spoken].filter(Boolean).join(': ');
    if (row.button.title !== tip) row.button.title = tip;
    write(row.spoken, `, ${spoken}`);
  }

  /** The busiest first; places change now and then, and not while somebody points at them. */
  #arrange(pages, chosen, now) {
    const known = this.#order.every((page) => pages.has(page));
    const isFirst = this.#order.length === 0;
    const isHeld = () => now - this.#orderedAt < ARRANGE_MS || this.#list.matches(':hover, :focus-within');
    if (!isFirst && known && isHeld()) return;
    this.#orderedAt = now;
    const used = [];
    for (let page = 0; page < pages.end; page += 1) {
      const isListed = pages.has(page) && (page !== NO_PAGE || pages.count(page) > 0);
      if (isListed) used.push(page);
    }
    used.sort((a, b) => pages.count(b) - pages.count(a) || (pages.path[a] < pages.path[b] ? -1 : 1));
    this.#order = used.slice(0, LISTED_PAGES);
    this.#left = used.length - this.#order.length;
    const page = chosen === null ? -1 : pages.find(chosen);
    if (page >= 0 && !this.#order.includes(page)) this.#order.push(page);
  }

  #paint({ chart }, value) {
    chart.draw(Array.from({ length: COLUMNS }, (_, i) => {
      const ago = 1 + (COLUMNS - 1 - i) * COLUMN_SECONDS;
      return value(ago) + value(ago + 1);
    }));
  }

  #add() {
    const row = this.#row();
    this.#rows.push(row);
    this.#list.append(row.element);
    return row;
  }

  #row() {
    const element = document.createElement('li');
    const button = document.createElement('button');
    const part = (name, tag = 'span') => {
      const made = document.createElement(tag);
      made.className = name;
      button.append(made);
      return made;
    };
    const name = part('name', 'bdi');
    const [head, tail] = [document.createElement('span'), document.createElement('span')];
    name.append(head, tail);
    const chart = new Sparkline(COLUMNS, HEIGHT);
    button.append(chart.element);
    const joins = part('joins');
    const count = part('count');
    const spoken = part('unseen');
    joins.title = 'came in the last minute';
    for (const mute of [joins, count]) mute.setAttribute('aria-hidden', 'true');
    element.append(button);
    const row = { element, button, head, tail, count, joins, spoken, chart, path: null, pressed: '' };
    button.addEventListener('click', () => {
      this.#choose(button.getAttribute('aria-pressed') === 'true' ? null : row.path);
    });
    return row;
  }
}
