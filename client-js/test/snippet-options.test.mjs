// What few tags ask for, frames, copies without a tag, and the way without WebSockets.
import assert from 'node:assert/strict';
import test from 'node:test';
import { BASE, ENDPOINT, FakeElement, FakePage, livePage, words } from './fake-page.mjs';

const page = async (dataset, options = {}) => {
  const made = new FakePage({ tag: { dataset }, ...options });
  await made.settled();
  return made;
};

test('the endpoint is the server\'s own, or what the tag says, under either name', async () => {
  assert.equal((await page({})).socket.url, ENDPOINT);
  assert.equal((await page({ endpoint: 'wss://a.example/ws' })).socket.url, 'wss://a.example/ws');
  assert.equal((await page({ ingest: 'wss://b.example/ws' })).socket.url, 'wss://b.example/ws');
  assert.deepEqual((await page({ endpoint: 'wss://a.example/ws' })).loaded, []);
});

test('data-domains names the hosts', async () => {
  assert.equal((await page({ domains: 'example.org, other.example' })).sockets.length, 0);
  assert.equal((await page({ domains: 'example.org, shop.example' })).sockets.length, 1);
  assert.equal((await page({ domains: '*.example' })).sockets.length, 1);
});

test('data-exclude leaves pages out, also those one walks to, and back', async () => {
  assert.equal((await page({ exclude: '/shop' })).sockets.length, 0);
  assert.equal((await page({ exclude: '/sho /admin' })).sockets.length, 1);
  const walked = await page({ exclude: '/account/*/card' });
  walked.open();
  await walked.say(words.welcome());
  walked.window.history.pushState(null, '', '/account/4/card/edit');
  assert.equal(walked.socket.notes.at(-1).bye, true);
  walked.move(1, 1);
  walked.pass(60_000);
  assert.equal(walked.sockets.length, 1);
  walked.window.history.pushState(null, '', '/account');
  walked.pass(10);
  assert.equal(walked.sockets.length, 2);
  walked.open();
  assert.equal(walked.socket.decoder.token, 'TOKEN');
  assert.equal(walked.socket.samples[0].p, '/account');
});

test('what stop has ended, walking does not begin again; start does', async () => {
  const stopped = await page({ exclude: '/card' });
  stopped.window.pointerscope.stop();
  stopped.window.history.pushState(null, '', '/card');
  stopped.window.history.pushState(null, '', '/shop');
  stopped.pass(60_000);
  assert.equal(stopped.sockets.length, 1);
  stopped.window.pointerscope.start();
  await stopped.settled();
  assert.equal(stopped.sockets.length, 2);
});

test('data-mask-paths puts stars where they stand', async () => {
  const masked = await page({ maskPaths: '/user/*/mail /team/*' }, { path: '/user/ann/mail/7' });
  masked.open();
  assert.equal(masked.socket.samples[0].p, '/user/*/mail/7');
});

test('data-hash tells routes of the hash, and no values in them', async () => {
  const hashed = await page({ hash: '' }, { path: '/app#/cart/4?card=4711' });
  hashed.open();
  assert.equal(hashed.socket.samples[0].p, '/app#/cart/4');
  await hashed.say(words.welcome());
  hashed.location.href = 'http://shop.example/app#access_token=SECRET';
  hashed.window.dispatch('hashchange');
  hashed.pass(50);
  assert.equal(hashed.said.at(-1).p, '/app#access_token');
});

test('data-rate is the most that is told', async () => {
  const slow = await page({ rate: '5' });
  slow.open();
  await slow.say(words.welcome('T', 60, 50));
  for (let i = 0; i < 100; i += 1) {
    slow.pass(10);
    slow.move(i, 0);
  }
  slow.pass(50);
  assert.ok(slow.said.length <= 9, `${slow.said.length}`);
});

test('data-consent="wait" waits for start', async () => {
  const waiting = await page({ consent: 'wait', hash: '' }, { path: '/a#/b' });
  assert.equal(waiting.sockets.length, 0);
  waiting.window.pointerscope.start();
  await waiting.settled();
  assert.equal(waiting.sockets.length, 1);
  waiting.open();
  assert.equal(waiting.socket.samples[0].p, '/a#/b');
});

test('a name is said with the hello, or at once', async () => {
  const named = await livePage();
  named.window.pointerscope.identify(' Ann\u0007 Ö ');
  await named.settled();
  named.move(1, 1);
  named.pass(50);
  assert.equal(named.said.at(-1).n, 'Ann Ö');
  named.lose();
  named.pass(4000);
  named.open();
  assert.equal(named.socket.samples[0].n, 'Ann Ö');
  named.window.pointerscope.identify('ß'.repeat(60));
  named.window.pointerscope.identify('\n');
  await named.settled();
  await named.say(words.welcome());
  named.move(9, 9);
  named.pass(50);
  assert.equal(named.said.at(-1).n, 'ß'.repeat(32));
});

test('a copy without a tag of its own works by one that is there, or says why not', async () => {
  const tag = { dataset: { endpoint: 'wss://c.example/ws' } };
  const found = new FakePage({ tag: null, found: (selector) => (selector.includes('src*=') ? tag : null) });
  await found.settled();
  assert.equal(found.socket.url, 'wss://c.example/ws');
  const lost = new FakePage({
    tag: null, found: (selector) => (selector === 'script[data-debug]' ? { dataset: { debug: '' } } : null),
  });
  await lost.settled();
  assert.equal(lost.sockets.length, 0);
  assert.match(lost.warnings[0], /pointerscope: this copy has no tag of its own/);
  lost.window.pointerscope.start({ endpoint: 'wss://d.example/ws' });
  await lost.settled();
  assert.equal(lost.socket.url, 'wss://d.example/ws');
  // And one that waits does not keep another from working.
  const both = new FakePage({ tag: null });
  await both.settled();
  both.tag = { src: `${BASE}pointerscope.js`, dataset: {} };
  both.load();
  assert.equal(both.sockets.length, 1);
  const api = both.window.pointerscope;
  both.tag = null;
  both.load();
  await both.settled();
  assert.equal(both.window.pointerscope, api);
  assert.equal(both.sockets[0].isClosed, false);
});

test('data-debug says why nothing happens', async () => {
  const why = async (dataset, options) => (await page({ debug: '', ...dataset }, options)).warnings.join();
  assert.match(await why({ domains: 'a.example' }), /shop\.example is not among data-domains/);
  assert.match(await why({ consent: 'wait' }), /waits for pointerscope\.start\(\)/);
  assert.match(await why({ exclude: '/shop' }), /left out by data-exclude/);
  assert.match(await why({ endpoint: 'nonsense' }), /no address to send to/);
  assert.match(await why({ endpoint: 'http://x/' }), /not ws:\/\/ or wss/);
  assert.equal(await why({}), '');
});

test('a frame of the same origin speaks through the top page, in its places', async () => {
  const top = await livePage();
  const box = [100, 200, 300, 150];
  const element = Object.assign(new FakeElement('iframe', {}, { box }), { clientLeft: 2, clientTop: 3 });
  const frame = new FakePage({ parent: top, frameElement: element });
  await frame.settled();
  assert.equal(frame.sockets.length, 0);
  assert.ok(element.pointerscope);
  frame.now = top.now;
  frame.move(10, 20);
  frame.press(10, 20, { target: new FakeElement('button') });
  frame.point('click', 0, 0, { detail: 0, timeStamp: frame.now + 9e3 - 1_700_000_000_000,
    target: new FakeElement('input', {}, { box: [0, 0, 10, 10] }) });
  top.pass(50);
  assert.deepEqual(top.said.map(({ k, x, y }) => [k, x, y]),
    [['enter', 112, 223], ['down', 112, 223], ['up', 112, 223], ['click', 112, 223], ['click', 107, 208]]);
});

/** Waits until `check` holds, as promises of the page are answered. */
async function until(check) {
  for (let i = 0; i < 1000 && !check(); i += 1) await null;
  assert.ok(check());
}

test('where WebSockets are blocked it posts at the pace of the answers, and tries again later', async () => {
  const blocked = new FakePage();
  const posts = [];
  blocked.fetch = async (url, { body, method }) => {
    posts.push({ url, method, events: JSON.parse(body) });
    return { ok: true, status: 200, json: async () => ({ interval: 2000 }) };
  };
  blocked.lose();
  blocked.pass(7000);
  blocked.lose();
  await blocked.settled();
  assert.deepEqual(blocked.loaded, [`${BASE}pointerscope-fallback.js`]);
  blocked.move(1, 1);
  blocked.pass(4000);
  await until(() => posts.length === 1);
  await until(() => blocked.loaded.length === 2);
  await blocked.settled();
  assert.equal(posts[0].url, 'http://127.0.0.1:8081/events');
  const [hello] = posts[0].events;
  assert.match(hello.id, /^[a-z0-9]{12}$/);
  assert.equal(hello.p, '/shop');
  blocked.move(7, 8);
  blocked.press(7, 8);
  blocked.pass(2100);
  await until(() => posts.length === 2);
  assert.deepEqual(posts[1].events.map(({ k, id }) => [k, id === hello.id]),
    [['enter', true], ['down', true], ['up', true], ['click', true]]);
  assert.equal(blocked.sockets.length, 2);
  blocked.pass(1);
  await blocked.settled();
  blocked.press(9, 9);
  blocked.window.dispatch('pagehide');
  assert.equal(blocked.beacons.length, 1);
  assert.ok(JSON.parse(blocked.beacons[0].body).some(({ k }) => k === 'click'));
});

test('a turn of posting, ended by a post that fails or hangs, leads to another WebSocket', async () => {
  const taken = async () => ({ ok: true, json: async () => ({ interval: 60_000 }) });
  const fails = async () => ({ ok: false });
  const hangs = () => new Promise(() => {});
  for (const [answer, seconds] of [[taken, 320], [fails, 20], [hangs, 20]]) {
    const blocked = new FakePage();
    blocked.fetch = answer;
    blocked.lose();
    blocked.pass(7000);
    blocked.lose();
    await blocked.settled();
    for (let i = 0; i < seconds && blocked.sockets.length < 3; i += 1) {
      blocked.move(i, i);
      blocked.pass(1000);
      await blocked.settled();
    }
    assert.equal(blocked.sockets.length, 3);
    blocked.open();
    assert.equal(blocked.socket.samples.length, 1);
  }
});
