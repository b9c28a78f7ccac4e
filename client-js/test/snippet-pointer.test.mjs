// What the snippet tells of a pointer, and when.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeElement, livePage, words } from './fake-page.mjs';

/** Kinds with places, in order: `['move', 10, 20]`. */
const places = (samples) => samples.map(({ k = 'move', x, y }) => [k, x, y]);

test('the first sample of a pointer is its entering, and everything around has been said', async () => {
  const page = await livePage();
  page.move(10.4, 20.6);
  page.pass(50);
  const [hello, enter] = page.socket.samples;
  assert.deepEqual(hello, {
    x: 0, y: 0, t: 1_700_000_000_000, k: 'leave', w: 1280, h: 720, p: '/shop', dw: 1280, dh: 3000,
    sx: 0, sy: 0,
  });
  assert.deepEqual(enter, { x: 10, y: 21, t: 1_700_000_000_050, k: 'enter', pt: 'mouse' });
});

test('moves of a batch are one message, each with its own time, two bytes where they are small', async () => {
  const page = await livePage();
  page.move(0, 0);
  page.pass(50);
  const before = page.socket.sent.length;
  for (let i = 1; i <= 3; i += 1) {
    page.now += 16;
    page.move(i * 3, i * 2);
  }
  page.pass(50);
  assert.equal(page.socket.sent.length, before + 1);
  assert.deepEqual(page.said.slice(-3).map(({ x, y, t }) => [x, y, t - page.socket.samples[1].t]),
    [[3, 2, 66], [6, 4, 82], [9, 6, 98]]);
  // The first move of a batch comes after a pause; the pace is known from the second one on.
  assert.ok(page.socket.sent.at(-1).length <= 1 + 4 + 2 + 2);
});

test('coalesced events are told in order with their own times, and none twice', async () => {
  const page = await livePage();
  await page.say(words.rate(255));
  page.move(0, 0);
  page.now += 40;
  const at = page.now - 1_700_000_000_000 + 0.5;
  const part = (x, before) => ({ clientX: x, clientY: 5, timeStamp: at - before });
  page.move(30, 5, { getCoalescedEvents: () => [part(10, 24), part(20, 16), part(30, 8)] });
  page.pass(50);
  const told = page.said.slice(1).map(({ x, t }) => [x, t - page.now + 50]);
  assert.deepEqual(told, [[10, -24], [20, -16], [30, -8]]);
});

for (const [name, fake] of Object.entries({
  'no list': undefined, 'an empty one': () => [], nothing: () => undefined,
  'an error': () => { throw new Error('x'); },
  'what is no list': () => 7, 'what is no function': 5,
})) {
  test(`coalesced events that are ${name} do no harm`, async () => {
    const page = await livePage();
    page.move(1, 1);
    page.now += 40;
    page.move(2, 2, { getCoalescedEvents: fake });
    page.now += 40;
    page.move(3, 3);
    page.pass(50);
    assert.deepEqual(page.thrown, []);
    assert.deepEqual(places(page.said).at(-1), ['move', 3, 3]);
  });
}

test('a press, its release and the click leave at once', async () => {
  const page = await livePage();
  page.move(5, 5);
  page.press(5, 5);
  assert.deepEqual(page.said.map(({ k, b }) => [k, b]),
    [['enter', undefined], ['down', 1], ['up', 0], ['click', undefined]]);
});

const released = {
  pointercancel: (page) => page.point('pointercancel', 0, 0),
  dragend: (page) => page.point('dragend', 0, 0),
  'a lost capture': (page) => page.point('lostpointercapture', 0, 0),
  'a move without buttons, after a menu': (page) => page.move(9, 9),
};
for (const [name, release] of Object.entries(released)) {
  test(`${name} releases what was pressed, once, where it was`, async () => {
    const page = await livePage();
    page.point('pointerdown', 7, 8, { buttons: 1 });
    release(page);
    release(page);
    page.pass(50);
    const kinds = places(page.said);
    assert.deepEqual(kinds.slice(0, 2), [['down', 7, 8], ['cancel', 7, 8]]);
    assert.equal(kinds.filter(([kind]) => kind === 'cancel').length, 1);
  });
}

test('a release comes alone, and a capture that ends with buttons down is none', async () => {
  const page = await livePage();
  page.point('pointerup', 1, 1);
  page.point('pointerdown', 7, 8, { buttons: 1 });
  page.point('lostpointercapture', 7, 8, { buttons: 1 });
  page.move(8, 8, { buttons: 1 });
  page.point('pointerup', 8, 8);
  page.point('lostpointercapture', 8, 8);
  page.pass(50);
  assert.deepEqual(places(page.said), [['down', 7, 8], ['move', 8, 8], ['up', 8, 8]]);
});

test('scripts and further fingers are not heard', async () => {
  const page = await livePage();
  page.point('click', 3, 3, { isTrusted: false });
  page.move(4, 4, { isTrusted: false });
  page.move(300, 300, { isPrimary: false });
  page.point('pointerdown', 300, 300, { isPrimary: false, buttons: 1 });
  page.pass(50);
  assert.deepEqual(page.said, []);
});

test('a click on a label is one click, and a key clicks where its element is', async () => {
  const page = await livePage();
  const box = new FakeElement('input', { id: 'yes' }, { box: [100, 50, 20, 10] });
  // A browser's echo is like the click itself, or like a key's.
  for (const echo of [{ detail: 1 }, { detail: 0 }]) {
    page.press(10, 10, { target: Object.assign(new FakeElement('label'), { control: box }) });
    page.point('click', 10, 10, { target: box, ...echo });
    assert.deepEqual(places(page.said).at(-1), ['click', 10, 10]);
    assert.equal(page.said.at(-1).el, 'label');
    page.now += 1000;
  }
  page.now += 1000;
  page.point('click', 0, 0, { target: box, detail: 0 });
  assert.deepEqual(places(page.said).slice(-2), [['click', 10, 10], ['click', 110, 55]]);
  assert.equal(page.said.at(-1).el, 'input#yes');
});

test('a hint is tag, id and classes; numbers, secrets and what is masked are left out', async () => {
  const page = await livePage();
  const hint = (element) => {
    page.now += 1000;
    page.point('click', 1, 1, { target: element });
    return page.said.at(-1).el;
  };
  assert.equal(hint(new FakeElement('a', { id: 'order-4711', class: ' nav  link ' })), 'a#order-0.nav.link');
  assert.equal(hint(new FakeElement('p')), 'p');
  assert.equal(hint(new FakeElement('a', { id: '0123456789abcdef0123' })), 'a#*');
  const masked = new FakeElement('form', { 'data-pointerscope-mask': '' });
  assert.equal(hint(new FakeElement('b', { id: 'name' }, { parent: masked })), 'b');
  assert.ok(Buffer.byteLength(hint(new FakeElement('b', { class: 'ä'.repeat(60) }))) <= 64);
  assert.equal(hint(new FakeElement('b', { class: `a\u0007b` })), 'b.ab');
  // A form's fields can be called like its own properties.
  const form = new FakeElement('form', { id: 'f' });
  Object.assign(form, { getAttribute: 1, closest: 2, classList: 3, getBoundingClientRect: 4 });
  assert.equal(hint(form), 'form#f');
});

test('going out of the page is told, and into a frame, but not from one element to another', async () => {
  const page = await livePage();
  page.move(5, 5);
  page.point('mouseout', 6, 6, { relatedTarget: new FakeElement('div') });
  page.point('mouseout', 7, 7, { relatedTarget: new FakeElement('iframe') });
  page.move(8, 8);
  page.point('mouseout', -1, 9);
  const speaking = Object.assign(new FakeElement('iframe'), { pointerscope: true });
  page.move(9, 9);
  page.point('mouseout', 10, 10, { relatedTarget: speaking });
  page.pass(50);
  assert.deepEqual(places(page.said),
    [['enter', 5, 5], ['leave', 7, 7], ['enter', 8, 8], ['leave', -1, 9], ['enter', 9, 9]]);
});

test('scrolling and sizes are measured once a batch, in front of what is clicked', async () => {
  const page = await livePage();
  let measured = 0;
  Object.defineProperty(page.root, 'scrollHeight', { get() { measured += 1; return 3000; } });
  page.move(5, 5);
  page.pass(50);
  for (let i = 0; i < 100; i += 1) page.move(i, i);
  page.pass(50);
  assert.equal(measured, 0);
  page.window.scrollY = 300.4;
  for (let i = 0; i < 9; i += 1) page.window.dispatch('scroll');
  page.press(5, 5);
  const [scroll, down] = page.said.slice(-4);
  assert.deepEqual([scroll.k, scroll.sx, scroll.sy, down.k], ['scroll', 0, 300, 'down']);
  assert.equal(measured, 1);
  page.window.innerWidth = 800;
  page.window.dispatch('resize');
  page.pass(50);
  const { w, h, dw, dh } = page.said.at(-1);
  assert.deepEqual([w, h, dw, dh], [800, 720, 1280, 3000]);
  page.root = { scrollWidth: 1280, scrollHeight: 5000 };
  page.resized();
  page.pass(50);
  assert.equal(page.said.at(-1).dh, 5000);
});

test('a wheel that moves nothing of the page is told as such', async () => {
  const page = await livePage();
  page.move(5, 5);
  page.window.dispatch('wheel', { deltaX: 0, deltaY: 120, deltaMode: 0 });
  page.pass(50);
  assert.deepEqual([page.said.at(-1).k, page.said.at(-1).sy], ['scroll', undefined]);
  const before = page.said.length;
  page.window.scrollY = 120;
  page.window.dispatch('wheel', { deltaX: 0, deltaY: 120, deltaMode: 0 });
  page.window.dispatch('scroll');
  page.pass(50);
  assert.equal(page.said.length, before + 1);
  assert.equal(page.said.at(-1).sy, 120);
});

test('the server sets the pace, and the last move of a batch is always there', async () => {
  const page = await livePage();
  await page.say(words.rate(10, 200));
  page.move(0, 0);
  page.pass(200);
  const before = page.said.length;
  for (let i = 1; i <= 100; i += 1) {
    page.now += 10;
    page.move(i, 0);
    page.pass(0);
  }
  page.pass(200);
  const moves = page.said.slice(before);
  assert.ok(moves.length >= 10 && moves.length <= 17, `${moves.length} moves a second`);
  assert.equal(moves.at(-1).x, 100);
});

test('at 60 a second a mouse of 60 Hz that does not beat evenly loses nothing', async () => {
  const page = await livePage();
  page.move(0, 0);
  for (let i = 1; i <= 120; i += 1) {
    page.pass(i % 2 ? 13 : 21);
    page.move(i, 0);
  }
  page.pass(50);
  assert.equal(page.said.length, 121);
});

test('at a rate of 0 moves are not told, clicks and scrolling are', async () => {
  const page = await livePage();
  await page.say(words.rate(0, 1000));
  page.move(1, 1);
  page.pass(1000);
  const before = page.said.length;
  for (let i = 0; i < 50; i += 1) page.move(i, 2);
  page.window.scrollY = 50;
  page.window.dispatch('scroll');
  page.press(60, 2);
  page.pass(1000);
  assert.deepEqual(places(page.said.slice(before)).map(([kind]) => kind), ['scroll', 'down', 'up', 'click']);
  await page.say(words.rate(60));
  page.move(70, 70);
  page.pass(50);
  assert.deepEqual(places(page.said).at(-1), ['move', 70, 70]);
});

test('a full socket is left alone until it has drained, and what waits stays bounded', async () => {
  const page = await livePage();
  page.move(0, 0);
  page.pass(50);
  const before = page.socket.sent.length;
  page.socket.bufferedAmount = 4097;
  for (let i = 0; i < 20000; i += 1) {
    page.now += 20;
    page.move(i % 1000, (i * 7) % 600);
    if (i % 10 === 0) page.point('click', 1, 1);
    page.pass(0);
  }
  page.pass(50);
  assert.equal(page.socket.sent.length, before);
  page.socket.bufferedAmount = 0;
  page.pass(50);
  assert.equal(page.socket.sent.length, before + 1);
  assert.ok(page.socket.sent.at(-1).length < 8192);
  page.pass(100);
  page.move(777, 333);
  page.pass(100);
  assert.deepEqual(places(page.said).at(-1), ['move', 777, 333]);
});

test('mouse, pen and touch are told when they change', async () => {
  const page = await livePage();
  page.move(1, 1);
  page.move(2, 2, { pointerType: 'pen' });
  page.point('pointerdown', 3, 3, { pointerType: 'touch', buttons: 1 });
  page.pass(50);
  assert.deepEqual(page.said.map(({ pt }) => pt).filter(Boolean), ['mouse', 'pen', 'touch']);
});

test('every listener is passive and hears first', async () => {
  const page = await livePage();
  for (const [type, entries] of page.window.listeners) {
    for (const { options } of entries) assert.ok(options.passive && options.capture, type);
  }
});
