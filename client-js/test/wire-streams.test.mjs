// What the snippet's encoder writes is read as it was meant, over seeded random connections.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Decoder } from '../snippet/source/decode.js';
import { Dice } from './dice.mjs';
import { outcome, story, stream } from './wire-streams.mjs';
import { Encoder } from './wire-encoder.mjs';

test('places and times of random stories come out as they went in', () => {
  for (let seed = 1; seed <= 3000; seed += 1) {
    const messages = story(new Dice(seed));
    const encoder = new Encoder();
    const decoder = new Decoder();
    for (const events of messages) {
      const { samples } = decoder.decode(encoder.encode(events));
      const expected = events.filter(([kind]) => !['visibility', 'name', 'pointer', 'bye'].includes(kind));
      assert.equal(samples.length, expected.length, `seed ${seed}`);
      expected.forEach(([kind, ...rest], i) => {
        const sample = samples[i];
        if (kind === 'hello') return;
        assert.equal(sample.t, rest[0], `seed ${seed}`);
        if (kind === 'scroll' || kind === 'page') {
          const [left, top] = kind === 'page' ? rest.slice(2) : rest.slice(1);
          assert.deepEqual([sample.sx, sample.sy], [left, top], `seed ${seed}`);
        } else if (kind !== 'wheel' && kind !== 'resize') {
          const { k = 'move', x, y } = sample;
          assert.deepEqual([k, x, y], [kind, rest[1], rest[2]], `seed ${seed}`);
        }
      });
    }
  }
});

test('damaged connections end with a close code and nothing else', () => {
  const codes = new Set();
  for (let seed = 1; seed <= 5000; seed += 1) codes.add(outcome(stream(new Dice(seed))).close);
  assert.deepEqual([...codes].sort(), ['', 1007, 1008]);
});
