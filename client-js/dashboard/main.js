/**
 * The dashboard: wires the stream to the picture and the picture to the screen. One animation
 * frame loop draws everything; nothing is written into the document per sample.
 */
import { ConnectionView } from './connection-view.js';
import { DetailsView } from './details-view.js';
import { visible } from './format.js';
import { JournalView } from './journal-view.js';
import { keyboard } from './keyboard.js';
import { FRAME_HZ, PLAYBACK_DELAY_MS, TEXT_MS } from './limits.js';
import { Look, streamWord } from './look.js';
import { MapView } from './map-view.js';
import { PauseBuffer } from './pause.js';
import { Picture } from './picture.js';
import { Selection } from './selection.js';
import { SessionView } from './session-view.js';
import { Stream } from './stream.js';
import { StripView } from './strip-view.js';
import { Theme } from './theme.js';
import { VisitorList } from './visitor-list.js';

const element = (id) => document.getElementById(id);

/** The admin's name as it stands, still percent-encoded, in /admin/NAME below whatever base. */
const name = location.pathname.split('/').at(-1) ?? '';

/** Names the stream of this page to the server, and to nobody else. */
const word = streamWord();

const picture = new Picture();
const pause = new PauseBuffer();
let pausedAt = 0;
let textAt = -Infinity;
let wasLive = false;

const selection = new Selection(picture.table, () => {
  map.clear();
  list.refreshTexts();
  textAt = -Infinity;
});
const map = new MapView(element('map'), picture, selection);
const list = new VisitorList(element('list'), picture, selection);
const strip = new StripView(element('strip'));
const details = new DetailsView(element('details'));
const log = new JournalView(element('log'), element('announcer'));
const connection = new ConnectionView(element('connection'), () => stream.connect());

const stream = new Stream({
  url: `../receive/${name}?shape=frames&hz=${FRAME_HZ}&viewer=${word}`,
  received(event, data, units) {
    if (event === 'signed-out') {
      account.session.end(data);
      return;
    }
    const now = performance.now();
    if (pause.paused) pause.hold({ event, data, now }, units);
    else picture.received(event, data, now);
  },
  changed() {
    const now = performance.now();
    connection.phaseChanged(now);
    if (stream.phase === 'waiting') account.session.check();
    if (stream.phase === 'waiting' && wasLive) picture.journal.noted('connection lost', now);
    if (stream.phase === 'live' && !wasLive) look.begin();
    wasLive = stream.phase === 'live';
    document.body.classList.toggle('stale', !wasLive);
    if (stream.phase === 'live' && stream.origin === 'resumed') picture.journal.noted('resumed', now);
    if (stream.phase === 'live' && stream.origin === 'reset') picture.journal.noted('server restarted', now);
  },
});

const account = new SessionView(element, `/admin/${name}`, () => stream.signOut());
const look = new Look({ word, token: () => account.session.token });

const theme = new Theme(document.documentElement, ({ palette, reducedMotion, choice }) => {
  map.setLook(palette, reducedMotion);
  list.setPalette(palette);
  strip.setPalette(palette);
  element('theme').textContent = `Theme: ${choice}`;
});

function togglePause() {
  if (!pause.paused) {
    pausedAt = performance.now();
    pause.pause();
  } else {
    const held = pause.resume();
    for (const { event, data, now } of held ?? []) picture.received(event, data, now);
    if (held === null) stream.connect();
  }
  element('pause').setAttribute('aria-pressed', String(pause.paused));
  document.body.classList.toggle('paused', pause.paused);
  textAt = -Infinity;
}

function toggleHelp() {
  const help = element('help');
  if (help.open) help.close();
  else help.showModal();
}

function cycleSort(sort) {
  list.setSort(sort);
  element('sort').value = list.sort;
}

/** What the texts say, a few times a second. */
function renderTexts(now) {
  strip.render(picture, now);
  details.render(picture, selection, now);
  log.render(picture, now);
  connection.render(stream, pause.paused, performance.now());
  if (stream.phase === 'live') look.tick(selection.id, performance.now());
  const { present } = picture.table;
  const title = `${present} · Pointerscope`;
  if (document.title !== title) document.title = title;
  element('empty').hidden = picture.table.size > 0 || stream.phase !== 'live';
}

function frame() {
  requestAnimationFrame(frame);
  const now = pause.paused ? pausedAt : performance.now();
  if (!pause.paused) {
    picture.expire(now);
    selection.check();
  }
  const played = now - PLAYBACK_DELAY_MS;
  // Paper that moves is motion: who wants less of it gets a step a second.
  const paperTime = theme.reducedMotion ? Math.floor(played / 1000) * 1000 : played;
  list.render(performance.now(), paperTime, pause.paused);
  map.draw(played, list.order.slots.subarray(0, list.order.count));
  const real = performance.now();
  if (real - textAt >= TEXT_MS) {
    textAt = real;
    renderTexts(now);
  }
}

element('who').textContent = visible(decodeName(name));
element('pause').addEventListener('click', togglePause);
element('theme').addEventListener('click', () => theme.cycle());
element('help-button').addEventListener('click', toggleHelp);
element('help').addEventListener('click', (event) => {
  if (event.target === event.currentTarget) toggleHelp(); // beside the dialog
});
element('sort').addEventListener('change', (event) => cycleSort(event.target.value));
document.addEventListener('keydown', keyboard({
  selectBy: (step) => list.selectBy(step),
  toggleFocus: () => selection.toggleFocus(),
  back: () => selection.back(),
  togglePause,
  toggleHelp,
  cycleSort: () => cycleSort(),
  cycleTheme: () => theme.cycle(),
  reconnect: () => stream.connect(),
}));
addEventListener('online', () => { if (stream.phase === 'waiting') stream.connect(); });
addEventListener('pagehide', () => stream.stop());
addEventListener('pageshow', (event) => { if (event.persisted) stream.connect(); });
setInterval(() => stream.tick(), 500);
stream.connect();
account.session.check();
requestAnimationFrame(frame);

/** A path segment for people; one that is not valid percent-encoding stays as it is. */
function decodeName(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
