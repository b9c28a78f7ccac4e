/**
 * Random connections of `pointerscope.v1` as the snippet's encoder writes them, some of them damaged, and
 * what the decoder here makes of them: a line each, for another decoder to agree with.
 *
 *     node wire-streams.mjs SEED COUNT FILE
 *     HEX HEX ... | SAMPLE SAMPLE ... | the close code of the last message, or nothing
 */
import { openSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Decoder } from '../snippet/source/decode.js';
import { Dice } from './dice.mjs';
import { Encoder } from './wire-encoder.mjs';

const KEYS = ['x', 'y', 't', 'k', 'b', 'w', 'h', 'p', 'sx', 'sy', 'dw', 'dh', 'pt', 'n', 'el'];

/** A sample as viewers get it from the server, of the visitor `u`. */
export const told = (sample) =>
  `{"id":"u",${KEYS.filter((key) => key in sample)
    .map((key) => `"${key}":${JSON.stringify(sample[key]).replaceAll('\x7f', '\\u007f')}`).join(',')}}`;

/** What happens on one page: lists of events, a message each. */
export function story(dice) {
  let time = 1_732_109_508_124 + dice.below(1e9);
  const near = (value, reach) => value + dice.below(2 * reach + 1) - reach;
  let [x, y] = [dice.below(2000), dice.below(1000)];
  const point = () => {
    time += 2 * dice.pick([0, 4, 8, 8, 8, 9, 7, 25, 5000]);
    const reach = dice.pick([1, 10, 31, 64, 5000]);
    [x, y] = [near(x, reach), near(y, reach)];
    return [time, x, y];
  };
  const size = () => dice.below(dice.pick([100, 3000, 100_000]));
  const events = {
    move: () => ['move', ...point()], enter: () => ['enter', ...point()], leave: () => ['leave', ...point()],
    down: () => ['down', ...point(), dice.below(32)], up: () => ['up', ...point(), 0],
    cancel: () => ['cancel', ...point()], click: () => ['click', ...point(), dice.pick(['', 'a#b.c', 'ä.ö'])],
    scroll: () => ['scroll', time, dice.below(9), size()],
    wheel: () => ['wheel', time, near(0, 9), near(0, 200)],
    visibility: () => ['visibility', time, dice.chance(0.5)],
    resize: () => ['resize', time, size(), size(), size(), size()],
    page: () => ['page', time, dice.pick(['/', '/a/b', '/ü']), dice.below(9), size(), size(), size()],
    name: () => ['name', dice.pick(['Ann', 'Ö'])], pointer: () => ['pointer', dice.below(4)],
  };
  const kinds = [...Array(14).fill('move'), ...Object.keys(events)];
  const hello = {
    place: dice.chance(0.5), visible: true, clock: time, instance: '01 02 03 04 05 06 07 08',
    token: dice.chance(0.5) ? '' : 'T'.repeat(dice.below(128)), path: dice.pick(['/', '/shop', '/ä']), x, y,
    sx: dice.below(9), sy: size(), w: size(), h: size(), dw: size(), dh: size(), ratio: 125,
    pt: dice.below(4), name: dice.pick(['', 'Ben']),
  };
  const messages = [[['hello', hello]]];
  for (let left = dice.below(4); left > 0; left -= 1) {
    messages.push(Array.from({ length: dice.below(9) }, () => events[dice.pick(kinds)]()));
  }
  if (dice.chance(0.2)) messages.at(-1).push(['bye', time]);
  return messages;
}

/** The messages of a story; some are lost, come again or are damaged on their way. */
export function stream(dice) {
  const encoder = new Encoder();
  const messages = story(dice).map((events) => [...encoder.encode(events)]);
  if (dice.chance(0.2) && messages.length > 2) messages.splice(1 + dice.below(messages.length - 2), 1);
  if (dice.chance(0.1)) messages.push(messages.at(-1));
  if (dice.chance(0.3)) {
    const last = messages.at(-1);
    if (dice.chance(0.3)) last.length = dice.below(last.length + 1);
    else if (last.length > 0) last[dice.below(last.length)] = dice.below(256);
  }
  return messages.map((message) => Uint8Array.from(message));
}

/** What comes of messages, up to the first one that is refused. */
export function outcome(messages) {
  const decoder = new Decoder();
  const samples = [];
  const taken = [];
  for (const message of messages) {
    taken.push(message);
    try {
      samples.push(...decoder.decode(message).samples);
    } catch (error) {
      if (!error.close) throw error;
      return { taken, samples, close: error.close };
    }
  }
  return { taken, samples, close: '' };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [seed, count, file] = process.argv.slice(2);
  const dice = new Dice(Number(seed));
  const output = openSync(file, 'w');
  for (let i = 0; i < Number(count); i += 1) {
    const { taken, samples, close } = outcome(stream(dice));
    const bytes = taken.map((message) => Buffer.from(message).toString('hex')).join(',');
    writeSync(output, `${bytes}|${samples.map(told).join(' ')}|${close}\n`);
  }
}
