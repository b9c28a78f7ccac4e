/**
 * What few tags ask for: attributes besides `data-endpoint`, a start or a name by script, frames, and a copy
 * that has no tag of its own. `docs/snippet.md` describes each.
 */
import { speakThroughTop } from './frame.js';
import { entries, isAmong, isHost, masked, routeOf } from './paths.js';

const KEY = 'pointerscope';
const NAME_BYTES = 64;
const PATH_BYTES = 256;
/** Tags of copies that were not told their own: modules, for example. */
const TAGS = `script[src*="${KEY}.js"], script[data-endpoint]`;

/** No endpoint, since the page is left out, and not since `stop` was called. */
const LEFT_OUT = '';

let me;
let core;
let settings = {};

const find = (selector) => Document.prototype.querySelector.call(document, selector);

const say = (why) => {
  if (settings.debug !== undefined) console.warn(`${KEY}: ${why}`);
};

/** The page as it is told; from one of those left out the visitor leaves, and comes back behind it. */
const path = () => {
  const whole = location.pathname + (settings.hash === undefined ? '' : routeOf(location.hash));
  if (isAmong(whole, entries(settings.exclude))) {
    if (me._endpoint) {
      say(`${whole} is left out by data-exclude`);
      me._leave?.();
      me._endpoint = LEFT_OUT;
    }
  } else if (me._endpoint === LEFT_OUT) {
    me._endpoint = me._home;
    setTimeout(core.connect);
  }
  return core.hide(masked(whole, entries(settings.maskPaths))).slice(0, PATH_BYTES);
};

/** Why it cannot begin, or nothing. */
const obstacle = () => {
  if (settings.consent === 'wait') return 'it waits for pointerscope.start(), as data-consent="wait" says';
  if (settings.domains && !isHost(location.hostname, entries(settings.domains))) {
    return `${location.hostname} is not among data-domains`;
  }
  let url;
  try {
    url = new URL(me._home);
  } catch {
    return `"${me._home}" is no address to send to: data-endpoint names one`;
  }
  if (!/^wss?:$/.test(url.protocol)) return `${me._home} is not ws:// or wss://`;
  const isNear = /^(localhost|127\.|\[::1)/.test(url.hostname);
  if (location.protocol === 'https:' && url.protocol === 'ws:' && !isNear) {
    say(`browsers keep pages under https:// from ${me._home}: it has to be wss://`);
  }
  return undefined;
};

const begin = () => {
  me._home = settings.endpoint || settings.ingest || me._home;
  const why = obstacle();
  if (why) {
    say(why);
    return;
  }
  if (settings.debug !== undefined) {
    addEventListener('securitypolicyviolation', ({ blockedURI, effectiveDirective }) =>
      say(`the page's Content Security Policy keeps it from ${blockedURI} (${effectiveDirective})`));
  }
  if (frameElement) {
    if (!speakThroughTop(KEY, core.on)) say('the page around this frame has no snippet to speak through yet');
    return;
  }
  me._endpoint = me._home;
  me._cap = settings.rate;
  me._path = path;
  core.on({ hashchange: core.turn });
  path();
  if (me._leave) core.connect();
  else core.start();
};

/** Gives the visitor a name of the owner's; with the hello, and at once where that is over. */
const identify = (name) => {
  const bytes = new Uint8Array(NAME_BYTES);
  const clean = name.replace(/\p{Cc}/gu, '').trim();
  const { written } = new TextEncoder().encodeInto(clean, bytes);
  if (!written) return;
  me._name = () => {
    core.put(written);
    core.bytes.set(bytes.slice(0, written), me._end);
    me._end += written;
  };
  me._flags |= 4;
  // What its hello did not say, the connection says now.
  if (me._live) {
    core.put(14);
    me._name();
    me._flush();
  }
};

/** A name is for `identify`; else these are attributes, or what was given to `start`. */
export default (what, page, bytes, put, pass, send, hide, on, connect, start, stop, turn) => {
  if (me !== page) settings = {};
  me = page;
  core = { bytes, put, hide, on, connect, start, turn };
  if (typeof what === 'string') {
    identify(what);
    return;
  }
  let given = what ?? {};
  if (given.lost) {
    const tag = find(TAGS);
    given = { ...(tag ?? find('script[data-debug]'))?.dataset };
    if (!tag) {
      settings = given;
      say('this copy has no tag of its own, so it waits: pointerscope.start({ endpoint }) starts it');
      return;
    }
  }
  settings = { ...settings, consent: undefined, ...given };
  begin();
};
