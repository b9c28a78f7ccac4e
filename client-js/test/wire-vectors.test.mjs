// The vectors that the Swift codec reads too: what messages mean, and what the snippet makes of events.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Decoder } from '../snippet/source/decode.js';
import { Encoder } from './wire-encoder.mjs';

const path = new URL('../../Tests/PointerEventsTests/Vectors/pointerscope-v1.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8'));
const byName = new Map([...vectors.toServer, ...vectors.toPage].map((vector) => [vector.name, vector]));

/** The bytes of a message: lines of `HEX | words` or `N * HEX | words`, or another vector's first. */
function bytesOf(message) {
  if (typeof message === 'string') return bytesOf(byName.get(message).messages[0]);
  return message.flatMap((line) => {
    const [, times, hex] = /^(?:(\d+) \* )?([0-9a-f ]*?)(?: ?\|.*)?$/.exec(line);
    const bytes = hex.trim().split(/\s+/).filter(Boolean).map((digits) => parseInt(digits, 16));
    return Array.from({ length: Number(times ?? 1) }, () => bytes).flat();
  });
}

for (const vector of vectors.toServer) {
  test(`decodes: ${vector.name}`, () => {
    const decoder = new Decoder();
    const samples = [];
    const notes = [];
    let close;
    for (const message of vector.messages) {
      try {
        const said = decoder.decode(Uint8Array.from(bytesOf(message)));
        samples.push(...said.samples);
        notes.push(said.notes);
      } catch (error) {
        if (!error.close) throw error;
        close = error.close;
      }
    }
    assert.equal(close, vector.close);
    if (vector.count !== undefined) assert.equal(samples.length, vector.count);
    else assert.deepEqual(samples, vector.samples ?? []);
    assert.deepEqual(notes, vector.notes ?? []);
  });
}

for (const vector of vectors.toServer.filter(({ events }) => events)) {
  test(`encodes: ${vector.name}`, () => {
    const encoder = new Encoder();
    const decoder = new Decoder();
    const samples = [];
    vector.events.forEach((events, i) => {
      const made = encoder.encode(events);
      samples.push(...decoder.decode(made).samples);
      // The core's hello has its length in two bytes, and a sync says where its own encoder is.
      if (events[0]?.[0] !== 'hello') {
        assert.deepEqual([...made], bytesOf(vector.messages[i]), `message ${i}`);
      }
    });
    if (vector.count !== undefined) assert.equal(samples.length, vector.count);
    else assert.deepEqual(samples, vector.samples ?? []);
  });
}
