// The page around: its routes, its visitors' wishes, and never a word to it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ENDPOINT, FakeElement, FakePage, FakeStorage, livePage, words } from './fake-page.mjs';

const KEY = 'pointerscope';

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
    page.window.dispatch('pagehide', { persisted: false });
    assert.deepEqual(page.thrown, []);
  });
}
