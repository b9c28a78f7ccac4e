// A dashboard's end of the stream that all dashboards share.
import assert from 'node:assert/strict';
import test from 'node:test';
import { WORKER_MS } from '../dashboard/limits.js';
import { SharedStream } from '../dashboard/shared-stream.js';

/** A dashboard's stream with a hub that says what the test wants. */
function end({ common } = {}) {
  const made = { now: 0, posts: [], received: [], own: 0, closed: 0 };
  const hub = (heard) => {
    made.say = heard;
    return { post: (message) => made.posts.push(message), close: () => { made.closed += 1; } };
  };
  made.stream = new SharedStream({
    name: 'ann', base: 'http://h/', now: () => made.now,
    received: (event, data) => made.received.push([event, data]),
    hubs: { common: common ?? hub, own: (heard) => { made.own += 1; return hub(heard); } },
  });
  made.stream.connect();
  return made;
}

test('a dashboard takes what it is told, says what it has read, and counts what is no JSON', () => {
  const made = end();
  made.say({ say: 'phase', phase: 'live', origin: 'new', lastEventID: 'aa-1', how: 'stream', wait: 0 });
  made.say({ say: 'message', event: 'frame', text: '{"at":1}', id: 'aa-2' });
  made.say({ say: 'message', event: 'frame', text: 'no', id: 'aa-3' });
  assert.equal(made.stream.phase, 'live');
  assert.deepEqual(made.received, [['frame', { at: 1 }]]);
  assert.equal(made.stream.unreadable, 1);
  assert.deepEqual(made.posts.filter(({ say }) => say === 'read').map(({ units }) => units), [8, 2]);
});

test('where there is no shared worker, or it says nothing, the dashboard has a stream of its own', () => {
  const none = end({ common: () => { throw new Error('no'); } });
  assert.equal(none.own, 1);
  const dumb = end();
  dumb.now = WORKER_MS + 1;
  dumb.stream.tick();
  assert.deepEqual([dumb.own, dumb.closed], [1, 1]);
  assert.equal(dumb.posts.filter(({ say }) => say === 'hello').length, 2);
  const good = end();
  good.say({ say: 'phase', phase: 'connecting', wait: 0 });
  good.now = WORKER_MS + 1;
  good.stream.tick();
  assert.equal(good.own, 0);
});

test('a stream that was signed out never comes back', () => {
  const made = end();
  made.say({ say: 'message', event: 'signed-out', text: '{"why":"idle"}', id: '' });
  assert.deepEqual(made.received, [['signed-out', { why: 'idle' }]]);
  made.stream.signOut();
  assert.equal(made.stream.phase, 'signed-out');
  assert.deepEqual([made.posts.at(-1).say, made.closed], ['bye', 1]);
  made.stream.stop();
  made.stream.connect();
  made.say({ say: 'phase', phase: 'live', wait: 0 });
  assert.equal(made.stream.phase, 'signed-out');
});
