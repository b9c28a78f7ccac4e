// What hands and links do: places, selections, paths, health, exports, the palette.
import assert from 'node:assert/strict';
import test from 'node:test';
import { offers } from '../dashboard/commands.js';
import { csv, exportRows } from '../dashboard/export.js';
import { FollowedPath } from '../dashboard/followed-path.js';
import { Follow } from '../dashboard/follow.js';
import { Health, logLine, tables } from '../dashboard/health.js';
import { PATH_POINTS } from '../dashboard/limits.js';
import { Picture } from '../dashboard/picture.js';
import { placeText, readPlace } from '../dashboard/place.js';
import { Selection } from '../dashboard/selection.js';
import { ViewTime } from '../dashboard/view-time.js';

const AT = 1_732_109_508_000;

function feed(picture = new Picture()) {
  let now = 1000;
  const frame = (...samples) => {
    now += 33;
    picture.received('frame', { at: AT + now, samples }, now);
  };
  return { picture, frame, now: () => now };
}

test('held time stands for all who ask, and goes on with now', () => {
  let real = 5;
  const time = new ViewTime(() => real);
  time.hold();
  real = 9;
  time.hold();
  assert.deepEqual([time.now(), time.real(), time.isHeld], [5, 9, true]);
  time.release();
  assert.deepEqual([time.now(), time.isHeld], [9, false]);
});

test('a place survives its address, and nonsense is the whole site', () => {
  const places = [
    { page: null, visitor: '', filter: '', view: 'site' },
    { page: '/a b&c=d#e', visitor: 'ü%&+', filter: 'page="/a b" -rate>20', view: 'visitor' },
    { page: '', visitor: '', filter: '100%', view: 'health' },
  ];
  for (const place of places) assert.deepEqual(readPlace(placeText(place)), place);
  assert.equal(placeText(places[0]), '');
  assert.equal(placeText({ ...places[0], page: '/shop/shoes' }), '#page=/shop/shoes');
  assert.deepEqual(readPlace('#page=%&x&view=root&constructor=1&visitor'), { ...places[0], page: '%' });
  assert.equal(readPlace('#view=visitor').view, 'site');
});

test('a visitor of a link is selected when it comes', () => {
  const { picture, frame } = feed();
  const selection = new Selection(picture.table, () => {});
  selection.await('late', true);
  assert.deepEqual([selection.slot, selection.awaited], [-1, 'late']);
  frame({ id: 'late', x: 1, y: 1 });
  selection.check();
  assert.deepEqual([selection.id, selection.focused, selection.awaited], ['late', true, '']);
});

test('a followed path is in the document, begins anew on another page, and numbers clicks', () => {
  const { picture, frame } = feed();
  const selection = new Selection(picture.table, () => follow.changed());
  const follow = new Follow(picture, selection);
  frame({ id: 'a', x: 1, y: 2, sx: 0, sy: 100, p: '/a' }, { id: 'b', x: 9, y: 9 });
  selection.select(picture.table.find('a'));
  frame({ id: 'a', x: 4, y: 6 }, { id: 'b', x: 8, y: 8 }, { id: 'a', x: 4, y: 6, k: 'click' });
  const { path } = follow;
  assert.deepEqual([...path.y.subarray(0, path.count)], [102, 106]);
  assert.deepEqual(path.clicks, [{ x: 4, y: 106, number: 1 }]);
  frame({ id: 'a', x: 5, y: 5, p: '/b' });
  assert.deepEqual([path.count, path.clicks.length], [1, 0]);
});

test('a path keeps its newest points, and tells the speed of the last second', () => {
  const path = new FollowedPath();
  for (let i = 0; i < PATH_POINTS + 10; i += 1) path.add(i, 0, i * 10);
  assert.equal(path.first, 10);
  assert.equal(path.speed((PATH_POINTS + 9) * 10), 100);
  assert.equal(path.speed(1e9), 0);
});

test('the light is green when all is well, and says what is not', () => {
  const health = new Health();
  const look = (phase, status, now = 0) => { health.look({ phase }, status, now); return health.level; };
  const running = { state: 'running' };
  assert.equal(look('live', { workers: [running] }), 'good');
  assert.equal(health.text, 'Healthy');
  assert.equal(look('live', { workers: [] }), 'good', 'who may not see the workers');
  assert.equal(look('live', { workers: [running, { state: 'starting' }] }), 'busy');
  assert.equal(health.text, '1 worker not running');
  assert.equal(look('live', { workers: [{ state: 'dead' }] }), 'bad');
  assert.equal(look('live', { workers: [running], sampling: { why: 'behind' } }), 'busy');
  assert.equal(look('live', { latency: { relayed: { p99: 900 } } }), 'busy');
  assert.equal(look('waiting', null), 'bad');
  const late = new Health();
  late.look({ phase: 'live' }, { totals: { lost: 3 } }, 5);
  assert.equal(late.level, 'good', 'what was lost before is over');
  late.look({ phase: 'live' }, { totals: { lost: 5 } }, 6);
  assert.equal(late.level, 'busy');
  for (const nonsense of [{ workers: 7, latency: 'x', totals: [1], refused: null, audience: [null] }, {}]) {
    look('live', nonsense);
    for (const { head, rows } of tables(nonsense)) {
      for (const row of rows) assert.equal(row.length, head.length);
    }
  }
});

test('lines of the log and names of totals are read as words', () => {
  const line = { event: 'worker_exited', worker: 1, how: 'signal 9', time: '2026-11-30T12:35:27.340Z' };
  assert.equal(logLine(line), '2026-11-30 12:35:27 worker exited: worker 1, how signal 9');
  assert.equal(logLine({ event: 'x' }), 'x');
  assert.equal(logLine([{}]), '[{}]');
  const { rows } = tables({ totals: { closedViewers: 2 } }).at(-1);
  assert.deepEqual(rows.at(-1), ['closed viewers', '2']);
});

test('an export is what is shown, and no spreadsheet computes with it', () => {
  const { picture, frame, now } = feed();
  frame({ id: '=1+1', x: 1, y: 2, p: '/a,"b"\n', n: 'Ann' });
  const rows = exportRows(picture, [0], now(), 0);
  assert.deepEqual([rows[0].id, rows[0].name, rows[0].x, rows[0].state], ['=1+1', 'Ann', 1, 'active']);
  const [head, first] = csv(rows).split('\r\n');
  assert.ok(head.startsWith('id,name,page,'));
  assert.ok(first.startsWith(`"'=1+1","Ann","/a,""b""\n","active",`), first);
  const page = (p) => csv([{ page: p }]).split('\r\n')[1].split(',')[2];
  assert.equal(page('/a;=2+2;b'), '"/a;=2+2;b"', 'where lists are separated by another sign, too');
  for (const formula of ['=1', '\n=1', '\uFF1D1', '\uFEFF@x', '\u00A0-1', '\u0000+1', '\t1']) {
    assert.ok(page(formula).startsWith(`"'`), JSON.stringify(formula));
  }
  for (const plain of ['/a', '1-1', 'a=b', '']) assert.equal(page(plain), `"${plain}"`);
});

test('the palette finds pages, visitors and actions by every word', () => {
  const { picture, frame } = feed();
  frame({ id: 'tidy-otter', x: 1, y: 1, p: '/docs/caf%C3%A9' }, { id: 'x', x: 1, y: 1, p: '/' });
  const went = [];
  const go = { page: (path) => went.push(path), visitor: (slot) => went.push(slot) };
  const find = (typed) => offers(typed, [{ title: 'Pause or go on', run: () => {} }], picture, go);
  assert.deepEqual(find('café docs').map(({ kind, title }) => [kind, title]), [['page', '/docs/café']]);
  assert.deepEqual(find('OTTER').map(({ kind }) => kind), ['visitor']);
  assert.deepEqual(find('pause').map(({ kind }) => kind), ['action']);
  assert.equal(find('').length, 5);
  find('otter')[0].run();
  find('/docs')[0].run();
  assert.deepEqual(went, [picture.table.find('tidy-otter'), '/docs/caf%C3%A9']);
});
