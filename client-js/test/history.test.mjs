// What the server tells of the minutes before the dashboard came.
import assert from 'node:assert/strict';
import test from 'node:test';
import { perSecond, rates } from '../dashboard/history.js';
import { BUCKET_MS, TOLD_TRAVEL, TOTAL_SECONDS } from '../dashboard/limits.js';
import { Picture } from '../dashboard/picture.js';
import { TOTALS } from '../dashboard/totals.js';
import { Dice } from './dice.mjs';

const AT = 1_732_109_508_000;

/** A picture that is told everything at `now`, one server millisecond per local one. */
function told(data, { now = 5_000, visitors = [{ id: 'a', since: AT, x: 1, y: 2, p: '/p', rate: 0 }] } = {}) {
  const picture = new Picture();
  picture.received('keyframe', { at: AT + now, visitors }, now);
  picture.received('history', { at: AT + now - 500, ...data }, now);
  return picture;
}

const sum = (picture, slot, from, to) => {
  let count = 0;
  for (let bucket = from; bucket < to; bucket += 1) count += picture.activity.level(slot, bucket);
  return count;
};

test('a character of a rate stands for a count, a step of ten for ten seconds', () => {
  assert.deepEqual(rates('ABPQXY_'), [960, 32, 30, 16, 15, 1, 0]);
  assert.deepEqual(rates('A"é'), [0, 0, 0]);
  assert.deepEqual(rates(7), []);
  assert.deepEqual(perSecond([[20, 50], [1, 2]], true), [2, 1, ...Array(10).fill(5), ...Array(10).fill(2)]);
  assert.deepEqual(perSecond([[20], [1]], false), [1, ...Array(10).fill(20)]);
  assert.deepEqual(perSecond(null, true), []);
});

test('the chart of a visitor begins before the page was opened', () => {
  const picture = told({ visitors: [{ id: 'a', s: 'UAF' }, { id: 'nobody', s: 'F' }, null, { id: 'a' }] });
  const slot = picture.table.find('a');
  const end = 4_500 / BUCKET_MS;
  assert.equal(sum(picture, slot, end - 10, end), 5 * TOLD_TRAVEL);
  assert.equal(sum(picture, slot, end - 20, end - 10), 0);
  assert.equal(sum(picture, slot, end - 30, end - 20), 24 * TOLD_TRAVEL);
  assert.equal(sum(picture, slot, end - 900, end - 30), 0);
});

test('what was heard here counts where it is more', () => {
  const picture = told({});
  const slot = picture.table.find('a');
  picture.activity.add(slot, 4_450, 500, true);
  const before = picture.activity.level(slot, 44);
  picture.received('history', { at: AT + 4_500, visitors: [{ id: 'a', s: 'K' }] }, 5_000);
  assert.equal(picture.activity.level(slot, 44), before);
  assert.equal(sum(picture, slot, 35, 44), 9 * TOLD_TRAVEL);
});

test('the strip has its last minutes', () => {
  const visitors = [[5, 6], [7, 8]];
  const active = [[1, 2], [3, 4]];
  const totals = { samples: [[], [9]], visitors, active, pages: [[], [2, 3]], clicks: 7 };
  const picture = told({ totals });
  const past = (name, ago) => picture.totals.past(TOTALS.indexOf(name), ago);
  const first = picture.totals.seconds;
  assert.deepEqual([past('active', first), past('idle', first), past('pages', first)], [4, 4, 3]);
  const later = [past('active', first + 1), past('idle', first + 2), past('active', first + 12)];
  assert.deepEqual(later, [3, 4, 1]);
  assert.ok(Number.isNaN(past('active', first + 22)));
  assert.ok(Number.isNaN(past('clicks', first + 1)));
  picture.tick(9_000);
  assert.equal(past('active', picture.totals.seconds), 4, 'it moves on with time');
  assert.ok(Number.isNaN(past('active', TOTAL_SECONDS)));
  picture.totals.clear();
  assert.ok(Number.isNaN(past('active', 1)), 'others are counted from now on');
});

test('under a filter nothing is told of everybody', () => {
  const picture = new Picture();
  picture.received('keyframe', { at: AT, visitors: [] }, 0);
  picture.sieve.choosePage('/p', 0);
  picture.totals.clear();
  const totals = { visitors: [[], [3]], active: [[], [3]], pages: [[], [1]] };
  picture.received('history', { at: AT, totals }, 1);
  assert.ok(Number.isNaN(picture.totals.past(0, picture.totals.seconds)));
});

test('pages have their last minute, whatever their query was', () => {
  const series = { '/p': [[], [4, 6]], '/p?x=1': [[], [1]], '/gone': [[], [9]] };
  const picture = told({ pages: Object.entries(series).map(([p, samples]) => ({ p, samples })) });
  const page = picture.pages.find('/p');
  const seconds = Array.from({ length: 60 }, (_, ago) => picture.pages.samples(page, ago));
  assert.deepEqual(seconds.filter((count) => count > 0), [7, 4]);
  assert.equal(picture.pages.find('/gone'), -1);
});

test('nonsense does no harm', () => {
  const dice = new Dice(4);
  const things = [null, 7, -1, NaN, 'x', [], [[]], [[1e9], ['x', -3]], {}, { a: 1 }, [null, { p: '/p' }]];
  const pick = () => dice.pick(things);
  const figures = () => ({ visitors: [pick(), [3, 4]], active: pick(), pages: [[], pick()] });
  const some = () => dice.pick([pick(), figures()]);
  for (let i = 0; i < 500; i += 1) {
    const picture = told({
      at: dice.pick([AT, AT + 4_000, 0, -1, 'x', 1e300]), totals: some(), pages: pick(), workers: pick(),
      visitors: dice.pick([pick(), [{ id: 'a', s: pick() }], [{ id: 'a', s: '\u{1F600}_'.repeat(400) }]]),
    });
    picture.tick(6_000);
    const slot = picture.table.find('a');
    for (let bucket = -2_000; bucket < 100; bucket += 1) assert.ok(picture.activity.level(slot, bucket) >= 0);
    const page = picture.pages.find('/p');
    for (let ago = 0; ago < 60; ago += 1) assert.ok(picture.pages.samples(page, ago) >= 0);
  }
});
