// When a page that has lost its connection makes the next one.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakePage, livePage, words } from './fake-page.mjs';

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
    assert.ok(gaps.length > 20 && Math.max(...gaps) <= 3400 && Math.min(...gaps) >= 300, `${gaps}`);
    const idle = attempts(120_000, () => {}, random);
    assert.ok(idle.length >= 4 && idle.length <= 13, `${idle.length} attempts`);
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

test('a page whose worker has died is back within 2 s, and a crowd of them not at once', async () => {
  const waits = [];
  for (let random = 0; random < 1; random += 0.05) {
    const page = new FakePage({ random: () => random });
    page.open();
    await page.say(words.welcome('T', 60));
    const before = page.sockets.length;
    const lost = page.now;
    page.lose();
    while (page.sockets.length === before && page.now < lost + 5000) page.pass(10);
    waits.push(page.now - lost);
  }
  assert.ok(Math.max(...waits) <= 1900 && Math.min(...waits) >= 200, `${waits}`);
  const steps = waits.slice(1).map((wait, i) => wait - waits[i]);
  assert.ok(steps.every((step) => Math.abs(step - 80) <= 20), `${waits}`);
});

test('a page that is welcome and sent away again and again waits longer and longer', async () => {
  for (const code of [1008, 1013, 4003]) {
    const page = new FakePage();
    const times = [];
    for (const end = page.now + 120_000; page.now < end;) {
      const before = page.sockets.length;
      page.open();
      await page.say(words.welcome('', 0));
      page.lose(code);
      while (page.sockets.length === before && page.now < end) page.pass(100);
      times.push(page.now);
    }
    assert.ok(times.length >= 6 && times.length <= 12, `${code}: ${times.length} attempts`);
  }
});

test('who hears nothing for 8 s tries again, whether the handshake is missing or the welcome', async () => {
  const silent = new FakePage();
  for (const isOpened of [false, true]) {
    const { socket } = silent;
    if (isOpened) silent.open();
    silent.pass(7999);
    assert.ok(!socket.isClosed);
    silent.pass(1);
    assert.ok(socket.isClosed);
    silent.lose();
    while (silent.sockets.length < 2) silent.pass(1);
  }
  await silent.settled();
  assert.deepEqual(silent.loaded.map((url) => url.split('-')[1]), ['fallback.js']);
});

test('who was welcome is left alone, and one that was let go is not closed for another', async () => {
  const page = new FakePage();
  page.open();
  await page.say(words.welcome('T', 0));
  page.pass(60_000);
  assert.ok(!page.socket.isClosed);
  page.lose();
  page.pass(2000);
  page.open();
  await page.say(words.welcome('T', 0));
  page.pass(60_000);
  assert.equal(page.sockets.length, 2);
  assert.ok(!page.socket.isClosed);
});

test('moving away to where nobody answers is tried for 8 s, and then again from the start', async () => {
  const page = await livePage();
  const first = page.socket;
  await page.say(words.moveAway(0));
  page.pass(0);
  const second = page.socket;
  assert.notEqual(first, second);
  page.pass(7999);
  assert.ok(!second.isClosed && !first.isClosed);
  page.pass(1);
  assert.ok(second.isClosed);
  page.lose(1006, second);
  assert.ok(first.isClosed);
  page.pass(2000);
  assert.equal(page.sockets.length, 3);
  page.open();
  await page.say(words.welcome());
  page.pass(60_000);
  assert.ok(!page.socket.isClosed);
});
