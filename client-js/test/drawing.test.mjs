// What drawing costs: names that are measured but not drawn, charts that are one path.
import assert from 'node:assert/strict';
import test from 'node:test';
import { LabelCache } from '../dashboard/label-cache.js';
import { MAP_LABELS } from '../dashboard/limits.js';
import { halves } from '../dashboard/path-halves.js';
import { columnsPath } from '../dashboard/sparkline.js';

function labels() {
  const made = { canvases: 0, drawn: [], measured: 0 };
  const make = () => {
    made.canvases += 1;
    const canvas = { width: 0, height: 0 };
    const context = {
      scale() {}, beginPath() {}, roundRect() {}, fill() {},
      measureText(text) { made.measured += 1; return { width: text.length * 7 }; },
      fillText(text) { canvas.text = text; made.drawn.push(text); },
    };
    canvas.getContext = () => context;
    return canvas;
  };
  made.cache = new LabelCache(make);
  made.cache.setLook({ plate: '#000', hues: ['#fff', '#eee'] }, 1);
  return made;
}

test('a name that finds no room is measured once and never drawn', () => {
  const made = labels();
  const { cache } = made;
  for (let frame = 0; frame < 10; frame += 1) {
    for (let i = 0; i < 1000; i += 1) assert.equal(cache.width(`v-${i}`), `v-${i}`.length * 7 + 8);
  }
  assert.deepEqual(made.drawn, []);
  assert.equal(made.measured, 1000);
  assert.equal(made.canvases, 1);
});

test('names are drawn once, and the canvases of those that have gone are used again', () => {
  const made = labels();
  const { cache } = made;
  for (let round = 0; round < 3; round += 1) {
    for (let i = 0; i < MAP_LABELS; i += 1) assert.equal(cache.find(`visitor-${i}`, 0).text, `visitor-${i}`);
  }
  assert.equal(made.drawn.length, MAP_LABELS);
  assert.notEqual(cache.find('visitor-0', 1), cache.find('visitor-0', 0), 'two may have one name');
  for (let i = 0; i < 5000; i += 1) assert.equal(cache.find(`other-${i}`, 0).text, `other-${i}`);
  assert.ok(made.canvases <= MAP_LABELS * 2 + 1, String(made.canvases));
});

test('a chart is as high as its highest value, shows the least, and nothing for nothing', () => {
  assert.equal(columnsPath([0, NaN, 0], 10), '');
  assert.equal(columnsPath([4, 0, 2], 10), 'M0 10v-10h1.5v10zM4 10v-5h1.5v5z');
  assert.equal(columnsPath([1000, 1], 10), 'M0 10v-10h1.5v10zM2 10v-1h1.5v1z');
});

test('the end of a path is never cut off, and no character is halved', () => {
  assert.deepEqual(halves('/few'), ['/few', '']);
  assert.deepEqual(halves('/docs/how'), ['/docs', '/how']);
  assert.deepEqual(halves('/shop/department-7'), ['/shop', '/department-7']);
  assert.deepEqual(halves('/shop/department-17/new-in'), ['/shop/depart', 'ment-17/new-in']);
  assert.deepEqual(halves(`/${'😀'.repeat(8)}x`), ['/😀', `${'😀'.repeat(7)}x`]);
  assert.equal(halves(`/${'é'.repeat(300)}`).join(''), `/${'é'.repeat(300)}`);
});
