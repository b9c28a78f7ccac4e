// One stream for all dashboards of a browser: who gets what when they come, go, sleep and hide.
import assert from 'node:assert/strict';
import test from 'node:test';
import { HIDDEN_MS, OVERLAP_MS, RENEW_MS, SILENT_TAB_MS, TAB_UNITS } from '../dashboard/limits.js';
import { StreamHub } from '../dashboard/stream-hub.js';
import { isPart, timeOf } from '../dashboard/stream-line.js';
import { Dice } from './dice.mjs';

/** An event source of a server in which one tick is told to all. */
class Source {
  #listeners = {};
  isOpen = true;
  constructor(url) { this.url = url; }
  addEventListener(event, listener) { this.#listeners[event] = listener; }
  close() { this.isOpen = false; }
  say(event, data, id = 'aa-1') { this.#listeners[event]({ data: JSON.stringify(data), lastEventId: id }); }
}

/** A dashboard's end: everything it is told. */
class Port {
  messages = [];
  phases = [];
  constructor(hub) { this.hub = hub; }
  postMessage(message) {
    if (message.say === 'phase') this.phases.push(message.phase);
    else this.messages.push([message.event, JSON.parse(message.text)]);
  }
  say(say, more = {}) { this.hub.heard(this, { say, ...more }); }
  hello(more = {}) {
    this.say('hello', { name: 'ann', base: 'http://h/', isHidden: false, pages: null, ...more });
  }
  /** Times of the frames it got. */
  get times() { return this.messages.filter(([event]) => event === 'frame').map(([, data]) => data.at); }
  get keyframes() { return this.messages.filter(([event]) => event === 'keyframe').length; }
}

function rig(more = {}) {
  const made = { now: 1000, sources: [], posts: [] };
  made.hub = new StreamHub({
    open: (url) => { const source = new Source(url); made.sources.push(source); return source; },
    now: () => made.now,
    word: () => `word${made.sources.length}`,
    post: async (url, request) => {
      made.posts.push([url, JSON.parse(request.body)]);
      return { ok: true, status: 204 };
    },
    ...more,
  });
  made.open = () => made.sources.filter((source) => source.isOpen);
  made.port = (hello) => { const port = new Port(made.hub); port.hello(hello); return port; };
  /** Time passes, and streams are not silent meanwhile. */
  made.pass = (milliseconds) => {
    made.now += milliseconds;
    for (const source of made.open()) source.say('status', {}, '');
    made.hub.tick();
  };
  return made;
}

test('a message tells its time and whether it goes on', () => {
  assert.equal(timeOf('{"at":1732109508123,"visitors":[]}'), 1732109508123);
  assert.equal(timeOf('{ "at": 5.5 }'), 5.5);
  assert.ok(Number.isNaN(timeOf('{"visitors":[],"at":5}')));
  assert.equal(isPart('{"at":1,"more":true}'), true);
  assert.equal(isPart(JSON.stringify({ at: 1, p: '"more":true' })), false);
});

test('nine dashboards have one stream, and each has the whole picture', () => {
  const made = rig();
  const ports = [made.port()];
  made.sources[0].say('keyframe', { at: 1, visitors: [] });
  for (let i = 1; i < 9; i += 1) {
    ports.push(made.port());
    made.pass(RENEW_MS);
    made.sources.at(-1).say('keyframe', { at: 10 * i, visitors: [] });
    for (const source of made.open()) source.say('frame', { at: 10 * i + 1, samples: [] });
  }
  assert.equal(made.open().length, 1);
  for (const port of ports) assert.ok(port.keyframes >= 1);
  made.open()[0].say('frame', { at: 1000 });
  for (const port of ports) assert.equal(port.times.at(-1), 1000);
  // Whoever opened it goes, and nobody notices.
  ports[0].say('bye');
  made.open()[0].say('frame', { at: 1001 });
  for (const port of ports.slice(1)) assert.deepEqual(port.times.slice(-2), [1000, 1001]);
  assert.equal(ports[0].times.at(-1), 1000);
  assert.equal(made.open().length, 1);
});

test('who was there misses nothing and hears nothing twice, whichever of two streams is ahead', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const dice = new Dice(seed);
    const made = rig();
    const first = made.port();
    let tick = 1;
    const behind = new Map(); // source -> ticks it has not told yet
    const told = new Map();
    const keep = (source, from) => { told.set(source, from); behind.set(source, []); };
    keep(made.sources[0], 0);
    made.sources[0].say('keyframe', { at: 0, visitors: [] });
    const others = [];
    for (let step = 0; step < 80; step += 1) {
      made.pass(33);
      if (dice.chance(0.1)) others.push(made.port());
      for (const source of made.open()) {
        if (told.has(source)) continue;
        keep(source, tick);
        source.say('keyframe', { at: tick, visitors: [], more: true });
        source.say('keyframe', { at: tick, visitors: [] });
      }
      tick += 1;
      const parts = 1 + dice.below(3);
      for (const source of made.open()) {
        for (let part = 1; part <= parts; part += 1) {
          behind.get(source).push({ at: tick, part, ...(part < parts && { more: true }) });
        }
        const due = dice.chance(0.7) ? Infinity : dice.below(3);
        for (let i = 0; i < due && behind.get(source).length > 0; i += 1) {
          if (source.isOpen) source.say('frame', behind.get(source).shift());
        }
      }
    }
    const heard = first.messages.filter(([event]) => event === 'frame').map(([, d]) => `${d.at}.${d.part}`);
    assert.equal(new Set(heard).size, heard.length, `seed ${seed}: twice`);
    const times = [...new Set(first.times)];
    const whole = Array.from({ length: times.at(-1) - 1 }, (_, i) => i + 2);
    assert.deepEqual(times, whole, `seed ${seed}: a tick is missing`);
    for (const other of others) {
      const seen = [...new Set(other.times)];
      for (let i = 1; i < seen.length; i += 1) assert.equal(seen[i], seen[i - 1] + 1, `seed ${seed}`);
    }
  }
});

test('on a quiet site the second stream takes over all the same', () => {
  const made = rig();
  made.port();
  made.sources[0].say('keyframe', { at: 1, visitors: [] });
  const late = made.port();
  made.pass(RENEW_MS);
  made.sources[1].say('keyframe', { at: 2, visitors: [{ id: 'a' }] });
  assert.equal(late.keyframes, 1, 'the newcomer does not wait for that');
  assert.equal(made.open().length, 2);
  made.pass(OVERLAP_MS + 1);
  assert.deepEqual(made.open(), [made.sources[1]]);
});

test('where there is no room for a second stream, the first is begun anew for all', () => {
  const made = rig();
  const first = made.port();
  made.sources[0].say('keyframe', { at: 1, visitors: [] }, 'aa-7');
  const late = made.port();
  made.pass(RENEW_MS);
  made.sources[1].onerror();
  assert.equal(made.open().length, 1);
  assert.match(made.open()[0].url, /last-event-id=aa-7/);
  made.open()[0].say('keyframe', { at: 3, visitors: [] }, 'aa-8');
  assert.deepEqual([first.keyframes, late.keyframes], [2, 1]);
});

test('a dashboard that does not read is told nothing more, and later gets a keyframe', () => {
  const made = rig();
  const port = made.port();
  made.sources[0].say('keyframe', { at: 1, visitors: [] });
  const text = 'x'.repeat(TAB_UNITS / 8);
  for (let i = 0; i < 20; i += 1) made.sources[0].say('frame', { at: 2 + i, text });
  assert.ok(port.messages.length <= 10);
  const got = port.messages.length;
  made.pass(RENEW_MS);
  port.say('read', { units: TAB_UNITS / 2 });
  made.pass(RENEW_MS);
  assert.equal(made.open().length, 1, 'and no keyframe either, while there is much to read');
  port.say('read', { units: TAB_UNITS });
  made.pass(RENEW_MS);
  made.open().at(-1).say('keyframe', { at: 50, visitors: [] });
  assert.equal(port.messages.length, got + 1);
  assert.equal(port.messages.at(-1)[0], 'keyframe');
  const long = { visitors: [], text: text + text };
  for (let i = 0; i < 9; i += 1) made.open().at(-1).say('keyframe', { at: 60, ...long, more: true });
  assert.equal(port.messages.length, got + 10, 'a keyframe is told whole');
  for (let i = 0; i < 9; i += 1) made.open().at(-1).say('history', { at: 60, ...long, more: true });
  assert.equal(port.messages.length, got + 19, 'and so is what was before it');
});

test('hidden dashboards ask for less, and let go where each has a stream of its own', () => {
  const made = rig();
  const [a, b] = [made.port(), made.port({ isHidden: true })];
  made.pass(HIDDEN_MS);
  assert.match(made.open()[0].url, /hz=30/);
  a.say('want', { isHidden: true, pages: null });
  made.pass(HIDDEN_MS - 1);
  assert.match(made.open()[0].url, /hz=30/);
  made.pass(1);
  assert.match(made.open()[0].url, /hz=1&/);
  assert.equal(made.open().length, 1);
  b.say('want', { isHidden: false, pages: null });
  assert.match(made.open()[0].url, /hz=30/);
  const own = rig({ letsGo: true });
  const port = own.port({ isHidden: true });
  own.pass(HIDDEN_MS);
  assert.equal(own.open().length, 0);
  port.say('want', { isHidden: false, pages: null });
  assert.equal(own.open().length, 1);
});

test('pages that are enough for all are asked for; one dashboard for everything asks for all', () => {
  const made = rig();
  const a = made.port({ pages: ['/b', '/a c'] });
  assert.match(made.open()[0].url, /&page=%2Fa%20c&page=%2Fb&/);
  const b = made.port({ pages: ['/z'] });
  assert.match(made.open()[0].url, /page=%2Fz/);
  b.say('want', { isHidden: false, pages: null });
  assert.doesNotMatch(made.open()[0].url, /page=/);
  b.say('bye');
  assert.match(made.open()[0].url, /page=%2Fb/);
  a.say('bye');
  assert.equal(made.open().length, 0);
});

test('another page is asked of the stream that runs; without filters there, of a new one', async () => {
  const made = rig();
  const port = made.port({ pages: ['/a'] });
  made.open()[0].say('keyframe', { at: 1, visitors: [] }, 'aa-1');
  port.say('look', { id: '', token: 't' });
  port.say('want', { isHidden: false, pages: ['/b', '/c d'] });
  await new Promise(setImmediate);
  assert.deepEqual(made.posts, [['http://h/receive/ann/filter',
    { viewer: 'word0', page: ['/b', '/c d'], visitor: [], token: 't' }]]);
  assert.equal(made.sources.length, 1);
  made.open()[0].onerror();
  made.pass(2000);
  assert.match(made.open()[0].url, /page=%2Fb&page=%2Fc%20d/, 'and so is the next stream');
  const old = rig({ post: async () => ({ ok: false, status: 405 }) });
  const other = old.port();
  old.open()[0].say('keyframe', { at: 1, visitors: [] }, 'aa-1');
  other.say('want', { isHidden: false, pages: ['/b'] });
  await new Promise(setImmediate);
  assert.equal(old.open().length, 1);
  assert.match(old.open()[0].url, /page=%2Fb/);
});

test('a dashboard that is silent for long has gone', () => {
  const made = rig();
  const [a, b] = [made.port(), made.port()];
  made.now += SILENT_TAB_MS - 1;
  a.say('alive');
  made.pass(2);
  assert.equal(made.hub.tabs, 1);
  b.hello();
  assert.equal(made.hub.tabs, 2);
});

test('the newest look of all dashboards is said under the name of the stream that is open', async () => {
  const made = rig();
  const [a, b] = [made.port(), made.port()];
  made.open()[0].say('keyframe', { at: 1, visitors: [] });
  a.say('look', { id: 'v1', token: 't' });
  await Promise.resolve();
  made.pass(300);
  b.say('look', { id: 'v2', token: 't' });
  await new Promise(setImmediate);
  made.pass(300);
  await new Promise(setImmediate);
  const said = made.posts.map(([url, { id, token }]) => [url, id, token]);
  assert.deepEqual(said, [['http://h/api/look', 'v1', 't'], ['http://h/api/look', 'v2', 't']]);
});
