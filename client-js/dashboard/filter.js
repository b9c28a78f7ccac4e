import { FILTER_TERMS, FILTER_UNITS } from './limits.js';
import { KINDS } from './visitor-table.js';

/**
 * The terminal's filter language (docs/terminal.md): terms that a visitor must meet, all of them.
 *
 * A term that cannot be understood is passed over, and the first complaint is told.
 */

/** Values of these keys may stand in quotation marks. */
const QUOTABLE = new Set(['id:', 'page:', 'page=']);

/** A worker's process id, as far as one can be. */
const PID_MAX = 0x7fff_ffff;

const isBlank = (sign) => /\s/u.test(sign);

/** @returns {string[]} what was typed, cut at blanks outside of quotation marks */
function termsOf(text) {
  const terms = [];
  let term = '';
  let isQuoted = false;
  let isEscaped = false;
  for (const sign of text) {
    if (isQuoted) {
      if (!isEscaped && sign === '"') isQuoted = false;
      isEscaped = !isEscaped && sign === '\\';
      term += sign;
    } else if (isBlank(sign)) {
      if (term !== '') terms.push(term);
      term = '';
    } else {
      if (sign === '"') isQuoted = QUOTABLE.has(term.replace(/^-/, '').toLowerCase());
      term += sign;
    }
  }
  if (term !== '') terms.push(term);
  return terms;
}

/** @returns {string | null} a value without its quotation marks; null where the last one is missing */
function unquoted(value) {
  if (!value.startsWith('"')) return value;
  const inner = /^"((?:[^"\\]|\\[^])*)"$/.exec(value);
  return inner === null ? null : inner[1].replace(/\\([^])/g, '$1');
}

/** @returns {string} `text` as the value of a term that stands for just that */
export function quoted(text) {
  const needsNone = text === '' || (!/^["\u0080-\uffff]/.test(text) && !/\s/u.test(text));
  return needsNone ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function parseText(key, value) {
  const text = unquoted(value);
  if (text === null) return `${key}" needs a " at the end`;
  if (key === 'page=') return { test: 'whole', text };
  if (text === '') return `${key} needs a word`;
  return { test: key === 'id:' ? 'id' : 'page', text: text.toLowerCase() };
}

function parseTest(term) {
  const mark = term.search(/[:=<>]/);
  const key = term.slice(0, mark + 1).toLowerCase();
  const value = term.slice(mark + 1);
  if (QUOTABLE.has(key)) return parseText(key, value);
  if (key === 'worker:') {
    const isPID = /^[+-]?\d+$/.test(value) && Math.abs(Number(value)) <= PID_MAX;
    return isPID ? { test: 'worker', number: Number(value) } : 'worker: needs a process id';
  }
  if (key === 'rate>' || key === 'rate<') {
    const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value));
    if (!isNumber) return `${key} needs a number`;
    return { test: key === 'rate>' ? 'above' : 'below', number: Number(value) };
  }
  if (key === 'kind:') {
    const number = KINDS.indexOf(value.toLowerCase());
    return number < 0 ? `kind: is one of ${KINDS.join(', ')}` : { test: 'kind', number };
  }
  return { test: 'any', text: term.toLowerCase() }; // ids and pages may well have a colon
}

/** @returns {{not: boolean} & object | string} a term, or what is wrong with it */
function parseTerm(word) {
  const not = word.startsWith('-');
  const term = not ? word.slice(1) : word;
  if (term === '') return '- needs a term';
  const test = parseTest(term);
  return typeof test === 'string' ? test : { not, ...test };
}

const has = (text, word) => text.toLowerCase().includes(word);

function holds(term, { table, activity }, slot, now) {
  switch (term.test) {
    case 'any':
      return has(table.id[slot], term.text) || has(table.name[slot], term.text)
        || has(table.page[slot], term.text);
    case 'id': return has(table.id[slot], term.text);
    case 'page': return has(table.page[slot], term.text);
    case 'whole': return table.page[slot] === term.text;
    case 'worker': return table.worker[slot] === term.number;
    case 'above': return activity.rate(slot, now) > term.number;
    case 'below': return activity.rate(slot, now) < term.number;
    default: return table.lastAt[slot] !== -Infinity && table.kind[slot] === term.number;
  }
}

/** What somebody typed to find visitors. */
export class Filter {
  /** As it was typed. */
  text;
  /** What is wrong with the first term that was passed over, in a few words, or ''. */
  complaint = '';
  terms = [];

  /** @param {string} text beyond 520 characters nothing is taken in, and beyond 16 terms none */
  constructor(text = '') {
    this.text = text.slice(0, FILTER_UNITS);
    for (const word of termsOf(this.text)) {
      const term = this.terms.length < FILTER_TERMS ? parseTerm(word) : 'too many terms';
      if (typeof term !== 'string') this.terms.push(term);
      else if (this.complaint === '') this.complaint = term;
    }
  }

  /** Whether everybody meets it. */
  get isEmpty() { return this.terms.length === 0; }

  /** @returns {boolean} whether the visitor of a slot in use meets it */
  takes(picture, slot, now) {
    for (const term of this.terms) {
      if (holds(term, picture, slot, now) === term.not) return false;
    }
    return true;
  }
}
