/** Holds the one stream of all dashboards of this browser, as long as there is one. */
import { TICK_MS } from './limits.js';
import { StreamHub } from './stream-hub.js';

const hub = new StreamHub();

addEventListener('connect', ({ ports: [port] }) => {
  port.onmessage = ({ data }) => hub.heard(port, data);
  // Not every browser tells that the other end has gone; a dashboard says so as well.
  port.onclose = () => hub.heard(port, { say: 'bye' });
});
setInterval(() => hub.tick(), TICK_MS);
