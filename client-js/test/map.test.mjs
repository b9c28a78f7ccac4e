// Where things stand on the map: tiles, places in the document, names that cover nobody.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MAP_TILES } from '../dashboard/limits.js';
import { TITLE, Tile, capacity, chosenPages, tiles } from '../dashboard/map-layout.js';
import { MapPlace } from '../dashboard/map-place.js';
import { Occupancy, findSpot, found } from '../dashboard/occupancy.js';
import { Pages } from '../dashboard/pages.js';
import { VisitorTable } from '../dashboard/visitor-table.js';
import { Dice } from './dice.mjs';

const overlaps = (a, b) => a.left < b.left + b.width && b.left < a.left + a.width
  && a.top < b.top + b.height && b.top < a.top + a.height;

test('tiles lie in the map, overlap nobody, and fill their room', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const dice = new Dice(seed);
    const [width, height] = [200 + dice.below(1600), 160 + dice.below(1000)];
    const pages = Array.from({ length: dice.below(40) }, (_, i) => i);
    const made = tiles(pages, width, height);
    assert.equal(made.length, Math.min(pages.length, capacity(width, height)), `seed ${seed}`);
    assert.ok(made.length <= MAP_TILES);
    let area = 0;
    made.forEach((tile, i) => {
      assert.ok(tile.left >= 0 && tile.left + tile.width <= width + 0.01, `seed ${seed}`);
      assert.ok(tile.top >= TITLE && tile.top + tile.height <= height + 0.01, `seed ${seed}`);
      area += tile.width * (tile.height + TITLE);
      for (const other of made.slice(0, i)) assert.ok(!overlaps(tile, other), `seed ${seed}`);
    });
    if (made.length > 0) assert.ok(area > width * height * 0.85, `seed ${seed}: ${area / width / height}`);
  }
});

test('the busiest pages are shown, and stay where they are while others are about as busy', () => {
  const pages = new Pages();
  const come = (path, count) => { for (let i = 0; i < count; i += 1) pages.enter(path, true); };
  come('/a', 9);
  come('/b', 5);
  come('/c', 4);
  const number = (path) => pages.find(path);
  assert.deepEqual(chosenPages(pages, [], 2), [number('/a'), number('/b')]);
  come('/c', 2);
  assert.deepEqual(chosenPages(pages, [number('/a'), number('/b')], 2), [number('/a'), number('/b')]);
  come('/c', 20);
  assert.deepEqual(chosenPages(pages, [number('/a'), number('/b')], 2), [number('/a'), number('/c')]);
  for (let i = 0; i < 9; i += 1) pages.leave(number('/a'), 0);
  assert.deepEqual(chosenPages(pages, [number('/a'), number('/c')], 5), [number('/c'), number('/b')]);
});

test('a pointer is where it is in the document, however far its page is scrolled', () => {
  const table = new VisitorTable();
  const slot = table.add('a', 0);
  const place = new MapPlace();
  const tile = new Tile(1, 100, 50, 400, 300);
  const known = { w: 800, h: 600, dw: 800, dh: 6000, sy: 3000 };
  for (const [name, value] of Object.entries(known)) table[name][slot] = value;
  place.aim(table, slot, tile, false);
  assert.deepEqual([place.x(400), place.y(3000)], [300, 200], 'half of the document, half of the tile');
  assert.deepEqual([place.x(800), place.y(6000)], [500, 350]);
  table.dh[slot] = 0;
  place.aim(table, slot, tile, false);
  assert.deepEqual([place.x(400), place.y(3000 + 300)], [300, 200], 'without its size, half of the viewport');
  table.w[slot] = 400;
  table.h[slot] = 800;
  table.sy[slot] = 0;
  place.aim(table, slot, tile, true);
  assert.equal(place.scaleX, place.scaleY, 'true to its proportions');
  assert.deepEqual([place.y(0), place.y(800), place.x(200)], [50, 350, 300]);
  table.w[slot] = 0;
  table.h[slot] = 0;
  table.x[slot] = 5000;
  place.aim(table, slot, tile, false);
  assert.ok(place.x(5000) <= 500.01, 'who never told a viewport stays on the map');
});

test('names cover no pointer and no other name, stay in their tile, and stay where they are', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const dice = new Dice(seed);
    const taken = new Occupancy();
    taken.clear(600, 400);
    const room = { left: 10, top: 30, width: 580, height: 360 };
    const pointers = Array.from({ length: 1 + dice.below(60) }, () => (
      { left: 10 + dice.below(560), top: 30 + dice.below(340), width: 10, height: 15 }));
    for (const { left, top, width, height } of pointers) taken.take(left, top, width, height);
    const names = [];
    for (const { left, top } of pointers) {
      if (!findSpot(taken, room, left, top, 40 + dice.below(80), 16, dice.below(9) - 1)) continue;
      names.push({ left: found.left, top: found.top, width: 40, height: 16 });
    }
    for (const name of names) {
      assert.ok(name.left >= room.left && name.top >= room.top && name.top + 16 <= room.top + room.height);
      for (const pointer of pointers) assert.ok(!overlaps(name, pointer), `seed ${seed}`);
    }
  }
  const taken = new Occupancy();
  const room = { left: 0, top: 0, width: 400, height: 400 };
  for (const last of [0, 3, 7]) {
    taken.clear(400, 400);
    assert.ok(findSpot(taken, room, 200, 200, 60, 16, last));
    assert.equal(found.spot, last);
  }
});
