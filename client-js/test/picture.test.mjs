// The frames shape becomes a picture: by example, against a simple model, and under nonsense.
import assert from 'node:assert/strict';
import test from 'node:test';
import { LEAVING_MS } from '../dashboard/limits.js';
import { Picture } from '../dashboard/picture.js';
import { State, VisitorTable } from '../dashboard/visitor-table.js';
import { Dice } from './dice.mjs';

const AT = 1_732_109_508_000;

/** A picture fed at one server millisecond per local millisecond. */
function feed(picture = new Picture()) {
  let now = 1000;
  const send = (event, data, after = 33) => {
    now += after;
    picture.received(event, { at: AT + now, ...data }, now);
    return now;
  };
  return { picture, send, now: () => now };
}

/** Ids of those present, sorted. */
function present({ table }) {
  const ids = [];
  for (let slot = 0; slot < table.slotEnd; slot += 1) {
    if (table.state[slot] === State.present) ids.push(table.id[slot]);
  }
  return ids.sort();
}

const lines = ({ journal }) => journal.entries.map(({ kind, text }) => `${kind} ${text}`);

const at = ({ table }, id) => { const slot = table.find(id); return [table.x[slot], table.y[slot]]; };

test('a keyframe is the whole picture, in however many parts', () => {
  const { picture, send } = feed();
  const first = { id: 'a', since: AT, worker: 7, rate: 2, x: 1, y: 2, w: 800, h: 600, p: '/p' };
  send('keyframe', { visitors: [first], more: true });
  send('keyframe', { visitors: [{ id: 'b', since: AT, worker: 8, rate: 0 }] });
  assert.deepEqual(present(picture), ['a', 'b']);
  const slot = picture.table.find('a');
  assert.equal(picture.table.page[slot], '/p');
  assert.equal(picture.table.worker[slot], 7);
  assert.equal(picture.table.w[slot], 800);
  assert.equal(picture.activity.rate(slot, 1070), 2);
  send('keyframe', { visitors: [{ id: 'b' }], more: true });
  assert.deepEqual(present(picture), ['a', 'b'], 'nobody goes before the last part');
  send('keyframe', { visitors: [{ id: 'c' }] });
  assert.deepEqual(present(picture), ['b', 'c']);
});

test('what a keyframe leaves out is not known', () => {
  const { picture, send } = feed();
  const { table } = picture;
  send('keyframe', { visitors: [{ id: 'a', x: 1, y: 2, p: '/p', n: 'Zoë' }] });
  send('keyframe', { visitors: [{ id: 'a', x: 1, y: 2, p: '/q…' }] });
  const slot = table.find('a');
  assert.deepEqual([table.page[slot], table.label(slot)], ['/q…', 'a']);
  send('keyframe', { visitors: [{ id: 'a', x: 3, y: 2 }] });
  assert.deepEqual([table.page[slot], table.x[slot]], ['', 3]);
});

test('the first keyframe announces nobody; later ones announce who came and went meanwhile', () => {
  const { picture, send } = feed();
  send('keyframe', { visitors: [{ id: 'a' }, { id: 'b' }] });
  assert.deepEqual(lines(picture), ['note 2 visitors here']);
  send('keyframe', { visitors: [{ id: 'b' }, { id: 'c' }] });
  assert.deepEqual(lines(picture), ['note 2 visitors here', 'join c', 'leave a']);
});

test('a name is what is read, and a document is known from its first word on', () => {
  const { picture, send } = feed();
  const { table } = picture;
  const ann = { id: 'b', x: 1, y: 2, sx: 0, sy: 300, dw: 1280, dh: 9000, n: 'Zoë' };
  send('keyframe', { visitors: [ann, { id: 'a' }] });
  const slot = table.find('b');
  assert.equal(table.label(slot), 'Zoë');
  assert.equal(table.label(table.find('a')), 'a');
  assert.deepEqual([table.sx[slot], table.sy[slot], table.dw[slot], table.dh[slot]], [0, 300, 1280, 9000]);
  send('frame', { samples: [{ id: 'b', x: 1, y: 2, k: 'scroll', sy: 400, n: 7, dh: -1 }] });
  assert.deepEqual([table.sy[slot], table.dh[slot], table.label(slot)], [400, 9000, 'Zoë']);
  send('frame', { joins: [], leaves: ['b'] }, LEAVING_MS);
  picture.expire(1e9);
  send('frame', { joins: [{ id: 'b' }] });
  assert.deepEqual([table.label(table.find('b')), table.dh[table.find('b')]], ['b', 0]);
});

test('a press that is taken back is over', () => {
  const { picture, send } = feed();
  send('keyframe', { visitors: [{ id: 'a' }] });
  const slot = picture.table.find('a');
  for (const k of ['up', 'cancel', 'leave']) {
    send('frame', { samples: [{ id: 'a', x: 3, y: 4, k: 'down' }] });
    assert.equal(picture.table.pressed[slot], 1);
    send('frame', { samples: [{ id: 'a', x: 3, y: 4, k }] });
    assert.equal(picture.table.pressed[slot], 0, k);
  }
});

test('a frame applies joins, then samples, then leaves', () => {
  const { picture, send } = feed();
  send('keyframe', { visitors: [] });
  const samples = [{ id: 'a', x: 5, y: 6 }];
  send('frame', { joins: [{ id: 'a', since: AT, worker: 1 }], samples, leaves: ['a'] });
  assert.deepEqual(present(picture), []);
  assert.deepEqual(at(picture, 'a'), [5, 6]);
  assert.equal(picture.samples, 1);
});

test('a visitor who left keeps its slot for a while, and gets it back on return', () => {
  const { picture, send, now } = feed();
  send('frame', { samples: [{ id: 'a', x: 1, y: 1 }], leaves: ['a'] });
  const slot = picture.table.find('a');
  picture.expire(now() + LEAVING_MS - 1);
  assert.equal(picture.table.find('a'), slot);
  send('frame', { joins: [{ id: 'a' }] }, 10);
  picture.expire(now() + LEAVING_MS * 2);
  assert.equal(picture.table.find('a'), slot);
  send('frame', { leaves: ['a'] }, 10);
  picture.expire(now() + LEAVING_MS);
  assert.equal(picture.table.find('a'), -1);
  assert.equal(picture.table.size, 0);
});

test('a reset forgets everyone', () => {
  const { picture, send } = feed();
  send('keyframe', { visitors: [{ id: 'a' }, { id: 'b' }] });
  send('reset', { n: 12 });
  assert.deepEqual(present(picture), []);
});

test('clicks are handed on with their place; presses and absences are remembered', () => {
  const { picture, send } = feed();
  const clicks = [];
  picture.onClick = (slot, x, y) => clicks.push([picture.table.id[slot], x, y]);
  send('frame', { samples: [{ id: 'a', x: 1, y: 2, k: 'down' }, { id: 'a', x: 3, y: 4, k: 'click' }] });
  const slot = picture.table.find('a');
  assert.deepEqual(clicks, [['a', 3, 4]]);
  assert.equal(picture.table.pressed[slot], 1);
  send('frame', { samples: [{ id: 'a', x: 3, y: 4, k: 'leave' }] });
  assert.equal(picture.table.pressed[slot], 0);
  assert.equal(picture.table.outside[slot], 1);
});

test('samples of a frame are spread over the time since the frame before, but not further', () => {
  const { picture, send } = feed();
  send('keyframe', { visitors: [] });
  send('frame', { samples: [{ id: 'a', x: 0, y: 0 }] }, 5000);
  const played = [];
  send('frame', { samples: [{ id: 'a', x: 10, y: 0 }, { id: 'a', x: 20, y: 0 }] }, 30);
  const slot = picture.table.find('a');
  picture.trails.play(slot, 6033, () => {});
  assert.equal(picture.trails.headX[slot], 0);
  picture.trails.play(slot, 6063, (x) => played.push(x));
  assert.deepEqual(played, [10, 20]);
});

test('beyond its limit the table turns newcomers away and says so', () => {
  const { picture, send } = feed(new Picture(new VisitorTable(3)));
  send('keyframe', { visitors: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, x: 1, y: 1 })) });
  assert.deepEqual(present(picture), ['a', 'b', 'c']);
  assert.equal(picture.table.isFull, true);
  send('frame', { samples: [{ id: 'd', x: 1, y: 1 }], leaves: ['a', 'e'] });
  picture.expire(1e9);
  assert.equal(picture.table.isFull, false);
  send('frame', { samples: [{ id: 'd', x: 1, y: 1 }] });
  assert.deepEqual(present(picture), ['b', 'c', 'd']);
});

test('random histories end in the same picture as a map of positions', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const dice = new Dice(seed);
    const { picture, send, now } = feed();
    const model = new Map();
    const ids = Array.from({ length: 1 + dice.below(90) }, (_, i) => `v${i}`);
    for (let step = 0; step < 120; step += 1) {
      if (dice.chance(0.04)) {
        const named = ids.filter(() => dice.chance(0.5))
          .map((id) => ({ id, x: dice.below(999), y: dice.below(999) }));
        const cut = dice.below(named.length + 1);
        send('keyframe', { visitors: named.slice(0, cut), more: true });
        send('keyframe', { visitors: named.slice(cut) });
        model.clear();
        for (const { id, x, y } of named) model.set(id, [x, y]);
      } else {
        const joins = ids.filter((id) => !model.has(id) && dice.chance(0.05)).map((id) => ({ id }));
        for (const { id } of joins) model.set(id, undefined);
        const samples = [...model.keys()].filter(() => dice.chance(0.4))
          .map((id) => ({ id, x: dice.below(2000) / 2, y: dice.below(999) }));
        for (const { id, x, y } of samples) model.set(id, [x, y]);
        const leaves = [...model.keys()].filter(() => dice.chance(0.04));
        for (const id of leaves) model.delete(id);
        send('frame', { joins, samples, leaves }, 1 + dice.below(900));
      }
      if (dice.chance(0.2)) picture.expire(now() + dice.below(3000));
    }
    assert.deepEqual(present(picture), [...model.keys()].sort(), `seed ${seed}`);
    assert.equal(picture.table.present, model.size);
    for (const [id, place] of model) {
      if (place) assert.deepEqual(at(picture, id), place, `seed ${seed}: ${id}`);
    }
  }
});

/** Any JSON at all, more often than not with the keys of a message. */
function nonsense(dice, depth = 0) {
  const scalars = [null, true, 0, -1, 1e308, 'a', '', 'click', -0.5, '\u202e<img>', 1e999];
  if (depth > 3 || dice.chance(0.35)) return dice.pick(scalars);
  if (dice.chance(0.4)) return Array.from({ length: dice.below(4) }, () => nonsense(dice, depth + 1));
  const keys = ['at', 'id', 'x', 'y', 'visitors', 'joins', 'samples', 'leaves', 'more', 'k', 'rate', 'since',
    'last', 'w', 'h', 'p', 'worker', '__proto__', 'constructor'];
  const entry = () => [dice.pick(keys), nonsense(dice, depth + 1)];
  return Object.fromEntries(Array.from({ length: dice.below(8) }, entry));
}

test('nonsense neither throws nor leaves a picture that contradicts itself', () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const dice = new Dice(seed);
    const picture = new Picture(new VisitorTable(20));
    for (let step = 0; step < 60; step += 1) {
      const now = step * 33;
      picture.received(dice.pick(['keyframe', 'frame', 'status', 'reset', 'other']), nonsense(dice), now);
      if (dice.chance(0.3)) picture.expire(now);
      for (let slot = 0; slot < picture.table.slotEnd; slot += 1) {
        if (picture.table.state[slot] === State.free) continue;
        picture.trails.play(slot, now, () => {});
        assert.ok(picture.activity.rate(slot, now) >= 0);
        assert.equal(picture.table.find(picture.table.id[slot]), slot);
        assert.ok(Number.isFinite(picture.table.x[slot]) && Number.isFinite(picture.table.y[slot]));
      }
    }
    assert.ok(picture.table.size <= 20);
    assert.equal(present(picture).length, picture.table.present);
  }
});
