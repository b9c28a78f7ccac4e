// What is served is what its source says, and small.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { build } from '../snippet/build.mjs';

const read = (name) => readFileSync(new URL(`../snippet/${name}`, import.meta.url));
const folder = new URL('../snippet', import.meta.url);
const names = readdirSync(folder).filter((name) => name.startsWith('pointerscope'));
const scripts = names.filter((name) => /js$/.test(name));

test('the core stays within 1,536 bytes gzipped', (t) => {
  const served = (endpoint, base) =>
    Buffer.from(`${read('pointerscope.js')}`.replace('ws://%ENDPOINT%', endpoint).replace('%BASE%', base));
  const long = `${'a-name-as-long-as-they-come.'.repeat(2)}test`;
  assert.equal(long.length, 60);
  for (const addresses of [['ws://127.0.0.1:8081', 'http://127.0.0.1:2112/'],
    ['wss://watch.example.org/ws', 'https://watch.example.org/'], [`wss://${long}/ws`, `https://${long}/`]]) {
    const script = served(...addresses);
    const size = gzipSync(script, { level: 9 }).length;
    t.diagnostic(`${size} bytes gzipped, ${script.length} plain, with ${addresses[0]}`);
    assert.ok(size <= 1536, `${size} bytes`);
  }
});

test('the other files have their bounds as well', (t) => {
  const bounds = {
    'pointerscope-live.js': 2850, 'pointerscope-options.js': 1800, 'pointerscope-fallback.js': 3200,
  };
  for (const [name, bound] of Object.entries(bounds)) {
    const size = gzipSync(read(name), { level: 9 }).length;
    t.diagnostic(`${name}: ${size} bytes gzipped`);
    assert.ok(size <= bound, `${name}: ${size} bytes`);
  }
});

test('each script has its beginning in gzip\'s and in brotli\'s format, ended where the addresses go', () => {
  assert.equal(scripts.length, 5);
  for (const name of scripts) {
    const text = read(name);
    const places = text.indexOf('ws://%ENDPOINT%');
    const head = places < 0 ? text : text.subarray(0, places);
    const rest = text.subarray(head.length);
    assert.ok(rest.length < 60, name);
    // An empty block behind the prefix, which is the last, ends either; gzip's begins amid a byte.
    const packed = read(`${name}.gz`);
    const bits = packed.at(-1);
    const whole = packed.subarray(0, bits ? -2 : -1);
    const last = (bits && packed.at(-2)) | 3 << bits;
    const ended = Buffer.from([last & 255, last >> 8]);
    const deflated = Buffer.concat([whole, ended, Buffer.alloc(bits + 10 > 16 ? 1 : 0)]);
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(checksum(head));
    trailer.writeUInt32LE(head.length, 4);
    assert.deepEqual(gunzipSync(Buffer.concat([deflated, trailer])), head, name);
    assert.deepEqual(brotliDecompressSync(Buffer.concat([read(`${name}.br`), Buffer.from([3])])), head, name);
  }
});

/** CRC-32 (RFC 1952, section 8). */
function checksum(bytes) {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? value >>> 1 ^ 0xedb88320 : value >>> 1;
  }
  return ~value >>> 0;
}

const has = (tool) => {
  try {
    const env = { ...process.env, NODE_PATH: '/usr/share/nodejs' };
    execFileSync(tool, ['--version'], { stdio: 'ignore', env });
    return true;
  } catch {
    return false;
  }
};
const missing = ['esbuild', 'terser', 'zopfli'].filter((tool) => !has(tool));

test('what is kept is what the source makes', {
  skip: missing.length > 0 && `NOT COMPARED, for want of ${missing.join(' and ')}: make test-packages`,
}, () => {
  const made = build();
  // How well a zlib or a brotli presses is its own affair: those are held by what they hold, above.
  for (const name of scripts) assert.equal(`${read(name)}`, `${made[name]}`, `${name}: make snippet`);
  assert.deepEqual(Object.keys(made).sort(), names.filter((name) => !name.endsWith('.ts')).sort());
});
