import { bytes, counted, duration, rate, shortNumber } from './format.js';
import { isRecord, listIn } from './message-parts.js';

const records = (value) => listIn(value).filter(isRecord);
const number = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : NaN);
const text = (value) => (typeof value === 'string' ? value : '');

/** A hop that takes longer than this for one sample in a hundred is slow. */
const SLOW_MS = 500;

/** Between two comparisons of what was lost. */
const COMPARE_MS = 60_000;

const HOPS = { relayed: 'worker to hub', encoded: 'hub to frame' };

/** @returns {Array<[string, number]>} totals that the server tells, by name */
export function totalsOf(status) {
  if (!isRecord(status?.totals)) return [];
  return Object.entries(status.totals).filter(([, value]) => Number.isFinite(value));
}

/** How the server does: one light, and why it is not green. */
export class Health {
  /** @type {'good' | 'busy' | 'bad'} */
  level = 'busy';
  /** What is wrong, worst first; empty where nothing is. @type {string[]} */
  reasons = [];

  #lost = NaN;
  #lostNow = NaN;
  #comparedAt = -Infinity;

  /** Looks again, at a stream's phase and the newest status. */
  look(stream, status, now) {
    const bad = [];
    const busy = [];
    const isLost = stream.phase === 'waiting' || stream.phase === 'stopped';
    if (isLost) bad.push('the server cannot be reached');
    else if (stream.phase === 'signed-out') bad.push('you are signed out');
    else if (stream.phase !== 'live') busy.push('connecting');
    else if (status !== null) this.#judge(status, now, bad, busy);
    this.level = bad.length > 0 ? 'bad' : busy.length > 0 ? 'busy' : 'good';
    this.reasons = [...bad, ...busy];
  }

  /** What the light says, in a few words. */
  get text() {
    const [first = 'healthy'] = this.reasons;
    return first[0].toUpperCase() + first.slice(1);
  }

  #judge(status, now, bad, busy) {
    const workers = records(status.workers);
    const down = workers.filter((worker) => worker.state !== 'running').length;
    if (workers.length > 0 && down === workers.length) bad.push('no worker is running');
    else if (down > 0) busy.push(`${counted(down, 'worker')} not running`);
    if (status.sampling?.why === 'busy') busy.push('processors are busy: visitors sample less');
    if (status.sampling?.why === 'behind') busy.push('viewers are behind: visitors sample less');
    for (const [hop, label] of Object.entries(HOPS)) {
      if (status.latency?.[hop]?.p99 > SLOW_MS) busy.push(`slow from ${label}`);
    }
    const lost = totalsOf(status).reduce((sum, [name, value]) => (/lost/.test(name) ? sum + value : sum), 0);
    if (now - this.#comparedAt > COMPARE_MS) {
      this.#lost = Number.isNaN(this.#lostNow) ? lost : this.#lostNow;
      this.#comparedAt = now;
    }
    this.#lostNow = lost;
    if (lost > this.#lost) busy.push(`${counted(lost - this.#lost, 'sample')} lost in the last minutes`);
  }
}

const milliseconds = (value) => (Number.isFinite(value) ? `${value.toFixed(value < 10 ? 2 : 0)} ms` : '–');
const share = (value) => (Number.isFinite(value) ? `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %` : '–');

/** @returns {string} `closedViewers` and `slow_peer` as words */
const words = (name) => name.replaceAll('_', ' ')
  .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** @returns {string} a line of the log as people read it: when, what, and whatever else was said */
export function logLine(line) {
  if (!isRecord(line)) return JSON.stringify(line) ?? '';
  const { time, event, ...rest } = line;
  const when = text(time).replace(/^(.{10})T(.{8}).*$/, '$1 $2');
  const said = Object.entries(rest)
    .map(([name, value]) => `${words(name)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const head = [when, words(text(event))].filter(Boolean).join(' ');
  return said.length > 0 ? `${head}: ${said.join(', ')}` : head;
}

/** @returns {Array<{title: string, head: string[], rows: string[][], none: string}>} tables of a status */
export function tables(status) {
  if (status === null) return [];
  return [
    {
      title: 'Workers',
      head: ['process', 'state', 'connections', 'samples/s', 'memory', 'processor', 'restarts', 'folded'],
      rows: records(status.workers).map((worker) => [
        String(number(worker.pid) || '–'), text(worker.state), shortNumber(number(worker.connections)),
        rate(number(worker.rate)), bytes(number(worker.rss)), share(number(worker.cpu)),
        shortNumber(number(worker.restarts)), shortNumber(number(worker.folded)),
      ]),
      none: 'The server tells of none.',
    },
    {
      title: 'Latency',
      head: ['hop', 'half within', '99 of 100 within', 'most'],
      rows: Object.entries(HOPS).filter(([hop]) => isRecord(status.latency?.[hop])).map(([hop, label]) => {
        const { p50, p99, max } = status.latency[hop];
        return [label, milliseconds(p50), milliseconds(p99), milliseconds(max)];
      }),
      none: 'No samples in the last five seconds.',
    },
    {
      title: 'Viewers furthest behind',
      head: ['name', 'from', 'shape', 'behind', 'skipped', 'sent', 'for'],
      rows: records(status.audience).map((viewer) => [
        text(viewer.name), text(viewer.from) || '–',
        [text(viewer.shape), Number.isFinite(viewer.hz) ? `${viewer.hz} Hz` : ''].join(' ').trim(),
        shortNumber(number(viewer.behind)), shortNumber(number(viewer.conflated)), bytes(number(viewer.sent)),
        duration(number(viewer.age)),
      ]),
      none: 'The server tells of none.',
    },
    {
      title: 'Refused since the start',
      head: ['reason', 'times'],
      rows: Object.entries(isRecord(status.refused) ? status.refused : {})
        .filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1])
        .map(([reason, count]) => [words(reason), shortNumber(count)]),
      none: 'Nothing.',
    },
    {
      title: 'Totals since the start',
      head: ['what', 'how many'],
      rows: [['viewers', shortNumber(number(status.viewers))], ['up', duration(number(status.uptime))],
        ...totalsOf(status).map(([name, value]) => [words(name), shortNumber(value)])],
      none: '',
    },
  ];
}
