/**
 * Makes what is served out of `source/`: `node build.mjs [FOLDER]`, this folder unless another is named.
 *
 * esbuild puts the modules together, terser makes them small, the names that files share become letters. Each
 * script is kept in three forms: as it is; and up to where the server's own addresses go, in gzip's and in
 * brotli's format, so that whoever serves it adds the rest without compressing anything: brotli's is ended at
 * a whole byte, gzip's, by zopfli where that takes less, has a last byte that says how many bits of the one
 * before it are in use.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, 'source');
/** What stands where the server puts its addresses: nothing that could be connected to. */
const PLACES = { endpoint: 'ws://%ENDPOINT%', base: '%BASE%' };
const TERSER = [
  '--ecma', '2020', '--mangle', '--compress',
  'passes=3,ecma=2020,unsafe,unsafe_arrows,pure_getters,booleans_as_integers,keep_fargs=false',
];
// Debian's terser looks for its libraries in Debian's places, other builds of node do not.
const environment = { ...process.env, NODE_PATH: '/usr/share/nodejs' };

const run = (program, options, input) =>
  execFileSync(program, options,
    { input, encoding: 'utf8', env: environment, stdio: ['pipe', 'pipe', 'inherit'] });

/** The modules below `entry` as one. */
const bundled = (entry) => run('esbuild', [
  path.join(modules, entry), '--bundle', '--minify-syntax', '--format=esm', '--target=es2022',
  '--log-level=error',
]);

/** A letter for each name that begins with `_`, the same in all files: those with which gzip does best. */
const letters = JSON.parse(readFileSync(path.join(modules, 'letters.json'), 'utf8'));

function small(text, ...more) {
  const result = run('terser', [...TERSER, ...more], text).trim().replace(/;$/, '')
    .replace(/\b_[a-z]+\b/g, (name) => letters[name] ?? name);
  const [missing] = result.match(/(?<=\.)_[a-z]+/) ?? [];
  if (missing) throw new Error(`letters.json has none for ${missing}`);
  return result;
}

/** The script of the tag: a function that is called with the two addresses, at its very end. */
function script() {
  const body = `SNIPPET((ENDPOINT, BASE) => { try { ${bundled('pointerscope.js')} } catch {} })`;
  const text = small(body);
  return `${text.slice('SNIPPET('.length, -1)}("${PLACES.endpoint}","${PLACES.base}")`;
}

/** A module whose endpoint is its last word. */
function module() {
  const source = bundled('module.js').replaceAll('ENDPOINT', 'pointerscopeEndpoint');
  const text = small(source, '--module');
  return `${text};var pointerscopeEndpoint="${PLACES.endpoint}"`;
}

const part = (entry) => small(bundled(entry), '--module');

/** The end of a deflate stream with nothing more to say: a last block, with fixed codes, which is empty. */
const END = [1, 1, 0, 0, 0, 0, 0, 0, 0, 0];

/** The blocks of `deflated` up to a bit near `end`, whose last one is not the last: see `unended`. */
function opened(deflated, end, head) {
  for (let at = end; at > end - 64; at -= 1) {
    const whole = at >> 3;
    const bits = at & 7;
    const begun = deflated[whole] & (1 << bits) - 1;
    const ended = Buffer.concat([deflated.subarray(0, whole), Buffer.alloc(3)]);
    ended[whole] = begun;
    END.forEach((bit, i) => { ended[at + i >> 3] |= bit << (at + i & 7); });
    try {
      if (zlib.inflateRawSync(ended).equals(head)) {
        return Buffer.from([...deflated.subarray(0, whole), ...bits ? [begun] : [], bits]);
      }
    } catch {}
  }
  return undefined;
}

/** What zopfli makes of a text where it is one block, whose first bit no more says that it is the last. */
function squeezed(head) {
  const folder = mkdtempSync(path.join(tmpdir(), 'pointerscope-snippet-'));
  try {
    const file = path.join(folder, 'head');
    writeFileSync(file, head);
    const deflated = execFileSync('zopfli', ['--deflate', '--i1000', '-c', file]);
    if (!(deflated[0] & 1)) return undefined;
    deflated[0] &= ~1;
    return opened(deflated, deflated.length * 8, head);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A deflate stream that goes on: whole bytes, what is begun of the next, and how many bits that is. */
function unended(head) {
  const options = { level: 9, memLevel: 9, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  const flushed = zlib.deflateRawSync(head, options);
  // Behind its last code stand three bits, what fills the byte, and four more bytes.
  const usual = opened(flushed, (flushed.length - 4) * 8 - 3, head);
  const small = squeezed(head);
  return small && small.length < usual.length ? small : usual;
}

/** The beginning of a text in gzip's and in brotli's format, so that more can follow. */
function packed(head) {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  const brotli = zlib.brotliCompressSync(head, {
    finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
    params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 16,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: head.length,
    },
  });
  return { gz: Buffer.concat([header, unended(head)]), br: brotli };
}

/** Everything that is made: names and contents. */
export function build() {
  const made = {
    'pointerscope.js': script(),
    'pointerscope.mjs': module(),
    'pointerscope-live.js': part('live.js'),
    'pointerscope-options.js': part('options.js'),
    'pointerscope-fallback.js': part('fallback.js'),
  };
  return Object.fromEntries(Object.entries(made).flatMap(([name, text]) => {
    const places = text.indexOf(PLACES.endpoint);
    const { gz, br } = packed(Buffer.from(places < 0 ? text : text.slice(0, places)));
    return [[name, Buffer.from(text)], [`${name}.gz`, gz], [`${name}.br`, br]];
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? here;
  for (const [name, content] of Object.entries(build())) {
    writeFileSync(path.join(folder, name), content);
    if (!name.endsWith('js')) continue;
    const gzipped = zlib.gzipSync(content, { level: 9 }).length;
    const brotli = zlib.brotliCompressSync(content).length;
    console.log(`${name}: ${content.length} bytes, ${gzipped} gzipped, ${brotli} in brotli`);
  }
}
