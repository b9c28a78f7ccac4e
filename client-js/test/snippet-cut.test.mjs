// Connections that are cut, as by a worker that was killed: soon back, and not all at once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { livePage } from './fake-page.mjs';

/** How long a page waits until it connects again, in milliseconds. */
async function waits(random, lose) {
  const page = await livePage({ random: () => random });
  lose(page);
  const begin = page.now;
  while (page.sockets.length === 1 && page.now < begin + 60_000) page.pass(10);
  return page.now - begin;
}

test('a page that is cut is back within 1.5 s, each at a moment of its own', async () => {
  const chances = [0, 0.25, 0.5, 0.75, 0.999];
  const waited = await Promise.all(chances.map((chance) => waits(chance, (page) => page.lose())));
  assert.deepEqual(waited, [10, 380, 750, 1130, 1500]);
  // Browsers tell of an error first, and only then of the end.
  assert.equal(await waits(0.999, (page) => (page.socket.onerror({}), page.lose())), 1500);
});

test('a page that is told to go keeps away for longer', async () => {
  for (const code of [1001, 1008, 1012, 1013])
    assert.equal(await waits(0, (page) => page.lose(code)), 2000, `${code}`);
});

test('a page that is cut before it was welcomed again keeps away for longer', async () => {
  const page = await livePage({ random: () => 0.999 });
  page.lose();
  page.pass(1500);
  page.lose();
  page.pass(2 * 3490);
  assert.equal(page.sockets.length, 2);
  page.pass(20);
  assert.equal(page.sockets.length, 3);
});
