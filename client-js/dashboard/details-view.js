import { coordinate, counted, duration, rate, shortNumber } from './format.js';
import { readablePath, visible } from './strangers.js';
import { doing } from './visitor-row.js';
import { write } from './write.js';

/** @returns {string} what somebody may be holding, as their viewport suggests */
export function deviceOf(width, height) {
  if (!(width > 0)) return '';
  const short = Math.min(width, height);
  const long = Math.max(width, height);
  if (short < 520 && long < 1000) return 'phone';
  if (short < 900 && long < 1400 && long / short < 1.65) return 'tablet or small window';
  return 'computer';
}

/** The visitor who is looked at: who, where, since when, and the way through the site. */
export class DetailsView {
  #host;
  #list;
  #trail;
  #fields = new Map();
  #clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });

  /** @param {HTMLElement} host an element with `.name`, a `dl` and an `ol` */
  constructor(host) {
    this.#host = host;
    this.#list = host.querySelector('dl');
    this.#trail = host.querySelector('ol');
  }

  /** Brings the texts up to date. */
  render(picture, selection, path, now) {
    const { table, activity, clock } = picture;
    const { slot } = selection;
    this.#host.hidden = slot < 0;
    if (slot < 0) return;
    const ago = (now - table.lastAt[slot]) / 1000;
    const isHeard = Number.isFinite(ago);
    const since = table.since[slot];
    const pair = (a, separator, b) => `${coordinate(a)}${separator}${coordinate(b)}`;
    const [w, h] = [table.w[slot], table.h[slot]];
    write(this.#host.querySelector('.name'), visible(table.label(slot)));
    this.#field('id', table.name[slot] ? visible(table.id[slot]) : '');
    this.#field('page', readablePath(table.page[slot]) || '–');
    const isReadable = readablePath(table.page[slot]) === table.page[slot];
    this.#field('sent as', isReadable ? '' : visible(table.page[slot]));
    this.#field('now', `${doing(table, slot, now)}${isHeard && ago >= 1 ? `, ${duration(ago)} ago` : ''}`);
    this.#field('here since', since > 0
      ? `${this.#time(clock.local(since))}, ${duration((now - clock.local(since)) / 1000)}` : '–');
    this.#field('speed', selection.focused ? `${shortNumber(path.speed(now))} px/s` : '');
    this.#field('clicks', counted(table.clicks[slot], 'click'));
    this.#field('at', isHeard ? pair(table.x[slot], ', ', table.y[slot]) : '–');
    this.#field('in the document', isHeard && table.dh[slot] > 0
      ? `${pair(table.x[slot] + table.sx[slot], ', ', table.y[slot] + table.sy[slot])} of ${
        pair(table.dw[slot], ' × ', table.dh[slot])}`
      : '');
    this.#field('viewport', w ? `${pair(w, ' × ', h)}, ${deviceOf(w, h)}` : 'not told');
    this.#field('rate', `${rate(activity.rate(slot, now))}/s, ${counted(table.total[slot], 'sample')} here`);
    this.#field('worker', table.worker[slot] > 0 ? String(table.worker[slot]) : '–');
    this.#renderTrail(picture.visits.of(slot), now);
  }

  /** The pages that the visitor was on, the newest first, with how long and how many clicks. */
  #renderTrail(visits, now) {
    const { children } = this.#trail;
    while (children.length > visits.length) this.#trail.lastElementChild.remove();
    for (let i = 0; i < visits.length; i += 1) {
      const visit = visits[visits.length - 1 - i];
      const until = visits[visits.length - i]?.at ?? now;
      const item = children[i] ?? this.#addVisit();
      const [time, page, rest] = item.children;
      write(time, this.#time(visit.at));
      write(page, readablePath(visit.page) || 'no page told');
      if (page.title !== visit.page) page.title = visit.page;
      const clicks = visit.clicks > 0 ? `, ${counted(visit.clicks, 'click')}` : '';
      write(rest, `${i === 0 ? 'for ' : ''}${duration((until - visit.at) / 1000)}${clicks}`);
    }
  }

  #addVisit() {
    const item = document.createElement('li');
    item.append(...['time', 'bdi', 'span'].map((tag) => document.createElement(tag)));
    this.#trail.append(item);
    return item;
  }

  #time(local) {
    return this.#clock.format(performance.timeOrigin + local);
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
      this.#list.append(item);
      this.#fields.set(label, value);
      item.hidden = text === '';
    }
    if (value.textContent === text) return;
    value.textContent = text;
    value.closest('div').hidden = text === '';
  }
}
