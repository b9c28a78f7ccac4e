// Connections, identity, pages, privacy, and never a word to the host page.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BASE, ENDPOINT, FakeElement, FakePage, FakeStorage, livePage, words } from './fake-page.mjs';

const KEY = 'pointerscope';
const leave = (page, persisted = false) => page.window.dispatch('pagehide', { persisted });
const tokenOf = (page, socket = page.socket) => socket.decoder.token;

test('a visitor is present from the open connection on, without having moved anything', async () => {
  const page = new FakePage();
  assert.equal(page.socket.url, ENDPOINT);
  assert.equal(page.socket.protocol, 'pointerscope.v1');
  assert.equal(page.socket.binaryType, 'arraybuffer');
  page.open();
  assert.equal(page.socket.samples.length, 1);
  assert.equal(page.socket.samples[0].p, '/shop');
  assert.equal(page.socket.notes[0].visible, true);
  page.window.history.pushState(null, '', '/early');
  assert.equal(page.socket.sent.length, 1);
  await page.say(words.welcome('T', 0));
  assert.deepEqual(page.said.map(({ p }) => p), ['/early']);
});

test('a page that nobody watches loads nothing more, and tells of changes of page only', async () => {
  const page = new FakePage();
  page.open();
  await page.say(words.welcome('T', 0, 1000));
  page.move(5, 5);
  page.window.history.pushState(null, '', '/cart');
  page.pass(5000);
  assert.deepEqual(page.loaded, []);
  assert.deepEqual(page.said.map(({ p }) => p), ['/cart']);
  await page.say(words.rate(60));
  assert.deepEqual(page.loaded, [`${BASE}pointerscope-live.js`]);
  page.move(6, 6);
  page.pass(50);
  assert.equal(page.said.at(-1).x, 6);
});

test('nothing but the hello leaves before the welcome, and what happens meanwhile waits', async () => {
  const page = await livePage();
  page.lose();
  page.pass(4000);
  page.open();
  page.move(3, 3);
  page.press(4, 4);
  page.window.history.pushState(null, '', '/late');
  page.pass(500);
  assert.equal(page.socket.sent.length, 1);
  await page.say(words.welcome());
  page.pass(50);
  assert.deepEqual(page.said.map(({ k, p }) => p ?? k), ['enter', 'down', 'up', 'click', '/late']);
});

test('the token goes from page to page of a tab, and each page is another instance', async () => {
  const first = await livePage();
  leave(first);
  assert.equal(first.socket.notes.at(-1).bye, true);
  assert.equal(first.socket.isClosed, true);
  const second = new FakePage({ storage: first.storage });
  second.open();
  assert.equal(tokenOf(second), 'TOKEN');
  assert.equal(second.storage[KEY], '');
  const instance = (page) => page.sockets[0].sent[0].slice(11, 19).join();
  assert.notEqual(instance(first), instance(second));
  second.lose();
  second.pass(9000);
  second.open();
  assert.equal(second.sockets[1].sent[0].slice(11, 19).join(), instance(second));
});

test('a duplicated tab finds no token', async () => {
  const original = await livePage();
  const copy = new FakePage({ storage: original.storage.copy() });
  copy.open();
  assert.equal(tokenOf(copy), '');
});

test('a frame neither takes nor leaves a token', async () => {
  const top = new FakePage({ load: false });
  const storage = new FakeStorage({ [KEY]: 'OF THE TOP' });
  const frame = new FakePage({ parent: top, storage });
  frame.open();
  await frame.say(words.welcome('OF THE FRAME'));
  leave(frame);
  assert.equal(tokenOf(frame), '');
  assert.equal(storage[KEY], 'OF THE TOP');
});

test('a page back from the back-forward cache goes on with the newest token', async () => {
  const page = await livePage();
  leave(page, true);
  const between = new FakePage({ storage: page.storage });
  between.open();
  await between.say(words.welcome('NEWER'));
  leave(between);
  page.show(true);
  assert.equal(page.sockets.length, 2);
  page.open();
  assert.equal(tokenOf(page), 'NEWER');
});

test('the last click leaves with the page, in front of the goodbye', async () => {
  const page = await livePage();
  page.move(1, 1);
  page.move(5, 6);
  leave(page);
  assert.deepEqual(page.said.map(({ x }) => x), [1, 5]);
  assert.equal(page.socket.notes.at(-1).bye, true);
});

test('a page that nobody sees waits; it neither connects nor takes the token', async () => {
  const storage = new FakeStorage({ [KEY]: 'kept' });
  const page = new FakePage({ storage, hidden: true });
  assert.equal(page.sockets.length, 0);
  leave(page);
  assert.equal(storage[KEY], 'kept');
  page.show(true);
  page.open();
  assert.equal(tokenOf(page), 'kept');
  page.show(true);
  assert.equal(page.sockets.length, 1);
});

test('hidden and visible are told', async () => {
  const page = await livePage();
  page.show(false);
  page.show(true);
  const told = page.socket.notes.map(({ visible }) => visible).filter((visible) => visible !== undefined);
  assert.deepEqual(told, [true, false, true]);
});

test('it comes back within 5 s of movement, and a page at rest asks rarely', () => {
  const attempts = (milliseconds, act, random) => {
    const page = new FakePage({ random: () => random });
    page.lose();
    const end = page.now + milliseconds;
    const times = [];
    while (page.now < end) {
      const before = page.sockets.length;
      act(page);
      page.pass(100);
      if (page.sockets.length > before) {
        times.push(page.now);
        page.lose();
      }
    }
    return times;
  };
  for (const random of [0, 0.5, 0.999]) {
    const busy = attempts(120_000, (page) => page.move(1, 1), random);
    const gaps = busy.slice(1).map((time, i) => time - busy[i]);
    assert.ok(gaps.length > 20 && Math.max(...gaps) <= 4200 && Math.min(...gaps) >= 1900, `${gaps}`);
    const idle = attempts(120_000, () => {}, random);
    assert.ok(idle.length >= 4 && idle.length <= 10, `${idle.length} attempts`);
  }
  const online = new FakePage();
  for (let i = 0; i < 5; i += 1) {
    online.lose();
    online.pass(i < 4 ? 32_000 : 100);
  }
  const before = online.sockets.length;
  online.window.dispatch('online');
  online.pass(4200);
  assert.equal(online.sockets.length, before + 1);
});

test('what happens without a connection is forgotten, but for the place', async () => {
  const page = await livePage();
  page.move(1, 1);
  page.pass(50);
  page.lose();
  for (let i = 0; i < 60; i += 1) {
    page.move(i, i);
    page.pass(50);
  }
  page.pass(1200);
  page.open();
  const [hello, ...rest] = page.socket.samples;
  assert.deepEqual([hello.x, hello.k, rest], [59, undefined, []]);
});

test('routes are told at once, secrets in them are not', async () => {
  const page = await livePage();
  const go = (path) => {
    page.window.history.pushState(null, '', path);
    page.pass(50);
    return page.said.at(-1).p;
  };
  assert.equal(go('/cart?card=4711#pay'), '/cart');
  assert.equal(go('/blog/how-to-build-a-great-website'), '/blog/how-to-build-a-great-website');
  assert.equal(go('/blog/2026/11/release-notes-of-november'), '/blog/2026/11/release-notes-of-november');
  assert.equal(go('/reset/0123456789abcdef0123'), '/reset/*');
  assert.equal(go('/order/01234567890123456789/pay'), '/order/*/pay');
  assert.equal(go('/t/QWxhZGRpbjpvcGVuIHNlc2FtZQ=='), '/t/*');
  assert.equal(go('/u/550e8400-e29b-41d4-a716-446655440000'), '/u/*');
  assert.equal(go('/k/dGhpc19pcy1hX3Rva2Vu-x9'), '/k/*');
  assert.equal(go(`/${'ab/'.repeat(200)}`).length, 256);
  page.window.history.replaceState(null, '', '/back');
  page.window.dispatch('popstate');
  page.pass(50);
  assert.equal(page.said.at(-1).p, '/back');
});

test('the page can pollute its prototypes as it likes', async () => {
  const page = await livePage({ globals: {} });
  const { runInContext } = await import('node:vm');
  runInContext(`Array.prototype.toJSON = Object.prototype.toJSON = () => 'x';
    Object.prototype.hidden = Object.prototype.endpoint = 'evil'; Array.prototype.evil = 1;`, page.window);
  page.move(3, 4);
  page.press(3, 4, { target: new FakeElement('a', { id: 'b' }) });
  page.pass(50);
  assert.deepEqual(page.said.map(({ k }) => k), ['enter', 'down', 'up', 'click']);
});

const wishes = [{ globalPrivacyControl: true }, { doNotTrack: '1' }, { doNotTrack: 'yes' }, 'window'];
for (const navigator of wishes) {
  test(`nothing is done under ${JSON.stringify(navigator)}`, async () => {
    const storage = new FakeStorage({ [KEY]: 'kept' });
    const page = new FakePage(navigator === 'window'
      ? { storage, globals: { doNotTrack: 'yes' } } : { navigator, storage, tag: { dataset: { hash: '' } } });
    page.window.pointerscope.start({ endpoint: ENDPOINT });
    page.window.pointerscope.identify('Ann');
    page.window.pointerscope.stop();
    await page.settled();
    assert.equal(page.sockets.length + page.timers.size + page.loaded.length + page.window.listeners.size, 0);
    assert.equal(storage[KEY], 'kept');
  });
}

test('0, no and unspecified are no wishes', () => {
  for (const navigator of [{ doNotTrack: '0' }, { doNotTrack: null, globalPrivacyControl: false },
    { doNotTrack: 'unspecified' }, { doNotTrack: 'no' }]) {
    assert.equal(new FakePage({ navigator }).sockets.length, 1);
  }
});

test('a second tag takes over: one connection, one visitor', async () => {
  const page = await livePage();
  page.load();
  assert.equal(page.sockets[0].notes.at(-1).bye, true);
  const instances = () => page.sockets.map(({ sent }) => sent[0].slice(11, 19).join());
  assert.deepEqual(page.sockets.map(({ isClosed }) => isClosed), [true, false]);
  page.open();
  assert.equal(tokenOf(page), 'TOKEN');
  // The same load of a page: a server takes the token even while it has not heard of the goodbye.
  assert.equal(new Set(instances()).size, 1);
  await page.say(words.welcome());
  page.pass(50);
  page.move(4, 4);
  page.press(4, 4);
  page.pass(50);
  assert.deepEqual(page.said.map(({ k }) => k), ['enter', 'down', 'up', 'click']);
  page.pass(60_000);
  assert.equal(page.sockets.length, 2);
  leave(page);
  assert.equal(page.storage[KEY], 'TOKEN');
});

test('the server can end it, by a word or a code, and an identity in use is let go', async () => {
  const stopped = await livePage();
  await stopped.say(words.stop(1));
  assert.equal(stopped.socket.isClosed, true);
  stopped.move(1, 1);
  stopped.pass(60_000);
  assert.equal(stopped.sockets.length, 1);
  const refused = new FakePage();
  refused.open();
  refused.lose(4001);
  refused.move(1, 1);
  refused.pass(60_000);
  assert.equal(refused.sockets.length, 1);
  const used = await livePage();
  used.lose(4003);
  used.pass(4000);
  used.open();
  assert.equal(tokenOf(used), '');
});

test('moving away: the next connection is there before the old one lets go', async () => {
  const page = await livePage();
  page.move(1, 1);
  page.pass(50);
  await page.say(words.moveAway(1000));
  page.pass(499);
  assert.equal(page.sockets.length, 1);
  page.pass(2);
  const [old, next] = page.sockets;
  page.move(2, 2);
  page.pass(50);
  page.move(3, 3);
  page.open(next);
  assert.equal(old.samples.at(-1).x, 3);
  assert.equal(old.isClosed, false);
  page.now += 20;
  page.move(4, 4);
  page.pass(50);
  await page.say(words.welcome('NEXT'), next);
  page.pass(50);
  assert.equal(old.isClosed, true);
  assert.ok(!old.notes.some(({ bye }) => bye));
  assert.deepEqual(next.samples.map(({ x }) => x), [3, 4]);
  page.lose(1000, old);
  page.move(5, 5);
  page.pass(50);
  assert.equal(next.samples.at(-1).x, 5);
  assert.equal(page.sockets.length, 2);
});

test('a resync is answered by where everything is, and there is one of its own in 128 messages', async () => {
  const page = await livePage();
  page.move(100, 200);
  page.pass(50);
  await page.say(words.resync());
  page.pass(50);
  assert.equal(page.socket.sent.at(-1)[1], 16);
  let since = 0;
  for (let i = 0; i < 400; i += 1) {
    page.now += 20;
    page.move(i, i % 7);
    page.pass(50);
    since = page.socket.sent.at(-1)[1] === 16 ? 0 : since + 1;
    assert.ok(since < 128);
  }
  assert.deepEqual([page.said.at(-1).x, page.said.at(-1).y], [399, 0]);
});

test('records and lengths of later versions are passed over', async () => {
  const page = await livePage();
  const [, length, ...rest] = words.welcome('LATER', 30, 100);
  await page.say([1, length + 2, ...rest, 9, 9, 0x45, 3, 1, 2, 6, ...words.rate(5, 400)]);
  page.move(1, 1);
  page.pass(399);
  assert.equal(page.said.length, 0);
  page.pass(2);
  assert.equal(page.said.length, 1);
  page.lose();
  page.pass(4000);
  page.open();
  assert.equal(tokenOf(page), 'LATER');
});

const broken = () => { throw new Error('broken'); };
const hostile = {
  'a WebSocket constructor that throws': { globals: { WebSocket: class { constructor() { broken(); } } } },
  'no WebSocket at all': { globals: { WebSocket: undefined } },
  'a blocked sessionStorage': { storage: new Proxy({}, { get: broken, set: broken }) },
  'a script without a tag': { tag: null },
  'a tag without a source': { tag: { src: '' } },
  'no crypto': { globals: { crypto: undefined } },
  'timers that throw': { globals: { setTimeout: broken } },
  'a navigator that throws': { navigator: { get doNotTrack() { return broken(); } } },
  'no other files': { missing: ['pointerscope-live.js', 'pointerscope-options.js'] },
  'no ResizeObserver': { globals: { ResizeObserver: undefined } },
};
for (const [name, options] of Object.entries(hostile)) {
  test(`nothing is thrown into a page with ${name}`, async () => {
    const page = new FakePage(options);
    const exercise = () => {
      for (const type of page.window.listeners.keys()) page.point(type, 3, 4);
      page.window.history.pushState(null, '', '/x');
      page.pass(100);
      assert.deepEqual(page.thrown, []);
    };
    await page.settled();
    exercise();
    if (!page.socket) return;
    page.open();
    await page.say(words.welcome());
    exercise();
    page.socket.send = page.socket.close = broken;
    exercise();
    leave(page);
    assert.deepEqual(page.thrown, []);
  });
}
