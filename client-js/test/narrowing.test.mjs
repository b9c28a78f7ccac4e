// One page of a large site is asked of the server alone, and what is on the others is not forgotten.
import assert from 'node:assert/strict';
import test from 'node:test';
import { CENSUS_MS, NARROW_VISITORS } from '../dashboard/limits.js';
import { Narrowing } from '../dashboard/narrowing.js';
import { Picture } from '../dashboard/picture.js';

const AT = 1_732_109_508_000;

/** A picture of a large site and what is asked of its server. */
function rig(count = NARROW_VISITORS) {
  const made = { now: 1000, wants: [], asked: 0, state: [] };
  const picture = new Picture();
  made.picture = picture;
  made.send = (event, data) => {
    made.now += 33;
    picture.received(event, { at: AT + made.now, ...data }, made.now);
  };
  const visitor = (_, i) => ({ id: `v${i}`, x: 1, y: 1, p: i % 10 === 0 ? '/a' : '/b' });
  made.all = Array.from({ length: count }, visitor);
  made.send('keyframe', { visitors: made.all });
  made.narrowing = new Narrowing({
    picture,
    stream: { want: (isHidden, pages) => made.wants.push(pages) },
    get: async () => {
      made.asked += 1;
      return { ok: true, json: async () => ({ visitors: made.state }) };
    },
  });
  made.choose = (page) => { picture.sieve.choosePage(page, made.now); made.narrowing.tick(made.now); };
  made.counts = () => ['/a', '/b'].map((path) => picture.pages.count(picture.pages.find(path)));
  return made;
}

test('a small part of a large site is asked for alone; nobody is said to come or go', async () => {
  const made = rig();
  const { picture, wants } = made;
  made.choose('/a');
  assert.deepEqual(wants, [['/a']]);
  made.send('keyframe', { visitors: made.all.filter(({ p }) => p === '/a') });
  assert.equal(picture.table.size, 30);
  assert.deepEqual(made.counts(), [30, 270]);
  assert.equal(picture.pages.everyone, 300);
  const joined = [{ id: 'new', x: 1, y: 1, p: '/a' }];
  made.send('frame', { joins: [{ id: 'new' }], samples: joined, leaves: ['v0'] });
  const told = picture.journal.entries.map(({ kind, text }) => `${kind} ${text}`);
  assert.deepEqual(told, ['note 300 visitors here', 'join new', 'leave v0']);
  made.state = [{ page: '/b?x' }, { page: '/b' }, { page: '/a' }, { page: '/c' }];
  made.now += CENSUS_MS;
  made.narrowing.tick(made.now);
  await new Promise(setImmediate);
  assert.deepEqual(made.counts(), [30, 2]);
  assert.equal(picture.pages.count(picture.pages.find('/c')), 1);
  made.choose(null);
  assert.deepEqual(wants.at(-1), null);
  made.send('keyframe', { visitors: made.all });
  assert.equal(picture.table.present, 300);
  assert.equal(picture.journal.entries.length, 3, 'and so it is on the way back');
  made.send('keyframe', { visitors: made.all.slice(0, -1) });
  assert.equal(picture.journal.entries.at(-1).text, 'v299', 'later ones tell who went');
});

test('from page to page the one before is remembered', () => {
  const made = rig();
  made.choose('/a');
  made.send('keyframe', { visitors: made.all.filter(({ p }) => p === '/a') });
  const page = made.picture.pages.find('/b');
  assert.equal(made.picture.pages.count(page), 270);
  made.picture.pages.tellElsewhere(new Map([['/b', 9], ['/c', 400]]));
  made.choose('/b');
  assert.deepEqual(made.wants.at(-1), ['/b']);
  assert.deepEqual(made.counts()[0], 30);
});

test('where it does not pay, or cannot be said, everything is heard', () => {
  for (const [count, page] of [[NARROW_VISITORS - 1, '/a'], [1000, '/b'], [1000, ''], [1000, '/x*'],
    [1000, `/${'ü'.repeat(200)}`]]) {
    const made = rig(count);
    made.choose(page);
    assert.deepEqual(made.wants, [], page);
  }
});

test('a server that knows no filters sends everybody, and nobody is counted twice', () => {
  const made = rig();
  made.choose('/a');
  made.send('keyframe', { visitors: made.all });
  assert.deepEqual(made.counts(), [30, 270]);
  assert.equal(made.picture.pages.everyone, 300);
});
