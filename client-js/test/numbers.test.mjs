// The dashboard's arithmetic: rates, history, playback, clocks, colours, order, texts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Activity, CLICK_BIT } from '../dashboard/activity.js';
import { Backoff } from '../dashboard/backoff.js';
import { ServerClock } from '../dashboard/clock.js';
import {
  bytes, clipped, coordinate, counted, duration, rate, shortNumber,
} from '../dashboard/format.js';
import { BUCKET_MS, HISTORY_BUCKETS, TRAIL_POINTS } from '../dashboard/limits.js';
import { Ripples } from '../dashboard/ripples.js';
import { readablePath, visible } from '../dashboard/strangers.js';
import { Trails } from '../dashboard/trails.js';
import { HUES, VisitorTable, hueOf } from '../dashboard/visitor-table.js';
import { Dice } from './dice.mjs';

function activity(slots = 1) {
  const made = new Activity();
  made.reserve(slots);
  for (let slot = 0; slot < slots; slot += 1) made.clear(slot, 0);
  return made;
}

test('a rate is the samples of five seconds, or of a younger visitor’s life', () => {
  const history = activity();
  for (let time = 0; time < 2000; time += 100) history.add(0, time, 1, false);
  assert.equal(history.rate(0, 500), 6, 'at least one second counts');
  assert.ok(Math.abs(history.rate(0, 2000) - 10) < 0.01);
  assert.ok(Math.abs(history.rate(0, 4900) - 20 / 4.9) < 0.01);
  assert.equal(history.rate(0, 6000), 9 / 5);
  assert.equal(history.rate(0, 7000), 0);
});

test('the server’s rate holds for the part of the window that was not heard here', () => {
  const history = activity();
  history.seed(0, 10_000, 30);
  assert.equal(history.rate(0, 10_000), 30);
  assert.equal(history.rate(0, 12_500), 15);
  for (let i = 0; i < 75; i += 1) history.add(0, 12_500, 1, false);
  assert.equal(history.rate(0, 12_500), 30);
  assert.equal(history.rate(0, 15_000), 15);
});

test('a sample too late for the window counts nowhere in it', () => {
  const history = activity();
  history.add(0, 20_000, 1, false);
  for (let late = 6_400; late < 19_000; late += 100) history.add(0, 20_000 - late, 1, false);
  assert.equal(history.rate(0, 20_000), 1 / 5);
});

test('history agrees with a plain map of buckets, also for late samples and wrapped rings', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const dice = new Dice(seed);
    const history = activity(3);
    const model = [new Map(), new Map(), new Map()];
    let time = dice.below(1e6);
    for (let slot = 0; slot < 3; slot += 1) history.clear(slot, time);
    const heads = Array(3).fill(Activity.bucket(time));
    for (let step = 0; step < 2000; step += 1) {
      time += dice.chance(0.01) ? dice.below(200_000) : dice.below(120);
      const slot = dice.below(3);
      const at = Math.max(0, time - (dice.chance(0.2) ? dice.below(130_000) : 0));
      const bucket = Activity.bucket(at);
      const travel = dice.below(50);
      const clicked = dice.chance(0.1);
      heads[slot] = Math.max(heads[slot], bucket);
      if (bucket > heads[slot] - HISTORY_BUCKETS) {
        const before = model[slot].get(bucket) ?? { travel: 0, clicked: false };
        before.travel += Math.max(1, travel);
        before.clicked ||= clicked;
        model[slot].set(bucket, before);
      }
      history.add(slot, at, travel, clicked);
    }
    for (let slot = 0; slot < 3; slot += 1) {
      for (let bucket = heads[slot] + 2; bucket > heads[slot] - HISTORY_BUCKETS - 3; bucket -= 1) {
        const held = bucket <= heads[slot] && bucket > heads[slot] - HISTORY_BUCKETS;
        const { travel, clicked } = (held && model[slot].get(bucket)) || { travel: 0, clicked: false };
        const level = travel | (clicked ? CLICK_BIT : 0);
        assert.equal(history.level(slot, bucket), level, `seed ${seed} bucket ${bucket}`);
      }
    }
  }
});

test('the chart is told the oldest bucket that changed', () => {
  const history = activity();
  history.add(0, 900, 1, false);
  history.add(0, 500, 1, false);
  assert.equal(history.dirtyFrom, 500 / BUCKET_MS);
});

/** Points that playback went through. */
function play(trails, time) {
  const points = [];
  trails.play(0, time, (x, y, lifted) => points.push(lifted ? [x, y, 'lifted'] : [x, y]));
  return points;
}

function trails() {
  const made = new Trails();
  made.reserve(1);
  made.clear(0);
  return made;
}

test('playback moves evenly between samples and ends on the newest', () => {
  const made = trails();
  made.push(0, 0, 0, 1000, true);
  made.push(0, 30, 60, 1030, false);
  assert.deepEqual(play(made, 1000), [[0, 0, 'lifted']]);
  assert.deepEqual(play(made, 1010), [[10, 20]]);
  assert.deepEqual(play(made, 1040), [[30, 60]]);
  assert.equal(made.isMoving(0), false);
  assert.deepEqual(play(made, 1050), []);
});

test('a step out of a long rest is not slow motion', () => {
  const made = trails();
  made.push(0, 0, 0, 0, true);
  made.push(0, 100, 0, 10_000, false);
  play(made, 1);
  assert.deepEqual(play(made, 9_900), []);
  assert.deepEqual(play(made, 9_975), [[50, 0]]);
});

test('what overflowed the ring is a gap, not a line', () => {
  const made = trails();
  for (let i = 0; i < TRAIL_POINTS * 3; i += 1) made.push(0, i, 0, i, i === 0);
  const points = play(made, 1e6);
  assert.equal(points.length, TRAIL_POINTS);
  assert.deepEqual(points[0], [TRAIL_POINTS * 2, 0, 'lifted']);
  assert.deepEqual(points[1], [TRAIL_POINTS * 2 + 1, 0]);
});

test('the clock follows the least delayed message, drift, and a clock that was set', () => {
  const clock = new ServerClock();
  clock.observed(10_000, 500);
  clock.observed(10_100, 750);
  assert.ok(Math.abs(clock.local(10_100) - 600) < 2);
  clock.observed(10_200, 690);
  assert.equal(clock.local(10_200), 690);
  for (let second = 1; second < 100; second += 1) clock.observed(10_200 + second * 1000, 690 + second * 1001);
  assert.ok(Math.abs(clock.local(109_200) - 99_789) < 3, 'a drift of a millisecond per second');
  clock.observed(5_000_000, 100_000);
  assert.equal(clock.local(5_000_000), 100_000);
});

test('delays double up to the ceiling, between half and whole', () => {
  const nominal = (random) => {
    const backoff = new Backoff(() => random);
    return Array.from({ length: 6 }, () => backoff.next());
  };
  assert.deepEqual(nominal(0), [500, 1000, 2000, 4000, 7500, 7500]);
  assert.deepEqual(nominal(1 - 2 ** -40).map(Math.round), [1000, 2000, 4000, 8000, 15_000, 15_000]);
  const backoff = new Backoff(() => 0);
  backoff.next();
  backoff.reset();
  assert.equal(backoff.next(), 500);
});

test('a handful of visitors have as many colours, and an id prefers its own', () => {
  const table = new VisitorTable();
  const slots = Array.from({ length: HUES }, (_, i) => table.add(`visitor ${i}`, 0));
  assert.equal(new Set(slots.map((slot) => table.hue[slot])).size, HUES);
  assert.equal(table.hue[slots[0]], hueOf('visitor 0'));
  for (const slot of slots) table.remove(slot);
  assert.equal(table.hue[table.add('again', 0)], hueOf('again'));
});

test('slots are counted, reused, and hold nothing of their last visitor', () => {
  const table = new VisitorTable();
  const [a, b] = [table.add('a', 0), table.add('b', 0)];
  table.x[a] = 7;
  table.page[a] = '/secret';
  table.leave(b, 1);
  assert.deepEqual([table.size, table.present], [2, 1]);
  table.remove(a);
  table.remove(a);
  table.remove(b);
  assert.deepEqual([table.size, table.present], [0, 0]);
  const again = [table.add('c', 2), table.add('d', 2)];
  assert.deepEqual(again.sort(), [a, b].sort());
  assert.deepEqual([table.x[a], table.page[a], table.lastAt[a]], [0, '', -Infinity]);
});

test('rings live their time, the oldest make room', () => {
  const ripples = new Ripples();
  for (let i = 0; i < 1000; i += 1) ripples.add(i, i, i, 1000 + i / 1000);
  const slots = [];
  ripples.forEach(1100, false, (slot) => slots.push(slot));
  assert.equal(slots.length, 128);
  assert.equal(Math.min(...slots), 872);
  assert.equal(ripples.isAlive(1100), true);
  assert.equal(ripples.isAlive(2000), false);
});

test('numbers as short text', () => {
  assert.deepEqual([0, 12, 9994, 9995, 99_499, 123_456, 999_499, 1e6, 12e6, 3e9].map(shortNumber),
    ['0', '12', '9,994', '10.0k', '99.5k', '123k', '999k', '1.0M', '12M', '3.0G']);
  assert.deepEqual([0, 0.04, 0.2, 12.34, 99.96, 4812, NaN].map(rate),
    ['0', '0', '0.2', '12.3', '100', '4,812', '–']);
  assert.deepEqual([-1, 8.9, 187, 7540, 273_600, Infinity].map(duration),
    ['0 s', '8 s', '3:07', '2:05:40', '3 d 4 h', '–']);
  assert.deepEqual([11_400_000, 900_000, 123_456_789].map(bytes), ['11.4 MB', '900 kB', '123 MB']);
  assert.deepEqual([812.4, -3.6, 1e21].map(coordinate), ['812', '-4', '1.0e+21']);
  assert.equal(clipped('short', 9), 'short');
  assert.equal(clipped('a'.repeat(20), 5), 'aaaa…');
  assert.equal(clipped('😀😀😀😀', 3), '😀😀…');
  assert.deepEqual([counted(1, 'visitor'), counted(1234, 'visitor')], ['1 visitor', '1,234 visitors']);
});

test('strangers text has nothing in it that is not to be seen', () => {
  const kept = ['user 123', 'grüße', '山田太郎', '😀', 'שלום', 'مرحبا', 'e\u0301', '/a?b=c&d', '',
    '❤️', '👩🏽‍💻', 'a\\b'];
  for (const text of kept) assert.equal(visible(text), text);
  assert.equal(visible('\u001b[31mred\u0085\u009b31m'), '\\u001b[31mred\\u0085\\u009b31m');
  assert.equal(visible('a\u202eb\u2066c\u200fd\u061ce'), 'a\\u202eb\\u2066c\\u200fd\\u061ce');
  assert.equal(visible('\u{e0041}\u00ad'), '\\u{e0041}\\u00ad');
  assert.equal(visible('a\u00a0b\u3000'), 'a\\u00a0b\\u3000');
  assert.equal(visible('   '), '␣␣␣');
  assert.equal(visible(' bob  x '), '␣bob␣␣x␣');
});

test('no two texts are shown as one another for what is not to be seen in them', () => {
  const pieces = ['a', '\u202e', '\\u202e', '\\', 'u202e', ' ', '␣', '·', '\ufe0f', '\u200d', '😀',
    '\u00ad'];
  const shown = new Map();
  for (let seed = 1; seed <= 4000; seed += 1) {
    const dice = new Dice(seed);
    const text = Array.from({ length: dice.below(5) }, () => dice.pick(pieces)).join('');
    const other = shown.get(visible(text)) ?? text;
    assert.equal(other, text, JSON.stringify([other, text, visible(text)]));
    shown.set(visible(text), text);
    assert.doesNotMatch(visible(text), /😀\ufe0f|\u200d(?!😀)|\u202e/u);
  }
});

test('a path is read as people write it, and stays the path that it is', () => {
  assert.equal(readablePath('/caf%C3%A9'), '/café');
  assert.equal(readablePath('/%E5%B1%B1/x'), '/山/x');
  const kept = ['/a%2Fb', '/%3Fq', '/%23', '/%25', '/%E2%80%AE', '/%ff', '/100%', '/a%20b', '/%00'];
  for (const path of kept) assert.equal(readablePath(path), path);
});
