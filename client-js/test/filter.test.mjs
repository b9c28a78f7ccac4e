// The terminal's filter language in the dashboard: the same cases as in Tests/LiveModelTests.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Filter, quoted } from '../dashboard/filter.js';
import { FILTER_TERMS, FILTER_UNITS } from '../dashboard/limits.js';
import { Picture } from '../dashboard/picture.js';

const here = new URL('./', import.meta.url);
const cases = JSON.parse(readFileSync(new URL('filter-cases.json', here), 'utf8'));
const swift = (name) => readFileSync(new URL(`../../Tests/LiveModelTests/${name}`, here), 'utf8');

test('every term is understood or passed over', () => {
  for (const [text, terms, complaint] of cases.grammar) {
    const filter = new Filter(text);
    assert.deepEqual([filter.terms.length, filter.complaint], [terms, complaint], text);
    assert.equal(filter.isEmpty, terms === 0);
  }
});

test('the visitors who meet it are those whom the terminal shows', () => {
  const picture = new Picture();
  const send = (data) => picture.received('frame', { at: 1000, ...data }, 1000);
  const joins = [['Anna', 11], ['bob', 12], ['carol', 11], ['ДАША', 13]];
  send({ joins: joins.map(([id, worker]) => ({ id, worker })) });
  send({ samples: [
    { id: 'Anna', x: 1, y: 1, p: '/Shop/shoes' }, { id: 'Anna', x: 1, y: 1, k: 'click' },
    { id: 'bob', x: 1, y: 1, k: 'click', p: '/shop/cart' }, { id: 'bob', x: 2, y: 1 },
    { id: 'bob', x: 2, y: 1 },
    { id: 'ДАША', x: 1, y: 1, k: 'scroll', p: '/ÉTÉ' },
  ] });
  const { table } = picture;
  for (const [text, expected] of cases.matching) {
    const filter = new Filter(text);
    const slots = Array.from({ length: table.slotEnd }, (_, slot) => slot);
    const taken = slots.filter((slot) => filter.takes(picture, slot, 1000)).map((slot) => table.id[slot]);
    assert.deepEqual(taken.sort(), [...expected].sort(), text);
  }
});

test('the cases are those of the terminal', () => {
  const [grammar, matching] = [swift('FilterGrammarTests.swift'), swift('FilterMatchingTests.swift')];
  const inSwift = (text) => [`"${text}"`, `#"${text}"#`];
  const isIn = (source, text) => inSwift(text.replaceAll('\t', '\\t')).some((form) => source.includes(form));
  for (const [text] of cases.grammar) assert.ok(isIn(grammar, text), text);
  for (const [text] of cases.matching) assert.ok(isIn(matching, text), text);
});

test('a filter is bounded', () => {
  const many = new Filter(Array.from({ length: 60 }, (_, i) => `t${i}`).join(' '));
  assert.deepEqual([many.terms.length, many.complaint], [FILTER_TERMS, 'too many terms']);
  assert.equal(new Filter('ü'.repeat(5000)).text.length, FILTER_UNITS);
});

test('a quoted page is just that page', () => {
  for (const page of ['/', '', '/a b', ' ', '"', '"/a"', '/a"b', '/a\\b', '/ \\', '\\ "', '\t\r\n', '山 田',
    '\u0301/x', 'page="x" y']) {
    const filter = new Filter(`page=${quoted(page)}`);
    const texts = filter.terms.map(({ text }) => text);
    assert.deepEqual([filter.complaint, texts], ['', [page]], JSON.stringify(page));
  }
});
