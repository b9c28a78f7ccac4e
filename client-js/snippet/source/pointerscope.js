/**
 * What a page's tag loads. The server puts its own addresses in the place of ENDPOINT and BASE.
 */
/* global ENDPOINT, BASE */
import { KEY, more, start, stop } from './core.js';
import { ofDocument } from './page.js';
import { hide, isPrivate } from './privacy.js';
import { me } from './state.js';
import { send } from './wire.js';

// Nothing in the page can stand in for this: it is a script element, or there is none.
const tag = ofDocument('currentScript');
const { endpoint = ENDPOINT, ...others } = tag ? tag.dataset : { lost: 1 };
me._transport = WebSocket;
me._flush = send;
me._home = me._endpoint = endpoint;
me._path = () => hide(location.pathname).slice(0, 256);
me._load = (name) => import(new URL(KEY + '-' + name + '.js', tag?.src || BASE));

const tell = (what) => more('options', what);
// A copy without a tag of its own leaves alone what works already.
navigator[KEY] && !tag || (self[KEY] = { start: tell, stop, identify: tell });
// Other attributes, frames, and how else a script may have got here, are for `options.js`.
if (frameElement || Object.keys(others)[0]) tell(others);
else isPrivate || start();
