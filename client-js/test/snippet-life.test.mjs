// Connections, identity, privacy, and never a word to the host page.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakePage, FakeStorage, livePage } from './fake-page.mjs';

const leave = (page) => page.window.dispatch('pagehide', { persisted: false });

test('the id survives a reload and a walk through the site', () => {
  const first = livePage();
  leave(first);
  const second = livePage({ storage: first.storage });
  leave(second);
  const third = livePage({ storage: second.storage });
  assert.equal(first.ids.length, 1);
  assert.deepEqual(second.ids, first.ids);
  assert.deepEqual(third.ids, first.ids);
});

test('a duplicated tab gets an id of its own, and both keep theirs', () => {
  const original = livePage();
  const copy = livePage({ storage: original.storage.copy() });
  assert.notDeepEqual(copy.ids, original.ids);
  leave(original);
  leave(copy);
  assert.deepEqual(livePage({ storage: original.storage }).ids, original.ids);
  assert.deepEqual(livePage({ storage: copy.storage }).ids, copy.ids);
});

test('a page back from the back-forward cache is the same visitor, on a new connection', () => {
  const page = livePage();
  page.window.dispatch('pagehide', { persisted: true });
  assert.equal(page.socket.closed, true);
  const between = livePage({ storage: page.storage });
  leave(between);
  page.window.dispatch('pageshow', { persisted: true });
  page.document.dispatch('visibilitychange');
  assert.equal(page.sockets.length, 2);
  page.open();
  page.frame();
  assert.deepEqual(page.ids, between.ids);
  assert.equal(page.storage.getItem('pointerscope'), null);
});

test('a page in the back-forward cache does not reconnect', () => {
  const page = livePage();
  const { socket } = page;
  page.window.dispatch('pagehide', { persisted: true });
  assert.equal(socket.onclose, null);
  assert.equal(page.timers.length, 0);
});

test('the last click leaves with the page', () => {
  const page = livePage();
  page.window.dispatch('click', { clientX: 5, clientY: 6, detail: 1 });
  leave(page);
  assert.equal(page.socket.sent.length, 2);
  assert.equal(page.socket.sent[1].k, 'click');
  assert.equal(page.socket.closed, true);
});

test('a page that nobody sees waits; it neither connects nor takes the id', () => {
  const storage = new FakeStorage([['pointerscope', 'kept']]);
  const page = new FakePage({ storage, document: { hidden: true } });
  assert.equal(page.sockets.length, 0);
  leave(page);
  assert.equal(storage.getItem('pointerscope'), 'kept');
  page.document.hidden = false;
  page.document.dispatch('visibilitychange');
  page.open();
  page.move(1, 1);
  page.frame();
  assert.deepEqual(page.ids, ['kept']);
  page.document.dispatch('visibilitychange');
  assert.equal(page.sockets.length, 1);
});

test('reconnecting backs off with jitter up to 30 s and forgets after a connection that held', () => {
  const delays = (random) => {
    const page = new FakePage({ random: () => random });
    return Array.from({ length: 8 }, () => {
      page.lose();
      return page.fireTimers()[0];
    });
  };
  assert.deepEqual(delays(0.5), [2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000]);
  assert.deepEqual(delays(0), [1000, 2000, 4000, 8000, 15000, 15000, 15000, 15000]);
  const page = new FakePage();
  const loseAfter = (milliseconds) => {
    page.open();
    page.now += milliseconds;
    page.lose();
    return page.fireTimers()[0];
  };
  assert.equal(loseAfter(100), 2000);
  assert.equal(loseAfter(100), 4000);
  assert.equal(loseAfter(10_001), 1000);
  assert.equal(loseAfter(0), 2000);
});

test('what happens without a connection is forgotten, but for the place', () => {
  const page = livePage();
  page.lose();
  for (let i = 0; i < 200; i += 1) {
    page.move(i, i);
    page.window.dispatch('pointerdown', { clientX: i, clientY: i });
    page.frame();
  }
  page.fireTimers();
  page.open();
  page.frame();
  const { id } = page.sockets[0].sent[0];
  assert.deepEqual(page.socket.sent, [{ id, x: 199, y: 199, w: 1280, h: 720, p: '/shop' }]);
});

for (const navigator of [{ globalPrivacyControl: true }, { doNotTrack: '1' }]) {
  test(`nothing is done under ${JSON.stringify(navigator)}`, () => {
    const storage = new FakeStorage([['pointerscope', 'kept']]);
    const page = new FakePage({ navigator, storage });
    assert.equal(page.sockets.length + page.frames.length + page.timers.length, 0);
    assert.equal(page.window.listeners.size + page.document.listeners.size + page.root.listeners.size, 0);
    assert.equal(storage.getItem('pointerscope'), 'kept');
  });
}

test('doNotTrack 0 and null do not stop it', () => {
  for (const navigator of [{ doNotTrack: '0' }, { doNotTrack: null, globalPrivacyControl: false }]) {
    assert.equal(new FakePage({ navigator }).sockets.length, 1);
  }
});

test('a second tag on the same page does nothing', () => {
  const page = new FakePage();
  page.load();
  assert.equal(page.sockets.length, 1);
});

/** Everything a page can do to the snippet; whatever is thrown fails the test. */
function exercise(page) {
  const coordinates = { clientX: 3, clientY: 4, isPrimary: true, detail: 1 };
  for (const target of [page.window, page.document, page.root]) {
    for (const type of target.listeners.keys()) target.dispatch(type, coordinates);
  }
  page.frame();
  page.fireTimers();
  assert.deepEqual(page.thrown, []);
}

const broken = () => { throw new Error('broken'); };
const hostile = {
  'a WebSocket constructor that throws': { WebSocket: class { constructor() { broken(); } } },
  'no WebSocket at all': { globals: { WebSocket: undefined } },
  'a blocked sessionStorage': { storage: { getItem: broken, setItem: broken, removeItem: broken } },
  'no script tag to be found': { tag: null },
  'a tag without a usable source': { tag: { src: '', dataset: {} } },
  'no crypto': { globals: { crypto: undefined } },
  'no animation frames': { globals: { requestAnimationFrame: broken } },
  'timers that throw': { globals: { setTimeout: broken } },
  'a navigator that throws': { navigator: { get doNotTrack() { return broken(); } } },
};
for (const [name, options] of Object.entries(hostile)) {
  test(`nothing is thrown into a page with ${name}`, () => {
    const page = new FakePage(options);
    exercise(page);
    if (page.socket) {
      page.open();
      exercise(page);
      page.socket?.onclose?.({});
      exercise(page);
    }
  });
}

test('a socket that throws from send and close throws nothing into the page', () => {
  const page = livePage();
  page.socket.send = broken;
  page.socket.close = broken;
  exercise(page);
});
