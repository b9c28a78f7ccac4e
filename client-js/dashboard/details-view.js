import { coordinate, duration, rate, shortNumber, visible } from './format.js';

/** What is known about the selected visitor, as text under the map. */
export class DetailsView {
  #host;
  #fields = new Map();

  /** @param {HTMLElement} host an element with `.name` and a `dl` */
  constructor(host) {
    this.#host = host;
  }

  /** Brings the texts up to date. */
  render(picture, selection, now) {
    const { table, activity, clock } = picture;
    const { slot } = selection;
    this.#host.hidden = slot < 0;
    if (slot < 0) return;
    const ago = (now - table.lastAt[slot]) / 1000;
    const since = table.since[slot];
    this.#write('.name', visible(table.label(slot)));
    this.#field('id', table.name[slot] ? visible(table.id[slot]) : '');
    this.#field('page', visible(table.page[slot]) || '–');
    const pair = (a, separator, b) => `${coordinate(a)}${separator}${coordinate(b)}`;
    this.#field('at', Number.isFinite(ago) ? pair(table.x[slot], ', ', table.y[slot]) : '–');
    this.#field('in the document', Number.isFinite(ago) && table.dh[slot] > 0
      ? `${pair(table.x[slot] + table.sx[slot], ', ', table.y[slot] + table.sy[slot])} of `
        + pair(table.dw[slot], ' × ', table.dh[slot])
      : '');
    this.#field('viewport', table.w[slot] ? pair(table.w[slot], ' × ', table.h[slot]) : 'not told');
    this.#field('rate', `${rate(activity.rate(slot, now))}/s`);
    this.#field('samples here', shortNumber(table.total[slot]));
    this.#field('last', !Number.isFinite(ago) ? '–' : ago < 1 ? 'now' : `${duration(ago)} ago`);
    this.#field('here for', since > 0 ? duration((now - clock.local(since)) / 1000) : '–');
    this.#field('worker', table.worker[slot] > 0 ? String(table.worker[slot]) : '–');
  }

  /** A line of its own; none where there is nothing to say. */
  #field(label, text) {
    let value = this.#fields.get(label);
    if (!value) {
      const item = document.createElement('div');
      const term = document.createElement('dt');
      const cell = document.createElement('dd');
      value = document.createElement('bdi');
      term.textContent = label;
      cell.append(value);
      item.append(term, cell);
      this.#host.querySelector('dl').append(item);
      this.#fields.set(label, value);
      item.hidden = text === '';
    }
    if (value.textContent === text) return;
    value.textContent = text;
    value.closest('div').hidden = text === '';
  }

  #write(selector, text) {
    const element = this.#host.querySelector(selector);
    if (element.textContent !== text) element.textContent = text;
  }
}
