// Long polls in place of streams: when, how, and what becomes of answers that are cut.
import assert from 'node:assert/strict';
import test from 'node:test';
import { connectionText } from '../dashboard/connection-view.js';
import { EARLY_MS, SILENCE_MS } from '../dashboard/limits.js';
import { PollSource } from '../dashboard/poll-source.js';
import { Stream } from '../dashboard/stream.js';
import { Dice } from './dice.mjs';

const turn = () => new Promise(setImmediate);

/** An answer with these bytes, given in pieces; broken at its end, or whole. */
function answer(text, { pieces = [text.length], isCut = false, status = 200 } = {}) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const parts = pieces.map((size) => { const part = bytes.slice(at, at + size); at += size; return part; });
  const read = async () => {
    if (parts.length > 0) return { value: parts.shift(), done: false };
    if (isCut) throw new Error('cut');
    return { value: undefined, done: true };
  };
  return { ok: status === 200, status, body: { getReader: () => ({ read }) } };
}

/** A server of numbered frames: what is behind a cursor is the answer. */
class Server {
  messages = [];
  asked = [];
  add(event, data) {
    const id = `aa-${this.messages.length + 1}`;
    this.messages.push({ id, text: `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n` });
  }
  behind(url) {
    this.asked.push(url);
    const cursor = /cursor=aa-(\d+)/.exec(url)?.[1] ?? '0';
    return this.messages.slice(Number(cursor)).map(({ text }) => text).join('');
  }
}

function listen(source, heard) {
  for (const event of ['keyframe', 'frame', 'status']) {
    source.addEventListener(event, ({ data, lastEventId }) => heard.push([lastEventId, JSON.parse(data)]));
  }
}

test('polls go on where the last answer ended, and end when they are closed', async () => {
  const server = new Server();
  server.add('keyframe', { visitors: [] });
  const heard = [];
  let give;
  const get = (url) => new Promise((done) => { give = () => done(answer(server.behind(url))); });
  const source = new PollSource('../poll/ann?shape=frames&last-event-id=aa-0', get);
  listen(source, heard);
  await turn();
  give();
  await turn();
  server.add('frame', { at: 5 });
  give();
  await turn();
  assert.deepEqual(heard, [['aa-1', { visitors: [] }], ['aa-2', { at: 5 }]]);
  const cursors = server.asked.map((url) => url.replace('../poll/ann?shape=frames&cursor=', ''));
  assert.deepEqual(cursors, ['aa-0', 'aa-1']);
  source.close();
  server.add('frame', { at: 6 });
  give();
  await turn();
  assert.equal(heard.length, 2);
});

test('answers cut anywhere lose nothing and double nothing', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const dice = new Dice(seed);
    const server = new Server();
    const heard = [];
    const get = async (url) => {
      await turn();
      const text = server.behind(url);
      const size = new TextEncoder().encode(text).length;
      const isCut = dice.chance(0.6);
      let left = isCut ? dice.below(size + 1) : size;
      const pieces = [];
      while (left > 0) { const piece = 1 + dice.below(left); pieces.push(piece); left -= piece; }
      return answer(text, { pieces, isCut });
    };
    const source = new PollSource('/poll/x?shape=frames', get);
    listen(source, heard);
    let n = 0;
    for (let step = 0; step < 60; step += 1) {
      if (dice.chance(0.6)) server.add('frame', { number: (n += 1), text: 'é😀' });
      await turn();
    }
    for (let i = 0; i < 400 && heard.length < n; i += 1) await turn();
    source.close();
    const numbers = heard.map(([, { number }]) => number);
    assert.deepEqual(numbers, Array.from({ length: n }, (_, i) => i + 1), `seed ${seed}`);
  }
});

test('a keyframe that is cut is begun again', async () => {
  const heard = [];
  const asked = [];
  const part = 'id: aa-5\nevent: keyframe\ndata: {"visitors":[],"more":true}\n\n';
  const whole = 'id: aa-5\nevent: keyframe\ndata: {"visitors":[]}\n\n';
  const answers = [answer(part, { isCut: true }), answer(part + whole)];
  const get = async (url) => { asked.push(url); return answers.shift() ?? new Promise(() => {}); };
  const source = new PollSource('/poll/x?shape=frames', get);
  listen(source, heard);
  await turn();
  await turn();
  const cursors = asked.map((url) => url.replace('/poll/x?shape=frames', ''));
  assert.deepEqual(cursors, ['', '', '&cursor=aa-5']);
  assert.equal(heard.length, 3);
  source.close();
});

test('a refused poll is an error, once', async () => {
  let errors = 0;
  const source = new PollSource('/poll/x?shape=frames', async () => answer('', { status: 404 }));
  source.onerror = () => { errors += 1; };
  await turn();
  await turn();
  assert.equal(errors, 1);
});

function rig() {
  const made = { now: 0, opened: [] };
  const open = (how) => (url) => {
    const listeners = {};
    const addEventListener = (event, run) => { listeners[event] = run; };
    const source = { how, url, close: () => {}, addEventListener };
    source.say = (id) => listeners.status({ data: '{}', lastEventId: id });
    made.opened.push(source);
    return source;
  };
  made.stream = new Stream({
    url: '/receive/x?shape=frames',
    open: open('stream'),
    poll: open('poll'),
    now: () => made.now,
    received: () => {},
  });
  made.stream.connect();
  /** The newest connection lives so long, or not at all, and then breaks; it is tried again. */
  made.breaks = (lived) => {
    const source = made.opened.at(-1);
    if (lived > 0) source.say('aa-1');
    made.now += lived;
    source.onerror();
    made.now = Math.ceil(made.stream.retryAt);
    made.stream.tick();
    return made.opened.at(-1).how;
  };
  return made;
}

test('two streams that end early, and it is polled from where they ended, and said', () => {
  const made = rig();
  assert.equal(made.breaks(5000), 'stream');
  assert.equal(made.breaks(5000), 'poll');
  assert.match(made.opened.at(-1).url, /last-event-id=aa-1/);
  made.opened.at(-1).say('aa-2');
  assert.equal(connectionText(made.stream, false, 0, 0).text, 'Live, by polling');
  assert.equal(made.breaks(5000), 'poll');
  made.stream.connect();
  assert.equal(made.opened.at(-1).how, 'stream');
});

test('streams of which nothing comes are held back on the way: it is polled', () => {
  const made = rig();
  const falls = () => {
    made.now += SILENCE_MS + 1;
    made.stream.tick();
    made.now = Math.ceil(made.stream.retryAt);
    made.stream.tick();
    return made.opened.at(-1).how;
  };
  assert.equal(falls(), 'stream');
  assert.equal(falls(), 'poll');
  // A server that says nothing at all is asked both ways by turns.
  assert.equal(falls(), 'stream');
});

test('streams that live, or never begin, are no reason to poll; without polls it is streams again', () => {
  const made = rig();
  for (let i = 0; i < 5; i += 1) assert.equal(made.breaks(EARLY_MS), 'stream');
  for (let i = 0; i < 5; i += 1) assert.equal(made.breaks(0), 'stream');
  made.breaks(100);
  made.breaks(EARLY_MS + 1);
  assert.equal(made.breaks(100), 'stream');
  assert.equal(made.breaks(100), 'poll');
  assert.equal(made.breaks(0), 'stream');
});
