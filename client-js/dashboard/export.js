import { doing } from './visitor-row.js';

/** What is told of a visitor, in this order. */
const COLUMNS = ['id', 'name', 'page', 'state', 'samplesPerSecond', 'samples', 'clicks', 'x', 'y', 'scrollX',
  'scrollY', 'documentWidth', 'documentHeight', 'viewportWidth', 'viewportHeight', 'since', 'last', 'worker'];

/** @returns {Array<object>} those who are shown, in the order of the list */
export function exportRows({ table, activity, clock }, slots, now, epoch) {
  const time = (milliseconds) => (Number.isFinite(milliseconds) ? new Date(milliseconds).toISOString() : '');
  return Array.from(slots, (slot) => ({
    id: table.id[slot],
    name: table.name[slot],
    page: table.page[slot],
    state: doing(table, slot, now),
    samplesPerSecond: Math.round(activity.rate(slot, now) * 10) / 10,
    samples: table.total[slot],
    clicks: table.clicks[slot],
    x: table.x[slot],
    y: table.y[slot],
    scrollX: table.sx[slot],
    scrollY: table.sy[slot],
    documentWidth: table.dw[slot],
    documentHeight: table.dh[slot],
    viewportWidth: table.w[slot],
    viewportHeight: table.h[slot],
    since: table.since[slot] > 0 ? time(epoch + clock.local(table.since[slot])) : '',
    last: time(epoch + table.lastAt[slot]),
    worker: table.worker[slot],
  }));
}

/**
 * What a spreadsheet would take for a formula: its first sign that is seen begins one, in either width. Signs
 * that are not seen are passed over, as some programs do.
 */
const FORMULA = /^[\p{C}\p{Z}\s]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u;

/**
 * @returns {string} a field of RFC 4180; texts stand in quotation marks, whatever separates lists where it
 * is opened, and behind an apostrophe where they would be computed
 */
function field(value) {
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

/** @returns {string} rows as comma-separated values, with a line of names above */
export function csv(rows) {
  return [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => field(row[name])).join(','))]
    .map((line) => `${line}\r\n`).join('');
}

/** @returns {string} a name for a file of now, without what a file system refuses */
export function fileName(ending, date = new Date()) {
  return `pointerscope-${date.toISOString().slice(0, 19).replaceAll(':', '-')}.${ending}`;
}

/** Hands a file to the person. @param {Blob} blob */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
