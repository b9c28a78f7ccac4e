// Connecting, resuming, being refused, falling silent; pausing; and what the pill says of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Backoff } from '../dashboard/backoff.js';
import { connectionText } from '../dashboard/connection-view.js';
import { summary } from '../dashboard/journal-view.js';
import { keyboard } from '../dashboard/keyboard.js';
import { PAUSE_UNITS, SILENCE_MS } from '../dashboard/limits.js';
import { PauseBuffer } from '../dashboard/pause.js';
import { Stream, bootOf } from '../dashboard/stream.js';

class FakeSource {
  listeners = {};
  closed = false;
  constructor(url) { this.url = url; }
  addEventListener(event, listener) { this.listeners[event] = listener; }
  close() { this.closed = true; }
  say(event, data, lastEventId) {
    this.listeners[event]({ data: typeof data === 'string' ? data : JSON.stringify(data), lastEventId });
  }
}

function rig() {
  const made = { now: 0, sources: [], received: [], phases: [] };
  made.stream = new Stream({
    url: '/receive/x?shape=frames&hz=30',
    open: (url) => { const source = new FakeSource(url); made.sources.push(source); return source; },
    now: () => made.now,
    backoff: new Backoff(() => 1 - 2 ** -40),
    received: (event, data) => made.received.push([event, data]),
    changed: (stream) => made.phases.push(stream.phase),
  });
  made.stream.connect();
  return made;
}

test('a stream is live with its first message, and hands messages on', () => {
  const { stream, sources, received, phases } = rig();
  assert.equal(sources[0].url, '/receive/x?shape=frames&hz=30');
  assert.equal(stream.phase, 'connecting');
  sources[0].say('keyframe', { visitors: [] }, 'aa-7');
  assert.equal(stream.phase, 'live');
  assert.equal(stream.origin, 'new');
  assert.deepEqual(received, [['keyframe', { visitors: [] }]]);
  assert.deepEqual(phases, ['connecting', 'live']);
});

test('a broken connection comes back after the backoff, where it stopped', () => {
  const made = rig();
  const { stream, sources } = made;
  sources[0].say('frame', {}, '00ff-41');
  sources[0].onerror();
  assert.equal(sources[0].closed, true);
  assert.equal(stream.phase, 'waiting');
  assert.equal(Math.round(stream.retryAt), 1000);
  made.now = 999;
  stream.tick();
  assert.equal(sources.length, 1);
  made.now = 1001;
  stream.tick();
  assert.equal(sources[1].url, '/receive/x?shape=frames&hz=30&last-event-id=00ff-41');
  sources[1].say('keyframe', {}, '00ff-45');
  assert.equal(stream.origin, 'resumed');
});

test('another boot, or a reset, is not a resumption', () => {
  for (const [event, id] of [['keyframe', '00ee-1'], ['reset', '00ff-60']]) {
    const made = rig();
    made.sources[0].say('frame', {}, '00ff-41');
    made.sources[0].onerror();
    made.stream.connect();
    made.sources[1].say(event, {}, id);
    assert.equal(made.stream.origin, 'reset');
  }
  assert.deepEqual([bootOf('00ff-41'), bootOf('junk'), bootOf('')], ['00ff', '', '']);
});

test('refusals back off ever longer; a message starts anew', () => {
  const made = rig();
  const waits = [];
  for (let i = 0; i < 6; i += 1) {
    made.sources.at(-1).onerror();
    waits.push(Math.round(made.stream.retryAt - made.now));
    made.now = made.stream.retryAt;
    made.stream.tick();
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 15_000, 15_000]);
  made.sources.at(-1).say('status', {}, 'aa-1');
  made.sources.at(-1).onerror();
  assert.equal(Math.round(made.stream.retryAt - made.now), 1000);
});

test('silence is a broken connection', () => {
  const made = rig();
  made.sources[0].say('status', {}, 'aa-1');
  made.now = SILENCE_MS;
  made.stream.tick();
  assert.equal(made.stream.phase, 'live');
  made.now = SILENCE_MS + 1;
  made.stream.tick();
  assert.equal(made.stream.phase, 'waiting');
  assert.equal(made.sources[0].closed, true);
});

test('a source that was given up is not heard any more; text that is not JSON is counted', () => {
  const made = rig();
  made.sources[0].say('frame', 'not JSON', 'aa-1');
  assert.equal(made.stream.unreadable, 1);
  made.stream.connect();
  made.sources[0].say('frame', { samples: [] }, 'aa-2');
  made.sources[0].onerror();
  assert.deepEqual(made.received, []);
  assert.equal(made.stream.phase, 'connecting');
  made.stream.stop();
  assert.equal(made.stream.phase, 'stopped');
  made.now = 1e9;
  made.stream.tick();
  assert.equal(made.sources.length, 2);
});

test('a source that cannot be made is tried again', () => {
  const open = () => { throw new Error('no'); };
  const stream = new Stream({ url: '/', open, now: () => 0, received: () => {} });
  stream.connect();
  assert.equal(stream.phase, 'waiting');
});

test('a pause gives back everything held, in order, or nothing past its limit', () => {
  const pause = new PauseBuffer();
  pause.hold('a', 1);
  pause.hold('b', 1);
  assert.deepEqual(pause.take(), ['a', 'b']);
  pause.hold('c', PAUSE_UNITS + 1);
  pause.hold('d', 1);
  assert.equal(pause.take(), null);
  assert.deepEqual(pause.take(), []);
});

test('the pill says where the connection stands', () => {
  const say = (stream, paused = false, now = 0, since = 0) => connectionText(stream, paused, now, since).text;
  assert.equal(say({ phase: 'connecting', lastEventID: '' }), 'Connecting');
  assert.equal(say({ phase: 'connecting', lastEventID: 'aa-1' }), 'Reconnecting');
  assert.equal(say({ phase: 'waiting', retryAt: 2300 }), 'Reconnecting in 3 s');
  assert.equal(say({ phase: 'waiting', retryAt: 2300 }, true, 9000), 'Reconnecting in 0 s');
  assert.equal(say({ phase: 'live', origin: 'resumed' }), 'Live, resumed');
  assert.equal(say({ phase: 'live', origin: 'reset' }), 'Live, server restarted');
  assert.equal(say({ phase: 'live', origin: 'resumed' }, false, 60_000), 'Live');
  assert.equal(say({ phase: 'live', origin: 'new' }, true), 'Paused');
  assert.equal(say({ phase: 'signed-out' }, true), 'Signed out');
});

test('a spoken summary is one sentence or none', () => {
  assert.equal(summary({ joins: 0, leaves: 0, note: '' }, 4), '');
  assert.equal(summary({ joins: 3, leaves: 1, note: '' }, 42), '3 joined, 1 left. 42 visitors here.');
  assert.equal(summary({ joins: 0, leaves: 0, note: 'resumed' }, 1), 'resumed. 1 visitor here.');
  assert.equal(summary({ joins: 0, leaves: 0, note: '', began: true }, 2), '2 visitors here.');
});

test('keys do what the help says, unless a control or a modifier wants them', () => {
  const done = [];
  const names = ['toggleFocus', 'back', 'togglePause', 'search', 'toggleHealth', 'openExport', 'cycleSort',
    'cycleTheme', 'reconnect', 'toggleHelp'];
  const named = (name) => [name, () => done.push(name)];
  const actions = Object.fromEntries([...names, 'togglePalette'].map(named));
  const by = (step) => done.push(step);
  const listen = keyboard({ ...actions, selectBy: by, pageBy: by });
  const press = (key, more = {}) => {
    let prevented = false;
    listen({ key, target: {}, preventDefault: () => { prevented = true; }, ...more });
    return prevented;
  };
  const keys = ['j', 'ArrowDown', 'k', '[', 'Enter', 'Escape', ' ', '/', 'h', 'e', 's', 't', 'r', '?'];
  for (const key of keys) assert.ok(press(key), key);
  assert.deepEqual(done.splice(0), [1, 1, -1, -1, ...names]);
  assert.ok(press('k', { ctrlKey: true }));
  assert.deepEqual(done.splice(0), ['togglePalette']);
  const button = { closest: (selector) => (selector.includes('button') ? {} : null) };
  assert.equal(press(' ', { target: button }), false);
  assert.equal(press('j', { ctrlKey: true }), false);
  assert.equal(press('constructor'), false);
  const list = { closest: (selector) => (selector.includes('select') ? {} : null) };
  assert.equal(press('j', { target: list }), false);
  assert.deepEqual(done, []);
});
