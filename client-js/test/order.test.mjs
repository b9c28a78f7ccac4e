// The order of the list: calm, complete, and patched without moving anyone.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Order, rateClass } from '../dashboard/order.js';
import { Picture } from '../dashboard/picture.js';
import { Dice } from './dice.mjs';

const AT = 1_732_109_508_000;

function pictureOf(visitors) {
  const picture = new Picture();
  picture.received('keyframe', { at: AT, visitors }, 1000);
  return picture;
}

const names = (order, { table }) =>
  Array.from(order.slots.subarray(0, order.count), (slot) => table.id[slot]);

test('the most active come first, those of about the same rate as they came', () => {
  const picture = pictureOf([
    { id: 'late', since: AT + 5, rate: 31 }, { id: 'idle', since: AT, rate: 0 },
    { id: 'early', since: AT + 1, rate: 29 }, { id: 'busy', since: AT + 9, rate: 200 },
  ]);
  const order = new Order();
  order.sort(picture, 'activity', 1000);
  assert.deepEqual(names(order, picture), ['busy', 'early', 'late', 'idle']);
  order.sort(picture, 'arrival', 1000);
  assert.deepEqual(names(order, picture), ['idle', 'early', 'late', 'busy']);
  order.sort(picture, 'name', 1000);
  assert.deepEqual(names(order, picture), ['busy', 'early', 'idle', 'late']);
});

test('a rate that wavers at the border of its class changes nobody’s place', () => {
  const border = 51.2;
  assert.notEqual(rateClass(border * 0.99), rateClass(border));
  const picture = pictureOf([
    { id: 'first', since: AT, rate: border * 0.99 }, { id: 'second', since: AT + 1, rate: border * 0.98 },
  ]);
  const order = new Order();
  order.sort(picture, 'activity', 1000);
  picture.activity.seed(picture.table.find('second'), 1000, border * 1.05);
  order.sort(picture, 'activity', 1000);
  assert.deepEqual(names(order, picture), ['first', 'second']);
  picture.activity.seed(picture.table.find('second'), 1000, border * 1.6);
  order.sort(picture, 'activity', 1000);
  assert.deepEqual(names(order, picture), ['second', 'first']);
});

test('the order is that of class, arrival and slot, whatever visitors say of themselves', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const dice = new Dice(seed);
    const since = () => (dice.chance(0.1) ? 0 : AT - dice.below(2 ** 30) + dice.below(5));
    const rate = () => (dice.chance(0.3) ? 0 : dice.chance(0.05) ? 1e300 : 1 + dice.below(400));
    const count = 1 + dice.below(400);
    const visitor = (_, i) => ({ id: `v${i}`, since: since(), rate: rate() });
    const picture = pictureOf(Array.from({ length: count }, visitor));
    const { table, activity } = picture;
    const slots = Array.from({ length: count }, (_, slot) => slot);
    const byArrival = (a, b) => table.since[a] - table.since[b] || a - b;
    const classOf = (slot) => Math.min(63, rateClass(activity.rate(slot, 1000)));
    const order = new Order();
    const found = () => [...order.slots.subarray(0, order.count)];
    order.sort(picture, 'arrival', 1000);
    assert.deepEqual(found(), [...slots].sort(byArrival), `seed ${seed}`);
    order.sort(picture, 'activity', 1000);
    const all = [...slots].sort((a, b) => classOf(b) - classOf(a) || byArrival(a, b));
    assert.deepEqual(found(), all, `seed ${seed}`);
  }
});

test('patching keeps everyone’s place, drops the gone and appends the new, each once', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const dice = new Dice(seed);
    const picture = new Picture();
    const order = new Order();
    let model = [];
    for (let step = 0; step < 150; step += 1) {
      const now = 1000 + step * 3000;
      const joins = Array.from({ length: dice.below(4) }, (_, i) => ({ id: `v${step}.${i}` }));
      const leaves = model.filter(() => dice.chance(0.1));
      picture.received('frame', { at: AT + now, joins, leaves }, now);
      picture.expire(now + 2500);
      order.patch(picture.table, picture.sieve.takes);
      model = [...model.filter((id) => !leaves.includes(id)), ...joins.map(({ id }) => id)];
      const listed = names(order, picture);
      assert.deepEqual([...listed].sort(), [...model].sort(), `seed ${seed}`);
      const fresh = new Set(joins.map(({ id }) => id));
      const old = (ids) => ids.filter((id) => !fresh.has(id));
      assert.deepEqual(old(listed), old(model), `seed ${seed}`);
      model = listed;
    }
  }
});
