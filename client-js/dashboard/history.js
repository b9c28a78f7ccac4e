import { TOLD_TRAVEL } from './limits.js';
import { isID, isNumber, isRecord, listIn } from './message-parts.js';
import { pageKey } from './pages.js';

/** Seconds and steps of ten that are told at most. */
const MOST = 128;

/** The samples a second that a character of a visitor's rates stands for, by its code. */
const COUNTS = new Uint16Array(128);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].forEach((character, level) => {
  const count = level < 16 ? level : (8 + (level % 8)) << (Math.floor(level / 8) - 1);
  COUNTS[character.charCodeAt(0)] = count;
});

/** @returns {number[]} a value a second, the newest first, of a visitor's rates */
export function rates(text) {
  if (typeof text !== 'string') return [];
  const values = [];
  for (let i = text.length - 1; i >= 0 && values.length < MOST; i -= 1) {
    values.push(COUNTS[text.charCodeAt(i)] ?? 0);
  }
  return values;
}

const counts = (list) => listIn(list).slice(-MOST).map((count) => (isNumber(count) ? Math.max(0, count) : 0));

/**
 * @returns {number[]} a value a second, the newest first, of `[[steps of ten],[seconds]]`
 * @param {unknown} series @param {boolean} isSum whether a step is the sum of its seconds, or how it was
 */
export function perSecond(series, isSum) {
  const [tens, seconds] = listIn(series);
  const values = counts(seconds).reverse();
  for (const ten of counts(tens).reverse()) {
    for (let i = 0; i < 10; i += 1) values.push(isSum ? ten / 10 : ten);
  }
  return values;
}

/** @returns {Map<number, number[]>} samples of the pages that a picture has: paths without a query */
function pagesOf(list, pages) {
  const sums = new Map();
  for (const told of listIn(list)) {
    const page = isRecord(told) && typeof told.p === 'string' ? pages.find(pageKey(told.p)) : -1;
    if (page < 0) continue;
    const sum = sums.get(page) ?? [];
    perSecond(told.samples, true).forEach((count, ago) => { sum[ago] = (sum[ago] ?? 0) + count; });
    sums.set(page, sum);
  }
  return sums;
}

/**
 * Puts what was before this page came where a picture keeps its own.
 *
 * @param {import('./picture.js').Picture} picture
 * @param {object} data of one message
 * @param {number} secondAt when the second began that is being counted
 */
export function remember(picture, data, secondAt, now) {
  if (!isNumber(data.at)) return;
  const end = picture.clock.local(data.at);
  // Whole seconds from the middle of the newest one that is told to the one that is being counted.
  const ago = Math.max(0, Math.floor((secondAt - end + 500) / 1000));
  const totals = isRecord(data.totals) ? data.totals : {};
  picture.total.remember(0, end, perSecond(totals.samples, true), now);
  // What the server tells is of everybody.
  if (picture.sieve.isOpen && 'visitors' in totals) {
    const [visitors, active, pages] = [totals.visitors, totals.active, totals.pages]
      .map((series) => perSecond(series, false));
    picture.totals.remember({ visitors, active, pages }, ago);
  }
  for (const [page, samples] of pagesOf(data.pages, picture.pages)) {
    picture.pages.remember(page, samples, ago + 1);
  }
  for (const told of listIn(data.visitors)) {
    const slot = isRecord(told) && isID(told.id) ? picture.table.find(told.id) : -1;
    if (slot < 0) continue;
    picture.activity.remember(slot, end, rates(told.s).map((count) => count * TOLD_TRAVEL), now);
  }
}
