// The way of each visitor through the site, and how much is kept of everybody's.
import assert from 'node:assert/strict';
import test from 'node:test';
import { VISITS, VISITS_OF_ALL } from '../dashboard/limits.js';
import { Visits } from '../dashboard/visits.js';
import { Dice } from './dice.mjs';

test('the ways of all are bounded together, and where each is now is kept', () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const dice = new Dice(seed);
    const visits = new Visits();
    const people = 300;
    const model = Array.from({ length: people }, () => []);
    for (let n = 0; n < VISITS_OF_ALL * 2.5; n += 1) {
      // A few are on their way all the time, some hardly ever.
      const among = dice.chance(0.5) ? people - 10 : 5;
      const slot = dice.chance(0.001) ? people - 1 - dice.below(10) : dice.below(among);
      if (dice.chance(0.01)) {
        visits.clear(slot);
        model[slot] = [];
      }
      visits.moved(slot, `/${n}`, n);
      model[slot].push({ page: `/${n}`, n });
    }
    let count = 0;
    for (let slot = 0; slot < people; slot += 1) {
      const kept = visits.of(slot).map(({ page }) => page);
      count += kept.length;
      const ring = model[slot].filter(({ n }) => n >= VISITS_OF_ALL * 1.5).slice(-VISITS);
      // Where somebody was when its place was needed stays until they have two younger ones.
      const spare = kept.length - ring.length;
      assert.ok(spare === 0 || spare === 1, `seed ${seed}, slot ${slot}: ${spare} more`);
      const last = model[slot].slice(model[slot].length - kept.length);
      assert.deepEqual(kept, last.map(({ page }) => page), `seed ${seed}, slot ${slot}`);
    }
    assert.ok(count <= VISITS_OF_ALL + people);
  }
});
