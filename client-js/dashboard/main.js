/**
 * The dashboard: wires the stream to the picture, the picture to the screen, and hands to both. One animation
 * frame loop draws everything; nothing is written into the document per sample.
 */
import { CommandPalette } from './command-palette.js';
import { offers } from './commands.js';
import { csv, exportRows, fileName, save } from './export.js';
import { Follow } from './follow.js';
import { keyboard } from './keyboard.js';
import { TICK_MS } from './limits.js';
import { Narrowing } from './narrowing.js';
import { PauseBuffer } from './pause.js';
import { Picture } from './picture.js';
import { placeText, readPlace } from './place.js';
import { Screen } from './screen.js';
import { Selection } from './selection.js';
import { SessionView } from './session-view.js';
import { SharedStream } from './shared-stream.js';
import { visible } from './strangers.js';
import { ViewTime } from './view-time.js';

const element = (id) => document.getElementById(id);

/** The admin's name as it stands, still percent-encoded, in /admin/NAME below whatever base. */
const name = location.pathname.split('/').at(-1) ?? '';
const base = new URL('..', location.href).href;

const time = new ViewTime();
const picture = new Picture();
const pause = new PauseBuffer();
let wasLive = false;
let view = 'site';

const selection = new Selection(picture.table, () => {
  follow.changed();
  screen.map.clear();
  screen.touch();
  placeChanged();
});
const follow = new Follow(picture, selection);

const stream = new SharedStream({
  name,
  base,
  received(event, data, units) {
    if (event === 'signed-out') {
      account.session.end(data);
      return;
    }
    const now = time.real();
    if (time.isHeld) pause.hold({ event, data, now }, units);
    else picture.received(event, data, now);
    if (document.hidden) screen.writeTitle();
  },
  changed() {
    const now = time.real();
    screen.phaseChanged(now);
    if (stream.phase === 'waiting') account.session.check();
    if (stream.phase === 'waiting' && wasLive) picture.journal.noted('connection lost', now);
    const isLive = stream.phase === 'live';
    if (isLive && !wasLive && stream.origin === 'resumed') picture.journal.noted('resumed', now);
    if (isLive && !wasLive && stream.origin === 'reset') picture.journal.noted('server restarted', now);
    wasLive = isLive;
    document.body.classList.toggle('stale', !wasLive);
  },
});

const narrowing = new Narrowing({ picture, stream });
const account = new SessionView(element, `/admin/${name}`, () => stream.signOut());
const scriptURL = new URL('pointerscope.js', base).href;
const screen = new Screen(element, { picture, selection, follow, time, stream, scriptURL }, choosePage);

function togglePause() {
  if (!time.isHeld) {
    time.hold();
  } else {
    time.release();
    const held = pause.take();
    for (const { event, data, now } of held ?? []) picture.received(event, data, now);
    if (held === null) stream.renew();
  }
  element('pause').setAttribute('aria-pressed', String(time.isHeld));
  document.body.classList.toggle('paused', time.isHeld);
  screen.touch();
}

function toggleDialog(id) {
  const dialog = element(id);
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

function cycleSort(sort) {
  screen.list.setSort(sort);
  element('sort').value = screen.list.sort;
}

/** Shows one page, or all (null). */
function choosePage(path) {
  picture.sieve.choosePage(path, time.now());
  filterChanged();
}

function setFilter(text) {
  picture.sieve.setFilter(text, time.now());
  if (element('filter').value !== text) element('filter').value = text;
  filterChanged();
}

function filterChanged() {
  picture.totals.clear();
  screen.map.clear();
  screen.touch();
  placeChanged();
}

/** The page before the chosen one, or behind it, by how many are there; before the first are all. */
function pageBy(step) {
  const { pages, sieve } = picture;
  const visitors = (path) => pages.count(pages.find(path));
  const paths = pages.path.filter((path) => path !== '' && visitors(path) > 0);
  paths.sort((a, b) => visitors(b) - visitors(a) || (a < b ? -1 : 1));
  const choices = [null, ...paths];
  const here = choices.indexOf(sieve.page);
  choosePage(choices[(Math.max(0, here) + step + choices.length) % choices.length]);
}

function setView(next) {
  view = next;
  if (view !== 'visitor' && selection.focused) selection.toggleFocus();
  placeChanged();
}

/** One step back, from whatever was opened or chosen last. */
function back() {
  if (view === 'health') setView('site');
  else if (selection.slot >= 0) selection.back();
  else if (picture.sieve.page !== null) choosePage(null);
  else if (picture.sieve.filter.text !== '') setFilter('');
}

/** Everything about what is looked at, in the address and on the body, for the style. */
function placeChanged() {
  const shown = view === 'health' ? 'health' : selection.focused ? 'visitor' : 'site';
  document.body.dataset.view = shown;
  element('health').hidden = shown !== 'health';
  element('health-light').setAttribute('aria-pressed', String(shown === 'health'));
  element('open-visitor').hidden = shown === 'visitor';
  const place = {
    page: picture.sieve.page,
    visitor: selection.id || selection.awaited,
    filter: picture.sieve.filter.text,
    view: shown,
  };
  const hash = placeText(place);
  if (hash !== location.hash) history.replaceState(null, '', hash || location.pathname + location.search);
}

/** Goes where the address leads. */
function goToPlace() {
  const place = readPlace(location.hash);
  view = place.view === 'health' ? 'health' : 'site';
  if (place.page !== picture.sieve.page) picture.sieve.choosePage(place.page, time.now());
  if (place.filter !== picture.sieve.filter.text) setFilter(place.filter);
  if (place.visitor !== selection.id) {
    if (selection.slot >= 0) selection.select(-1);
    selection.await(place.visitor, place.view === 'visitor');
  } else if (selection.focused !== (place.view === 'visitor')) {
    selection.toggleFocus();
  }
  filterChanged();
}

function exportAs(kind) {
  if (kind === 'png') {
    screen.map.picture().toBlob((blob) => save(blob, fileName('png')));
    return;
  }
  const { slots, count } = screen.list.order;
  const rows = exportRows(picture, slots.subarray(0, count), time.now(), performance.timeOrigin);
  const text = kind === 'csv' ? csv(rows) : JSON.stringify(rows, null, 1);
  const type = kind === 'csv' ? 'text/csv' : 'application/json';
  save(new Blob([text], { type }), fileName(kind));
}

function showTab(tab) {
  document.body.dataset.tab = tab;
  for (const button of element('tabs').children) {
    button.setAttribute('aria-pressed', String(button.dataset.tab === tab));
  }
}

const toggleHealth = () => setView(view === 'health' ? 'site' : 'health');
const actions = [
  { title: 'Pause or go on', key: 'Space', run: togglePause },
  { title: 'Show all pages', run: () => choosePage(null) },
  { title: 'Take the filter away', run: () => setFilter('') },
  { title: 'The server’s health', key: 'h', run: toggleHealth },
  { title: 'Export as CSV', key: 'e', run: () => exportAs('csv') },
  { title: 'Export as JSON', run: () => exportAs('json') },
  { title: 'Export the map as PNG', run: () => exportAs('png') },
  { title: 'Sort by the next column', key: 's', run: () => cycleSort() },
  { title: 'Next theme: as the system, light, dark', key: 't', run: () => screen.theme.cycle() },
  { title: 'Open on a second monitor, without controls', run: () => open(`?wall${location.hash}`, '_blank') },
  { title: 'Open the sample page', run: () => open('../', '_blank', 'noopener') },
  { title: 'Connect anew', key: 'r', run: () => stream.connect() },
  { title: 'Keys', key: '?', run: () => toggleDialog('help') },
];
const palette = new CommandPalette(element('palette'), (typed) => offers(typed, actions, picture, {
  page: choosePage,
  visitor(slot) {
    setView('site');
    selection.select(slot);
    screen.list.revealSelected();
  },
}));

function listen() {
  const on = (id, type, run) => element(id).addEventListener(type, run);
  on('skip', 'click', () => { showTab('visitors'); element('list').focus(); });
  on('pause', 'click', togglePause);
  on('find', 'click', () => palette.toggle());
  on('theme', 'click', () => screen.theme.cycle());
  on('export-button', 'click', () => toggleDialog('export'));
  on('export', 'close', ({ target }) => { if (target.returnValue) exportAs(target.returnValue); });
  on('help-button', 'click', () => toggleDialog('help'));
  on('help', 'click', ({ target, currentTarget }) => { if (target === currentTarget) target.close(); });
  on('health-light', 'click', toggleHealth);
  on('close-health', 'click', () => setView('site'));
  on('open-visitor', 'click', () => selection.toggleFocus());
  on('close-visitor', 'click', () => selection.back());
  on('sort', 'change', ({ target }) => cycleSort(target.value));
  on('search', 'submit', (event) => { event.preventDefault(); element('list').focus(); });
  on('filter', 'input', ({ target }) => setFilter(target.value));
  on('filter', 'keydown', (event) => {
    if (event.key === 'Escape') setFilter('');
    if (event.key === 'Escape' || event.key === 'ArrowDown') element('list').focus();
  });
  on('tabs', 'click', ({ target }) => { if (target.dataset.tab) showTab(target.dataset.tab); });
  document.addEventListener('keydown', keyboard({
    selectBy: (step) => screen.list.selectBy(step),
    toggleFocus: () => selection.toggleFocus(),
    back,
    togglePause,
    search: () => { showTab('visitors'); element('filter').focus(); },
    pageBy,
    toggleHealth,
    openExport: () => toggleDialog('export'),
    toggleHelp: () => toggleDialog('help'),
    togglePalette: () => palette.toggle(),
    cycleSort: () => cycleSort(),
    cycleTheme: () => screen.theme.cycle(),
    reconnect: () => stream.connect(),
  }));
  addEventListener('hashchange', goToPlace);
  addEventListener('online', () => { if (stream.phase === 'waiting') stream.connect(); });
  addEventListener('pagehide', () => stream.stop());
  addEventListener('pageshow', (event) => { if (event.persisted) stream.connect(); });
  document.addEventListener('visibilitychange', () => { narrowing.isHidden = document.hidden; });
}

function frame() {
  requestAnimationFrame(frame);
  screen.draw();
}

/** A path segment for people; one that is not valid percent-encoding stays as it is. */
function decodeName(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

element('who').textContent = visible(decodeName(name));
document.body.classList.toggle('wall', new URLSearchParams(location.search).has('wall'));
listen();
goToPlace();
setInterval(() => {
  stream.tick();
  stream.look(stream.phase === 'live' ? selection.id : '', account.session.token);
  if (!time.isHeld && stream.phase === 'live') narrowing.tick(time.real());
  // In the background nothing is drawn, and a quiet site sends little: time passes all the same.
  if (document.hidden && !time.isHeld) picture.tick(time.real());
  if (document.hidden) screen.writeTitle();
}, TICK_MS);
narrowing.isHidden = document.hidden;
stream.connect();
account.session.check();
requestAnimationFrame(frame);
