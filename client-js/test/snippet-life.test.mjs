// Connections and identity: who is here, and how that goes on.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BASE, ENDPOINT, FakePage, FakeStorage, livePage, words } from './fake-page.mjs';

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

test('a page that nobody watches says where everything is at least once in 128 messages', async () => {
  const page = new FakePage();
  page.open();
  await page.say(words.welcome('T', 0, 1000));
  let since = 0;
  for (let i = 0; i < 400; i += 1) {
    page.now += 1000;
    page.window.scrollY = i;
    page.window.history.pushState(null, '', `/${i}`);
    since = page.socket.sent.at(-1)[1] === 16 ? 0 : since + 1;
    assert.ok(since < 128, `${since} messages without a sync`);
  }
  assert.equal(page.said.at(-1).p, '/399');
  assert.deepEqual(page.loaded, []);
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

test('a page that is left while its connection is lost hands its token on', async () => {
  const page = await livePage();
  page.lose();
  page.window.dispatch('pagehide', { persisted: true });
  assert.equal(page.storage.pointerscope, 'TOKEN');
  assert.deepEqual(page.thrown, []);
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

for (const [name, moves, told] of [
  ['only the last', () => {}, [[30, 30]]],
  ['nothing, if there is a newer one', (page) => page.move(40, 40), [[40, 40]]],
]) {
  test(`of moves between two connections is told ${name}`, async () => {
    const page = await livePage();
    page.move(5, 5);
    page.pass(50);
    page.lose();
    page.pass(5000);
    for (let i = 1; i <= 3; i += 1) page.move(i * 10, i * 10);
    page.now += 20;
    page.open();
    page.now += 5;
    moves(page);
    await page.say(words.welcome());
    page.pass(200);
    assert.deepEqual(page.said.map(({ x, y }) => [x, y]), told);
  });
}

test('no timer is left where nothing happens any more', async () => {
  const page = await livePage();
  page.pass(8000); // by then its handshake has to be over
  assert.equal(page.timers.size, 0);
  for (let i = 0; i < 20; i += 1) {
    page.move(i, i);
    page.pass(16);
    assert.equal(page.timers.size, 1);
  }
  page.pass(200);
  assert.equal(page.timers.size, 0);
  const sent = page.socket.sent.length;
  page.pass(60_000);
  assert.equal(page.socket.sent.length, sent);
});

test('a batch ends as soon as the server wants it to, also one that had begun', async () => {
  const page = await livePage();
  await page.say(words.rate(60, 5000));
  page.move(1, 1);
  page.pass(100);
  assert.deepEqual(page.said, []);
  await page.say(words.rate(60, 50));
  page.pass(50);
  assert.deepEqual(page.said.map(({ x, k }) => [x, k]), [[1, 'enter']]);
});

test('more moves than a batch keeps are told all the same, in order', async () => {
  const page = await livePage();
  await page.say(words.rate(255, 5000));
  for (let i = 0; i < 300; i += 1) {
    page.move(i, 7);
    page.now += 10;
  }
  page.pass(5000);
  assert.deepEqual(page.said.map(({ x }) => x), Array.from({ length: 300 }, (_, i) => i));
});
