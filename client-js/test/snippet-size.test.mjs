import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

test('the snippet stays under 1.5 KB gzipped', (t) => {
  const source = readFileSync(new URL('../snippet/pointerscope.js', import.meta.url));
  const size = gzipSync(source, { level: 9 }).length;
  t.diagnostic(`${size} bytes gzipped, ${source.length} plain`);
  assert.ok(size < 1500, `${size} bytes`);
});
