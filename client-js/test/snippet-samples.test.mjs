// What the snippet sends, and when.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakePage, livePage } from './fake-page.mjs';

const bare = (sample) => { const { id, ...rest } = sample; return rest; };

test('the first sample of a connection carries viewport and path, the next ones do not', () => {
  const page = new FakePage();
  assert.equal(page.socket.url, 'ws://127.0.0.1:8081');
  assert.deepEqual([...page.socket.protocols], ['json']);
  page.open();
  page.move(10.4, 20.6);
  page.frame();
  page.move(11, 21);
  page.frame();
  const [first, second] = page.socket.sent;
  assert.match(first.id, /^[0-9a-z]{1,64}$/);
  assert.deepEqual(bare(first), { x: 10, y: 21, w: 1280, h: 720, p: '/shop' });
  assert.deepEqual(second, { id: first.id, x: 11, y: 21 });
});

test('viewport and path are told again after a change', () => {
  const page = livePage();
  page.window.innerWidth = 800;
  page.window.dispatch('resize');
  page.move(2, 2);
  page.frame();
  page.window.location.pathname = '/cart';
  page.move(3, 3);
  page.frame();
  page.move(4, 4);
  page.frame();
  const [, resized, walked, quiet] = page.socket.sent.map(bare);
  assert.deepEqual(resized, { x: 2, y: 2, w: 800, h: 720, p: '/shop' });
  assert.deepEqual(walked, { x: 3, y: 3, w: 800, h: 720, p: '/cart' });
  assert.deepEqual(quiet, { x: 4, y: 4 });
});

test('a long path is cut at 256 bytes', () => {
  const page = livePage({ pathname: '/' + 'a'.repeat(400) });
  assert.equal(page.socket.sent[0].p.length, 256);
});

test('at most one message leaves per animation frame, with the newest move', () => {
  const page = livePage();
  for (let i = 0; i < 100; i += 1) page.move(i, i);
  assert.equal(page.socket.sent.length, 1);
  assert.equal(page.frames.length, 1);
  page.frame();
  assert.equal(page.socket.sent.length, 2);
  assert.deepEqual(bare(page.socket.sent[1]), { x: 99, y: 99 });
  page.frame();
  assert.equal(page.socket.sent.length, 2);
});

test('presses, releases and clicks keep their order among the moves of a frame', () => {
  const page = livePage();
  const at = (x) => ({ clientX: x, clientY: 5, isPrimary: true });
  page.move(1, 5);
  page.move(2, 5);
  page.window.dispatch('pointerdown', at(2));
  page.move(3, 5);
  page.move(4, 5);
  page.window.dispatch('pointerup', at(4));
  // Pointer Events: a click has the default value of isPrimary, false.
  page.window.dispatch('click', { ...at(4), isPrimary: false, detail: 1 });
  page.window.dispatch('pointerdown', at(4));
  page.frame();
  assert.deepEqual(page.socket.sent[1].map(bare), [
    { x: 2, y: 5 }, { x: 2, y: 5, k: 'down' }, { x: 4, y: 5 },
    { x: 4, y: 5, k: 'up' }, { x: 4, y: 5, k: 'click' }, { x: 4, y: 5, k: 'down' },
  ]);
});

test('scrolls of a frame become one, where the pointer rests', () => {
  const page = livePage();
  for (let i = 0; i < 9; i += 1) page.window.dispatch('scroll', {});
  page.frame();
  assert.deepEqual(bare(page.socket.sent[1]), { x: 1, y: 1, k: 'scroll' });
});

test('a click made by a key happens where the pointer rests, not at 0,0', () => {
  const page = livePage();
  page.window.dispatch('click', { clientX: 0, clientY: 0, detail: 0 });
  page.frame();
  assert.deepEqual(bare(page.socket.sent[1]), { x: 1, y: 1, k: 'click' });
});

test('entering and leaving the page are told; further fingers are not', () => {
  const page = livePage();
  page.root.dispatch('mouseleave', { clientX: -1, clientY: 40 });
  page.root.dispatch('mouseenter', { clientX: 0, clientY: 41 });
  page.move(300, 300, { isPrimary: false });
  page.frame();
  assert.deepEqual(page.socket.sent[1].map(bare),
    [{ x: -1, y: 40, k: 'leave' }, { x: 0, y: 41, k: 'enter' }]);
});

test('events without coordinates are never sent as such', () => {
  const page = new FakePage();
  page.open();
  page.window.dispatch('pointermove', {});
  page.window.dispatch('click', { detail: 1 });
  page.frame();
  assert.deepEqual(page.socket.sent, []);
  page.move(7, 8);
  page.window.dispatch('pointerdown', { clientX: 'x' });
  page.frame();
  assert.deepEqual(page.socket.sent[0].map(({ x, y }) => [x, y]), [[7, 8], [7, 8]]);
});

test('a full socket is left alone until it has drained, and what waits stays bounded', () => {
  const page = livePage();
  page.socket.bufferedAmount = 4097;
  for (let i = 0; i < 500; i += 1) {
    page.move(i, 0);
    page.window.dispatch('pointerdown', { clientX: i, clientY: 0 });
    page.frame();
  }
  assert.equal(page.socket.sent.length, 1);
  page.socket.bufferedAmount = 0;
  page.frame();
  assert.equal(page.socket.sent[1].length, 50);
  assert.deepEqual(bare(page.socket.sent[1].at(-1)), { x: 499, y: 0, k: 'down' });
});

test('without data-ingest the samples go to port 8081 of the host of the script', () => {
  const plain = new FakePage({ tag: { src: 'http://stats.example:2112/pointerscope.js', dataset: {} } });
  const secure = new FakePage({ tag: { src: 'https://stats.example/pointerscope.js', dataset: {} } });
  const six = new FakePage({ tag: { src: 'http://[::1]:2112/pointerscope.js', dataset: {} } });
  const told = new FakePage({ tag: { dataset: { ingest: 'ws://other:99' } } });
  assert.equal(plain.socket.url, 'ws://stats.example:8081');
  assert.equal(secure.socket.url, 'wss://stats.example:8081');
  assert.equal(six.socket.url, 'ws://[::1]:8081');
  assert.equal(told.socket.url, 'ws://other:99');
});

test('every listener is passive', () => {
  const page = new FakePage();
  for (const target of [page.window, page.document, page.root]) {
    for (const [type, entries] of target.listeners) {
      for (const { options } of entries) assert.equal(options.passive, true, type);
    }
  }
});
