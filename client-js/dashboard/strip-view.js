import { Activity } from './activity.js';
import { bytes, counted, duration, rate, shortNumber } from './format.js';
import { BUCKET_MS, STRIP_WORKERS } from './limits.js';

/** The small chart of all samples: columns of half a second over one minute. */
const COLUMN_BUCKETS = 5;
const COLUMNS = 120;
const CHART_HEIGHT = 26;

/** Totals shown, when the server tells them, in this order; everything else stays in /metrics. */
const TOTALS = [
  [/received/, 'received'], [/delivered/, 'delivered'], [/conflated/, 'conflated'], [/lost/, 'lost'],
];

const numberOr = (value, other) => (typeof value === 'number' && Number.isFinite(value) ? value : other);

/** @returns {Array<[string, number]>} label and value of the totals worth a place */
export function chosenTotals(totals) {
  if (typeof totals !== 'object' || totals === null) return [];
  const entries = Object.entries(totals).filter(([, value]) => Number.isFinite(value));
  return TOTALS.flatMap(([pattern, label]) => {
    const found = entries.filter(([name]) => pattern.test(name));
    return found.length === 0 ? [] : [[label, found.reduce((sum, [, value]) => sum + value, 0)]];
  });
}

/** The strip under the header: visitors, samples per second, workers, viewers, totals. */
export class StripView {
  #facts = new Map();
  #host;
  #workers;
  #more;
  #chart;
  #context;
  #palette;

  /** @param {HTMLElement} host `.strip` with `.facts`, `.workers` and a canvas */
  constructor(host) {
    this.#host = host.querySelector('.facts');
    this.#workers = host.querySelector('.workers');
    this.#chart = host.querySelector('canvas');
    this.#context = this.#chart.getContext('2d');
    this.#more = document.createElement('li');
    this.#more.className = 'more';
    const ratio = Math.min(2, devicePixelRatio);
    this.#chart.width = COLUMNS * ratio;
    this.#chart.height = CHART_HEIGHT * ratio;
    this.#context.scale(ratio, ratio);
  }

  /** Colours to paint with from now on. */
  setPalette(palette) {
    this.#palette = palette;
  }

  /** Brings the strip up to date; to be called a few times a second. */
  render(picture, now) {
    const { status, table } = picture;
    this.#fact('visitors', shortNumber(table.present) + (table.isFull ? '+' : ''));
    this.#fact('samples/s', rate(this.#drawChart(picture.total, now)));
    if (status === null) return;
    this.#fact('viewers', shortNumber(numberOr(status.viewers, NaN)));
    this.#fact('up', duration(numberOr(status.uptime, NaN)));
    for (const [label, value] of chosenTotals(status.totals)) this.#fact(label, shortNumber(value));
    this.#renderWorkers(Array.isArray(status.workers) ? status.workers : []);
  }

  #fact(label, text) {
    let value = this.#facts.get(label);
    if (!value) {
      const item = document.createElement('div');
      const term = document.createElement('dt');
      value = document.createElement('dd');
      term.textContent = label;
      item.append(value, term);
      this.#host.append(item);
      this.#facts.set(label, value);
    }
    if (value.textContent !== text) value.textContent = text;
  }

  #renderWorkers(workers) {
    const isRecord = (worker) => typeof worker === 'object' && worker !== null;
    const shown = workers.slice(0, STRIP_WORKERS).filter(isRecord);
    while (this.#workers.childElementCount > shown.length) this.#workers.lastElementChild.remove();
    shown.forEach((worker, index) => {
      const item = this.#workers.children[index] ?? this.#workers.appendChild(document.createElement('li'));
      const state = typeof worker.state === 'string' ? worker.state : '';
      item.dataset.state = state;
      const texts = [
        `pid ${numberOr(worker.pid, '–')}`,
        state === 'running' ? '' : state,
        `${shortNumber(numberOr(worker.connections, 0))} open`,
        `${rate(numberOr(worker.rate, NaN))}/s`,
        numberOr(worker.rss, 0) > 0 ? bytes(worker.rss) : '',
        numberOr(worker.restarts, 0) > 0 ? counted(worker.restarts, 'restart') : '',
      ].filter(Boolean);
      const text = texts.join(' · ');
      if (item.textContent !== text) item.textContent = text;
    });
    if (workers.length <= STRIP_WORKERS) return;
    this.#more.textContent = `and ${workers.length - STRIP_WORKERS} more`;
    this.#workers.append(this.#more);
  }

  /** Draws the last minute. @returns {number} samples per second over the last second */
  #drawChart(total, now) {
    const newest = Activity.bucket(now) - 1;
    const column = Math.floor(newest / COLUMN_BUCKETS);
    const sums = Array.from({ length: COLUMNS }, (_, i) => {
      let sum = 0;
      const first = (column - COLUMNS + 1 + i) * COLUMN_BUCKETS;
      for (let b = first; b < first + COLUMN_BUCKETS && b <= newest; b += 1) sum += total.level(0, b);
      return sum;
    });
    const highest = Math.max(1, ...sums);
    const context = this.#context;
    context.clearRect(0, 0, COLUMNS, CHART_HEIGHT);
    context.fillStyle = this.#palette.hues[0];
    sums.forEach((sum, i) => {
      const height = (sum / highest) * CHART_HEIGHT;
      if (sum > 0) context.fillRect(i, CHART_HEIGHT - Math.max(1, height), 1, Math.max(1, height));
    });
    let second = 0;
    for (let b = newest - 1000 / BUCKET_MS + 1; b <= newest; b += 1) second += total.level(0, b);
    return second;
  }
}
