// What the server says, and what the snippet makes of it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FakePage, livePage, words } from './fake-page.mjs';

const tokenOf = (page, socket = page.socket) => socket.decoder.token;

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

test('a new connection knows nothing of the pace of the last one', async () => {
  const page = await livePage();
  const walk = () => {
    for (let i = 1; i <= 6; i += 1) {
      page.now += 24;
      page.move(i * 3, i);
    }
    page.pass(50);
    return page.socket.samples.slice(-6).map(({ t }) => t - page.now + 50);
  };
  const expected = [-120, -96, -72, -48, -24, 0];
  assert.deepEqual(walk(), expected);
  page.lose();
  page.pass(4000);
  page.open();
  await page.say(words.welcome());
  page.pass(50);
  assert.deepEqual(walk(), expected);
});

test('what scrolls between moves takes nothing from their times', async () => {
  const page = await livePage();
  page.move(5, 5);
  page.pass(50);
  const at = (ms) => ({ timeStamp: page.now - 1_700_000_000_000 + 0.5 + ms });
  const began = page.now;
  page.move(6, 6, at(10));
  page.move(7, 7, at(12));
  page.window.scrollY = 90;
  page.window.dispatch('scroll', at(14));
  page.pass(50);
  page.move(8, 8, at(-20));
  page.pass(50);
  assert.deepEqual(page.said.slice(-4).map(({ k, x, t }) => [k, x, t - began]),
    [[undefined, 6, 10], [undefined, 7, 12], ['scroll', 7, 14], [undefined, 8, 30]]);
});
