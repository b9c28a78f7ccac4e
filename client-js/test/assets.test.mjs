// What is shipped is embedded, and what is embedded is fit to be shipped.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

const client = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, client), 'utf8');
const folders = ['dashboard', 'pages', 'sample', 'snippet'];
const shipped = folders.flatMap((folder) =>
  readdirSync(new URL(folder, client))
    .filter((name) => /\.(mjs|js|css|html|svg|gz|br)$/.test(name) && name !== 'build.mjs').sort()
    .map((name) => `${folder}/${name}`));

/** What `snippet/build.mjs` makes, for browsers and not for people. */
const isMade = (name) => name.startsWith('snippet/');

const pages = shipped.filter((name) => name.endsWith('.html'));

test('every shipped file is in the binary, under its own name', () => {
  const all = read('../Sources/ClientAssets/client_assets.c');
  for (const folder of folders) {
    const table = read(`../Sources/ClientAssets/${folder}_assets.c`);
    const own = shipped.filter((name) => name.startsWith(`${folder}/`));
    const embedded = [...table.matchAll(/#embed "..\/..\/client-js\/(.+)"/g)].map(([, name]) => name);
    const named = [...table.matchAll(/ASSET\("(.+)", (\w+)\)/g)];
    assert.deepEqual(embedded, own);
    assert.deepEqual(named.map(([, name]) => name), own);
    for (const [, name, identifier] of named) assert.equal(identifier, name.replaceAll(/\W/g, '_'));
    assert.ok(all.includes(`&${folder}_assets`), folder);
  }
});

test('every import and every reference of a page leads to a file that exists', () => {
  for (const path of shipped.filter((name) => name.endsWith('.js'))) {
    for (const [, target] of read(path).matchAll(/from '\.\/(.+)'/g)) {
      assert.ok(existsSync(new URL(`dashboard/${target}`, client)), `${path}: ${target}`);
    }
  }
  for (const page of pages) {
    let count = 0;
    for (const [, target] of read(page).matchAll(/(?:href|src)="[^"]*assets\/(.+?)"/g)) {
      assert.ok(shipped.includes(target), `${page}: ${target}`);
      count += 1;
    }
    assert.ok(count > 1, page);
  }
});

test('no module of the dashboard is dead', () => {
  const modules = shipped.filter((name) => name.startsWith('dashboard/') && name.endsWith('.js'));
  const imported = new Set(['main.js']);
  for (const path of modules) {
    for (const [, target] of read(path).matchAll(/(?:from |new URL\()'\.\/(.+?)'/g)) imported.add(target);
  }
  const dead = modules.filter((path) => !imported.has(path.slice('dashboard/'.length)));
  assert.deepEqual(dead, []);
});

test('no page needs anything that its content security policy forbids', () => {
  for (const page of pages) {
    // What the sample page shows of the tag is text.
    const text = read(page).replace('>http://HOST:2112/pointerscope.js<', '');
    const forbidden = /\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)|javascript:|data:|https?:/;
    assert.doesNotMatch(text, forbidden, page);
  }
  for (const path of shipped.filter((name) => name.endsWith('.css'))) {
    assert.doesNotMatch(read(path), /url\(|@import|https?:/, path);
  }
});

test('every page works under any path: what it names is relative to it, or to its base', () => {
  for (const page of pages) {
    const relative = page.startsWith('pages/') ? /^\{\{(BASE|HREF)\}\}/ : /^\.\.?\//;
    for (const [, target] of read(page).matchAll(/(?:href|src|action)="([^"<]+)"/g)) {
      assert.match(target, relative, page);
    }
  }
  for (const path of shipped.filter((name) => name.endsWith('.js'))) {
    assert.doesNotMatch(read(path), /(?:fetch|EventSource|URL|get)\(['"`]\/|url: ['"`]\//, path);
  }
});

test('the pages with forms say what each field is, and to whom it belongs', () => {
  const fields = {
    'pages/sign-in.html': { token: 0, return: 0, name: 'username', password: 'current-password' },
    'pages/take-over.html': { token: 0, ticket: 0, return: 0 },
    'pages/first-admin.html': {
      token: 0, invite: 0, name: 'username', password: 'new-password', again: 'new-password',
    },
  };
  for (const [page, expected] of Object.entries(fields)) {
    const text = read(page);
    assert.match(text, /<form method="post" action="\{\{BASE\}\}[a-z-]+">/, page);
    const found = {};
    for (const [input] of text.matchAll(/<input[^>]*>/g)) {
      const attribute = (name) => input.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1];
      found[attribute('name')] = attribute('autocomplete') ?? 0;
      if (attribute('type') === 'hidden') continue;
      assert.ok(text.includes(`<label for="${attribute('id')}">`), `${page}: ${attribute('name')}`);
    }
    assert.deepEqual(found, expected, page);
  }
});

test('strangers text never becomes markup', () => {
  for (const path of shipped.filter((name) => name.startsWith('dashboard/') && name.endsWith('.js'))) {
    const markup = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/;
    assert.doesNotMatch(read(path), markup, path);
  }
});

test('the sample page carries the snippet and the placeholder of the ingest address', () => {
  const page = read('sample/index.html');
  assert.match(page, /<script src="\.\/pointerscope\.js" data-ingest="\{\{INGEST\}\}" async><\/script>/);
  assert.match(page, /href="\.\/admin\/demo"/);
});

test('files and lines are short', () => {
  const own = [...shipped.filter((name) => !isMade(name)), 'snippet/build.mjs',
    ...['test', 'snippet/source'].flatMap((folder) =>
      readdirSync(new URL(folder, client)).map((name) => `${folder}/${name}`))];
  for (const path of own) {
    const lines = read(path).split('\n');
    assert.ok(lines.length <= 301, `${path} has ${lines.length} lines`);
    const wide = lines.findIndex((line) => line.length > 110);
    assert.equal(wide, -1, `${path}:${wide + 1} is wide`);
  }
});
