/**
 * The snippet as a module, in one piece, for pages that are built: it begins with `start`, and not before.
 * A server that serves it puts its own address in the place of ENDPOINT.
 */
/* global ENDPOINT */
import { more, stop } from './core.js';
import * as fallback from './fallback.js';
import * as live from './live.js';
import * as options from './options.js';
import { hide } from './privacy.js';
import { me } from './state.js';
import { send } from './wire.js';

const parts = { fallback, live, options };
me._load = async (name) => {
  me._transport ??= WebSocket;
  return parts[name];
};
me._flush = send;
me._path = () => hide(location.pathname).slice(0, 256);

/** Begins, unless the visitor asks not to be watched. */
export const start = (settings = {}) => {
  me._home ??= ENDPOINT;
  more('options', settings);
};

/** Gives the visitor a name. */
export const identify = (name) => {
  more('options', `${name}`);
};

export { stop };
