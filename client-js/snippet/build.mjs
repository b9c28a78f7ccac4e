/**
 * Makes what is served out of `source/`: `node build.mjs [FOLDER]`, this folder unless another is named.
 *
 * esbuild puts the modules together and shortens the names that files share, terser makes it small. Each
 * script is kept in three forms: as it is; and up to where the server's own addresses go, in gzip's and in
 * brotli's format, so that whoever serves it adds the rest without compressing anything.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** The modules below `entry` as one; names that begin with `_` are shortened as in those made before it. */
function bundled(entry, scratch) {
  return run('esbuild', [
    path.join(modules, entry), '--bundle', '--format=esm', '--target=es2022', '--mangle-props=^_',
    `--mangle-cache=${path.join(scratch, 'names.json')}`, '--log-level=error',
  ]);
}

const small = (text, ...more) => run('terser', [...TERSER, ...more], text).trim().replace(/;$/, '');

/** The script of the tag: a function that is called with the two addresses, at its very end. */
function script(scratch) {
  const body = `SNIPPET((ENDPOINT, BASE) => { try { ${bundled('pointerscope.js', scratch)} } catch {} })`;
  const text = small(body);
  return `${text.slice('SNIPPET('.length, -1)}("${PLACES.endpoint}","${PLACES.base}")`;
}

/** A module whose endpoint is its last word. */
function module(scratch) {
  const source = bundled('module.js', scratch).replaceAll('ENDPOINT', 'pointerscopeEndpoint');
  const text = small(source, '--module');
  return `${text};var pointerscopeEndpoint="${PLACES.endpoint}"`;
}

const part = (entry, scratch) => small(bundled(entry, scratch), '--module');

/** Raw deflate and brotli of the beginning of a text, ended at a whole byte so that more can follow. */
function packed(head) {
  // The last four bytes are the empty block's length, in the place of which that of the rest goes.
  const options = { level: 9, memLevel: 9, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  const deflated = zlib.deflateRawSync(head, options).subarray(0, -4);
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  const brotli = zlib.brotliCompressSync(head, {
    finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
    params: {
      [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_LGWIN]: 16,
      [zlib.constants.BROTLI_PARAM_SIZE_HINT]: head.length,
    },
  });
  return { gz: Buffer.concat([header, deflated]), br: brotli };
}

/** Everything that is made: names and contents. */
export function build() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'pointerscope-snippet-'));
  try {
    writeFileSync(path.join(scratch, 'names.json'), '{}');
    const made = {
      'pointerscope.js': script(scratch),
      'pointerscope.mjs': module(scratch),
      'pointerscope-live.js': part('live.js', scratch),
      'pointerscope-options.js': part('options.js', scratch),
      'pointerscope-fallback.js': part('fallback.js', scratch),
    };
    return Object.fromEntries(Object.entries(made).flatMap(([name, text]) => {
      const places = text.indexOf(PLACES.endpoint);
      const { gz, br } = packed(Buffer.from(places < 0 ? text : text.slice(0, places)));
      return [[name, Buffer.from(text)], [`${name}.gz`, gz], [`${name}.br`, br]];
    }));
  } finally {
    rmSync(scratch, { recursive: true });
  }
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
