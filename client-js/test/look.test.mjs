// Whom somebody looks at is told to the server, once, and as often as it has to be.
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto'; // a global only from Node 19 on
import test from 'node:test';
import { LOOK_MS, LOOK_RETRY_MS } from '../dashboard/limits.js';
import { Look, streamWord } from '../dashboard/look.js';

/** A look and what it said; `answers` are statuses taken one by one, 0 is thrown. */
function rig(answers, token = '') {
  const made = { said: [] };
  made.look = new Look({
    word: 'K1rPq0cX2mVz7yQw',
    token: () => token,
    post: async (url, options) => {
      made.said.push({ url, ...options, body: JSON.parse(options.body) });
      const status = answers.shift() ?? 204;
      if (status === 0) throw new Error('no network');
      return { status, ok: status < 300 };
    },
  });
  return made;
}

test('a word has 22 characters that need no escaping, and no two are alike', () => {
  const word = () => streamWord((bytes) => webcrypto.getRandomValues(bytes));
  const words = new Set(Array.from({ length: 50 }, word));
  assert.equal(words.size, 50);
  for (const each of words) assert.match(each, /^[A-Za-z0-9_-]{22}$/u);
  assert.equal(streamWord((bytes) => bytes.fill(255)), '_____________________w');
});

test('whom somebody looks at is said once', async () => {
  const { look, said } = rig([]);
  await look.tick('', 0);
  assert.deepEqual(said, []);
  for (let i = 0; i < 5; i += 1) await look.tick('user123', 100 * i);
  assert.equal(said.length, 1);
  assert.equal(said[0].url, '../api/look');
  assert.equal(said[0].method, 'POST');
  assert.equal(said[0].headers['Content-Type'], 'application/json');
  assert.deepEqual(said[0].body, { viewer: 'K1rPq0cX2mVz7yQw', id: 'user123' });
  await look.tick('', 1000);
  assert.deepEqual(said[1].body, { viewer: 'K1rPq0cX2mVz7yQw', id: null });
});

test('the code of a session goes along', async () => {
  const { look, said } = rig([], 'code');
  await look.tick('a', 0);
  assert.equal(said[0].body.token, 'code');
});

test('who goes through a list is not said in full', async () => {
  const { look, said } = rig([]);
  for (let i = 0; i < 100; i += 1) await look.tick(`u${i}`, i * 10);
  assert.ok(said.length <= 1 + 1000 / LOOK_MS, `${said.length}`);
  await look.tick('u99', 5000);
  assert.equal(said.at(-1).body.id, 'u99');
});

test('what did not arrive is said again, later', async () => {
  for (const status of [0, 404, 429, 503]) {
    const { look, said } = rig([status]);
    await look.tick('a', 0);
    await look.tick('a', LOOK_RETRY_MS - 1);
    assert.equal(said.length, 1);
    await look.tick('a', LOOK_RETRY_MS);
    await look.tick('a', 2 * LOOK_RETRY_MS);
    assert.equal(said.length, 2);
  }
});

test('what is refused is not said again until it is another', async () => {
  const { look, said } = rig([403]);
  for (let i = 0; i < 5; i += 1) await look.tick('a', i * 10_000);
  assert.equal(said.length, 1);
  await look.tick('b', 60_000);
  assert.equal(said.length, 2);
});

test('a new stream is told anew', async () => {
  const { look, said } = rig([]);
  await look.tick('a', 0);
  look.begin();
  await look.tick('a', 1);
  assert.equal(said.length, 2);
});

test('one word at a time', async () => {
  let finish;
  let count = 0;
  const look = new Look({
    word: 'w',
    token: () => '',
    post: () => {
      count += 1;
      return new Promise((resolve) => { finish = () => resolve({ status: 204, ok: true }); });
    },
  });
  const first = look.tick('a', 0);
  await look.tick('b', 10_000);
  assert.equal(count, 1);
  finish();
  await first;
  const second = look.tick('b', 20_000);
  assert.equal(count, 2);
  finish();
  await second;
});
