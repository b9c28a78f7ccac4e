// Pages, ways through them, who is shown, totals; and what a crowd that has gone leaves behind.
import assert from 'node:assert/strict';
import test from 'node:test';
import { IDLE_MS, LEAVING_MS, MAX_VISITORS, PAGE_EMPTY_MS, SHRINK_MS, VISITS } from '../dashboard/limits.js';
import { pageKey } from '../dashboard/pages.js';
import { Picture } from '../dashboard/picture.js';
import { State, VisitorTable } from '../dashboard/visitor-table.js';
import { Dice } from './dice.mjs';

const AT = 1_732_109_508_000;

function feed(picture = new Picture()) {
  let now = 1000;
  const send = (event, data, after = 33) => {
    now += after;
    picture.received(event, { at: AT + now, ...data }, now);
  };
  const frame = (...samples) => send('frame', { samples });
  return { picture, send, frame, now: () => now };
}

/** Visitors of each page, counted the slow way. */
function counted({ table }) {
  const model = new Map();
  for (let slot = 0; slot < table.slotEnd; slot += 1) {
    if (table.state[slot] !== State.present) continue;
    const key = pageKey(table.page[slot]);
    model.set(key, (model.get(key) ?? 0) + 1);
  }
  return model;
}

test('a page is its path, whatever question or place follows', () => {
  assert.deepEqual(['/a', '/a?b', '/a#b?c', '', '?x'].map(pageKey), ['/a', '/a', '/a', '', '']);
});

test('pages know who is on them, through joins, changes of page, leaves, returns and keyframes', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const dice = new Dice(seed);
    const { picture, send } = feed();
    const paths = ['/a', '/b', '/b?x', '/c#y', '', undefined];
    const sample = () => ({ id: `v${dice.below(12)}`, x: 1, y: 1, p: dice.pick(paths) });
    for (let step = 0; step < 150; step += 1) {
      const ids = () => Array.from({ length: dice.below(3) }, () => `v${dice.below(12)}`);
      if (dice.chance(0.05)) send('keyframe', { visitors: Array.from({ length: dice.below(8) }, sample) });
      else if (dice.chance(0.02)) send('reset', {});
      else {
        const samples = Array.from({ length: dice.below(6) }, sample);
        send('frame', { joins: ids().map((id) => ({ id })), samples, leaves: ids() }, dice.below(1500));
      }
      const model = counted(picture);
      for (let page = 0; page < picture.pages.end; page += 1) {
        if (!picture.pages.has(page)) continue;
        const expected = model.get(picture.pages.path[page]) ?? 0;
        assert.equal(picture.pages.present[page], expected, `seed ${seed} step ${step}`);
      }
    }
  }
});

test('a page that nobody is on goes after a minute, and its number is used again', () => {
  const { picture, send, frame } = feed();
  frame({ id: 'a', x: 1, y: 1, p: '/old' });
  frame({ id: 'a', x: 1, y: 1, p: '/new' });
  const old = picture.pages.find('/old');
  for (let second = 0; second <= PAGE_EMPTY_MS / 1000 + 1; second += 1) send('status', {}, 1000);
  assert.equal(picture.pages.find('/old'), -1);
  frame({ id: 'a', x: 1, y: 1, p: '/third' });
  assert.equal(picture.pages.find('/third'), old);
  for (let i = 0; i < 3000; i += 1) send('frame', { samples: [{ id: 'a', x: 1, y: 1, p: `/p${i}` }] }, 300);
  assert.ok(picture.pages.end < 300, `${picture.pages.end}`);
});

test('a page counts who came in the last minute, samples by the second, and clicks', () => {
  const { picture, send, frame } = feed();
  send('keyframe', { visitors: [{ id: 'a', x: 1, y: 1, p: '/p' }] });
  const page = picture.pages.find('/p');
  assert.equal(picture.pages.joins[page], 0, 'who was there did not come');
  frame({ id: 'b', x: 1, y: 1, p: '/p' }, { id: 'b', x: 1, y: 1, k: 'click' });
  assert.deepEqual([picture.pages.joins[page], picture.pages.clicks[page]], [1, 1]);
  assert.equal(picture.pages.samples(page, 0), 2);
  send('status', {}, 1000);
  assert.equal(picture.pages.samples(page, 1), 2);
  for (let second = 0; second < 61; second += 1) send('status', {}, 1000);
  assert.equal(picture.pages.joins[page], 0);
  assert.equal(picture.pages.samples(page, 1), 0);
});

test('a way through the site has its pages with times and clicks, and the oldest go', () => {
  const { picture, send, frame } = feed();
  send('keyframe', { visitors: [{ id: 'a', x: 1, y: 1, p: '/one' }] });
  frame({ id: 'a', x: 1, y: 1, k: 'click' });
  const click = { id: 'a', x: 1, y: 1, k: 'click' };
  frame({ id: 'a', x: 1, y: 1, p: '/two' }, click, click);
  const slot = picture.table.find('a');
  const visits = picture.visits.of(slot).map(({ page, clicks }) => [page, clicks]);
  assert.deepEqual(visits, [['/one', 1], ['/two', 2]]);
  assert.deepEqual(picture.journal.entries.map(({ kind, text, page }) => [kind, text, page]).at(-1),
    ['move', 'a', '/two']);
  assert.ok(picture.table.movedAt[slot] > 0);
  for (let i = 0; i < 200; i += 1) frame({ id: 'a', x: 1, y: 1, p: `/${i}` });
  assert.equal(picture.visits.of(slot).length, VISITS);
  send('frame', { leaves: ['a'] });
  send('status', {}, LEAVING_MS);
  frame({ id: 'b', x: 1, y: 1 });
  assert.equal(picture.table.find('b'), slot);
  assert.deepEqual(picture.visits.of(slot), []);
});

test('who is shown is kept up to date with everything that decides it', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const dice = new Dice(seed);
    const { picture, send, now } = feed();
    for (let step = 0; step < 120; step += 1) {
      const samples = Array.from({ length: dice.below(5) }, () => (
        { id: `v${dice.below(9)}`, x: 1, y: 1, p: dice.pick(['/a', '/b', '/b?q', undefined]) }));
      send('frame', { samples, leaves: dice.chance(0.2) ? [`v${dice.below(9)}`] : [] }, dice.below(900));
      if (dice.chance(0.1)) picture.sieve.choosePage(dice.pick([null, '/a', '/b']), now());
      if (dice.chance(0.1)) picture.sieve.setFilter(dice.pick(['', 'v1', '-page:/a', 'page:b v']), now());
      picture.sieve.sweep(now() + 1000);
      const { table, sieve } = picture;
      for (let slot = 0; slot < table.capacity; slot += 1) {
        const isUsed = slot < table.slotEnd && table.state[slot] !== State.free;
        const isOn = sieve.page === null || pageKey(table.page[slot] ?? '') === sieve.page;
        const expected = isUsed && isOn && sieve.filter.takes(picture, slot, now()) ? 1 : 0;
        assert.equal(sieve.takes[slot] ?? 0, expected, `seed ${seed} step ${step} slot ${slot}`);
      }
    }
  }
});

test('totals count those who are shown, and remember', () => {
  const { picture, send, frame } = feed();
  send('keyframe', { visitors: [{ id: 'a', x: 1, y: 1, p: '/a' }, { id: 'b', x: 1, y: 1, p: '/b' }] });
  frame({ id: 'a', x: 2, y: 1, k: 'click' }, { id: 'b', x: 2, y: 1, k: 'click' });
  send('status', {}, 1000);
  const { totals } = picture;
  assert.deepEqual([totals.active, totals.idle, totals.pages, totals.clicks], [2, 0, 2, 2]);
  send('status', {}, IDLE_MS + 1000);
  frame({ id: 'a', x: 3, y: 1 });
  send('status', {}, 1000);
  assert.deepEqual([totals.active, totals.idle], [1, 1]);
  assert.equal(totals.past(0, 0), 1);
  assert.equal(totals.past(0, 7), 2);
  for (let i = 0; i < 60; i += 1) send('status', {}, 1000);
  assert.equal(totals.clicks, 0);
  picture.sieve.choosePage('/a', 1e9);
  totals.clear();
  assert.ok(Number.isNaN(totals.past(0, 0)));
  frame({ id: 'b', x: 2, y: 1, k: 'click' }, { id: 'a', x: 2, y: 1, k: 'click' });
  send('status', {}, 1000);
  assert.deepEqual([totals.pages, totals.clicks, totals.idle + totals.active], [1, 1, 1]);
});

test('undrawn, a crowd comes and goes, and nothing of it stays', () => {
  const { picture, send } = feed();
  send('keyframe', { visitors: [] });
  for (let i = 0; i < 11_000; i += 100) {
    const joins = Array.from({ length: 100 }, (_, j) => ({ id: `v${i + j}` }));
    send('frame', { joins });
    send('frame', { leaves: joins.map(({ id }) => id) });
  }
  assert.equal(picture.table.isFull, false, 'nobody was turned away');
  send('status', {}, LEAVING_MS);
  send('frame', { joins: Array.from({ length: 12 }, (_, i) => ({ id: `w${i}` })) });
  assert.deepEqual([picture.table.present, picture.table.size], [12, 12]);
  send('status', {}, SHRINK_MS);
  assert.equal(picture.table.capacity, 64);
  assert.equal(picture.sieve.takes.length, 64);
});

test('at the limit, whoever has gone makes room for who comes', () => {
  const { picture, send } = feed(new Picture(new VisitorTable(3)));
  send('frame', { joins: ['a', 'b', 'c'].map((id) => ({ id })), leaves: ['b'] });
  send('frame', { joins: [{ id: 'd' }] });
  assert.equal(picture.table.present, 3);
  assert.equal(picture.table.isFull, false);
});

test('slots are as compact as can be, and keep their visitors when arrays become short', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const dice = new Dice(seed);
    const table = new VisitorTable(5000);
    const model = new Map();
    for (let step = 0; step < 3000; step += 1) {
      if (dice.chance(step < 1500 ? 0.7 : 0.3)) {
        const slot = table.add(`v${step}`, 0);
        assert.ok(![...model.values()].includes(slot));
        table.x[slot] = step;
        model.set(`v${step}`, slot);
      } else if (model.size > 0) {
        const id = dice.pick([...model.keys()]);
        table.remove(model.get(id));
        model.delete(id);
      }
      if (dice.chance(0.02)) table.shrink();
    }
    table.shrink();
    for (const [id, slot] of model) assert.deepEqual([table.find(id), `v${table.x[slot]}`], [slot, id]);
    assert.equal(table.slotEnd, Math.max(0, ...[...model.values()].map((slot) => slot + 1)));
    assert.ok(table.capacity <= Math.max(64, table.slotEnd * 4));
  }
  assert.ok(MAX_VISITORS >= 10_000);
});
