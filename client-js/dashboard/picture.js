import { Activity } from './activity.js';
import { ServerClock } from './clock.js';
import { counted } from './format.js';
import { remember } from './history.js';
import { Journal } from './journal.js';
import { FRAME_HZ, LEAVING_MS, SHRINK_MS, TOTAL_SECONDS } from './limits.js';
import { isID, isNumber, isRecord, listIn } from './message-parts.js';
import { Pages, pageKey } from './pages.js';
import { Sieve } from './sieve.js';
import { Totals } from './totals.js';
import { Trails } from './trails.js';
import { Visits } from './visits.js';
import { KINDS, State, VisitorTable } from './visitor-table.js';

/** The kinds after which no button is down any more. */
const RELEASES = new Set(['up', 'cancel', 'leave']);
const FRAME_MS = 1000 / FRAME_HZ;
const KIND_NUMBERS = new Map(KINDS.map((kind, number) => [kind, number]));

/**
 * Who is here and what they do, built from the frames shape of the event stream.
 *
 * Nothing in a message is trusted to have the right type: what does not is skipped, and the rest
 * of the message holds. It is whole whether anything of it is drawn or not: every message also frees the
 * slots of those who have gone, and counts the seconds.
 */
export class Picture {
  table;
  activity = new Activity();
  /** All samples together, in slot 0: a bucket's level is how many there were. */
  total = new Activity();
  trails = new Trails();
  clock = new ServerClock();
  journal = new Journal();
  pages = new Pages();
  visits = new Visits();
  sieve = new Sieve(this);
  totals = new Totals();
  status = null; // the newest
  /** Samples heard since the page was opened. */
  samples = 0;
  /** Called with (slot, x, y, local time) at every click. */
  onClick = () => {};
  /** Called with (slot, local time, whether it is a click) at every sample, for whoever is followed. */
  onSample = () => {};

  #generation = 0;
  #keyframeOpen = false;
  #hadKeyframe = false;
  #isTurning = false;
  #frameAt = 0; // server time of the newest frame
  #leaving = new Set();
  #secondAt = -Infinity;
  #shrunkAt = -Infinity;

  constructor(table = new VisitorTable()) {
    this.table = table;
    this.total.reserve(1);
    this.total.clear(0, 0);
  }

  /** Takes one message: its event name, its parsed data, and the local time. */
  received(event, data, now) {
    if (!isRecord(data)) return;
    if (isNumber(data.at) && event !== 'history') this.clock.observed(data.at, now);
    if (event !== 'keyframe') this.#closeKeyframe(now);
    if (event === 'keyframe') this.#receivedKeyframe(data, now);
    else if (event === 'frame') this.#receivedFrame(data, now);
    else if (event === 'status') this.status = data;
    else if (event === 'history') remember(this, data, this.#secondAt, now);
    else if (event === 'reset') this.#receivedReset(now);
    this.tick(now);
  }

  /** The next keyframe is of other visitors, because others were asked for: nobody comes or goes with it. */
  turn() {
    this.#isTurning = true;
  }

  /** Time has passed: whoever left a while ago goes, seconds are counted. */
  tick(now) {
    this.expire(now);
    this.sieve.sweep(now);
    if (now - this.#secondAt > TOTAL_SECONDS * 1000) this.#secondAt = now - 1000;
    for (; now - this.#secondAt >= 1000; this.#secondAt += 1000) {
      this.totals.tick(this, now);
      this.pages.tick(now);
    }
    if (now - this.#shrunkAt < SHRINK_MS) return;
    this.#shrunkAt = now;
    if (this.table.shrink()) this.#fit();
  }

  /** Frees the slots of those who left a while ago. */
  expire(now) {
    for (const slot of this.#leaving) {
      if (this.table.state[slot] === State.leaving && now - this.table.changedAt[slot] < LEAVING_MS) continue;
      this.#leaving.delete(slot);
      if (this.table.state[slot] === State.leaving) this.#remove(slot, now);
    }
  }

  #remove(slot, now) {
    this.table.remove(slot);
    this.visits.clear(slot);
    this.sieve.check(slot, now);
  }

  /** Whatever keeps something per slot has room for those of the table. */
  #fit() {
    this.activity.reserve(this.table.capacity);
    this.trails.reserve(this.table.capacity);
    this.visits.shrink(this.table.capacity);
    this.sieve.fit();
  }

  #receivedKeyframe(data, now) {
    if (!this.#keyframeOpen) {
      this.#keyframeOpen = true;
      this.#generation += 1;
    }
    const time = isNumber(data.at) ? this.clock.local(data.at) : now;
    if (isNumber(data.at)) this.#frameAt = data.at;
    for (const visitor of listIn(data.visitors)) {
      if (!isRecord(visitor) || !isID(visitor.id)) continue;
      const slot = this.#seat(visitor, now, this.#hadKeyframe && !this.#isTurning);
      if (slot < 0) continue;
      this.table.seen[slot] = this.#generation;
      const spoke = isNumber(visitor.last) ? this.clock.local(visitor.last) : time;
      if (isNumber(visitor.rate)) this.activity.seed(slot, time, Math.max(0, visitor.rate));
      if (!isNumber(visitor.x) || !isNumber(visitor.y)) continue;
      // A keyframe says all that it has room for: what it leaves out may be another's by now.
      this.table.name[slot] = '';
      if (typeof visitor.p !== 'string') this.#turn(slot, '', spoke, now);
      this.#place(slot, visitor, spoke, true, now);
    }
    if (data.more !== true) this.#closeKeyframe(now);
  }

  /** Whoever the finished keyframe did not name has gone. */
  #closeKeyframe(now) {
    if (!this.#keyframeOpen) return;
    this.#keyframeOpen = false;
    if (!this.#hadKeyframe) {
      this.journal.began(`${counted(this.table.present, 'visitor')} here`, now);
      this.totals.clear(); // of seconds in which nobody was known yet
    }
    this.#hadKeyframe = true;
    for (let slot = 0; slot < this.table.slotEnd; slot += 1) {
      if (this.table.state[slot] === State.present && this.table.seen[slot] !== this.#generation) {
        this.#left(slot, now);
      }
    }
    this.#isTurning = false;
  }

  #receivedFrame(data, now) {
    for (const visitor of listIn(data.joins)) {
      if (isRecord(visitor) && isID(visitor.id)) this.#seat(visitor, now, true);
    }
    this.#receivedSamples(listIn(data.samples), data, now);
    for (const id of listIn(data.leaves)) {
      const slot = isID(id) ? this.table.find(id) : -1;
      if (slot >= 0) this.#left(slot, now);
    }
  }

  /** Spreads samples, which carry no time of their own, evenly over the frame they came in. */
  #receivedSamples(samples, data, now) {
    const at = isNumber(data.at) ? data.at : this.#frameAt + FRAME_MS;
    const from = Math.min(at, Math.max(this.#frameAt, at - FRAME_MS));
    if (data.more !== true) this.#frameAt = at;
    const start = this.clock.local(from);
    const step = (this.clock.local(at) - start) / samples.length;
    for (let i = 0; i < samples.length; i += 1) {
      const sample = samples[i];
      if (!isRecord(sample) || !isID(sample.id) || !isNumber(sample.x) || !isNumber(sample.y)) continue;
      let slot = this.table.find(sample.id);
      if (slot < 0 || this.table.state[slot] !== State.present) slot = this.#seat(sample, now, true);
      if (slot < 0) continue;
      const time = start + (i + 1) * step;
      this.samples += 1;
      this.table.total[slot] += 1;
      const travel = this.#place(slot, sample, time, false, now);
      this.#count(slot, sample, time, travel);
    }
  }

  #count(slot, sample, time, travel) {
    const clicked = sample.k === 'click';
    this.activity.add(slot, time, travel, clicked);
    this.total.add(0, time, 1, false);
    this.pages.sampled(this.table.pageOf[slot], clicked);
    this.onSample(slot, time, clicked);
    if (!clicked) return;
    this.table.clicks[slot] += 1;
    this.visits.clicked(slot);
    if (this.sieve.takes[slot] === 1) this.totals.clicked();
    this.onClick(slot, sample.x, sample.y, time);
  }

  /** Everyone is forgotten; what follows names those who are here. */
  #receivedReset(now) {
    for (let slot = 0; slot < this.table.slotEnd; slot += 1) {
      if (this.table.state[slot] === State.present) this.#left(slot, now);
    }
  }

  /** Finds or makes a visitor's slot, present. @returns {number} -1 when there is no room */
  #seat(visitor, now, isNews) {
    let slot = this.table.find(visitor.id);
    if (slot < 0) {
      this.#makeRoom(now);
      slot = this.table.add(visitor.id, isNews ? now : -Infinity);
      if (slot < 0) return slot;
      this.#fit();
      this.activity.clear(slot, now);
      this.trails.clear(slot);
      this.visits.clear(slot);
      this.table.pageOf[slot] = this.pages.enter('', isNews);
      this.sieve.check(slot, now);
      if (isNews) this.journal.joined(visitor.id, now);
    } else if (this.table.state[slot] === State.leaving) {
      this.table.revive(slot, now);
      this.table.pageOf[slot] = this.pages.enter(pageKey(this.table.page[slot]), isNews);
      if (isNews) this.journal.joined(visitor.id, now);
    }
    if (isNumber(visitor.since)) this.table.since[slot] = visitor.since;
    if (isNumber(visitor.worker)) this.table.worker[slot] = visitor.worker;
    return slot;
  }

  /** Whoever has gone makes room at the limit, even before its time. */
  #makeRoom(now) {
    if (this.table.size < this.table.limit) return;
    for (const slot of this.#leaving) {
      this.#leaving.delete(slot);
      if (this.table.state[slot] !== State.leaving) continue;
      this.#remove(slot, now);
      return;
    }
  }

  /** A visitor is on a page, or on another than before. @returns {boolean} whether it is another */
  #turn(slot, page, time, now) {
    const { table, pages } = this;
    const before = table.page[slot];
    if (page === before) return false;
    table.page[slot] = page;
    this.visits.moved(slot, page, time);
    const from = table.pageOf[slot];
    if (pageKey(page) !== pages.path[from]) {
      pages.leave(from, now);
      table.pageOf[slot] = pages.enter(pageKey(page), this.#hadKeyframe);
    }
    this.sieve.check(slot, now);
    if (before === '' || page === '') return false;
    table.movedAt[slot] = now;
    this.journal.moved(table.label(slot), page, now);
    return true;
  }

  /** Writes a sample into the table. @returns {number} pixels travelled since the one before */
  #place(slot, sample, time, lifted, now) {
    const { table } = this;
    const first = table.lastAt[slot] === -Infinity;
    if (typeof sample.p === 'string' && this.#turn(slot, sample.p, time, now)) lifted = true;
    const travel = first ? 0 : Math.hypot(sample.x - table.x[slot], sample.y - table.y[slot]);
    const scrolled = (isNumber(sample.sx) && sample.sx !== table.sx[slot])
      || (isNumber(sample.sy) && sample.sy !== table.sy[slot]);
    table.x[slot] = sample.x;
    table.y[slot] = sample.y;
    table.lastAt[slot] = time;
    if (isNumber(sample.w) && sample.w > 0) table.w[slot] = sample.w;
    if (isNumber(sample.h) && sample.h > 0) table.h[slot] = sample.h;
    if (isNumber(sample.sx)) table.sx[slot] = sample.sx;
    if (isNumber(sample.sy)) table.sy[slot] = sample.sy;
    if (isNumber(sample.dw) && sample.dw >= 0) table.dw[slot] = sample.dw;
    if (isNumber(sample.dh) && sample.dh >= 0) table.dh[slot] = sample.dh;
    if (typeof sample.n === 'string') table.name[slot] = sample.n;
    if (first || lifted || travel > 0 || scrolled) {
      const [x, y] = [sample.x + table.sx[slot], sample.y + table.sy[slot]];
      this.trails.push(slot, x, y, time, lifted || first);
    }
    table.kind[slot] = KIND_NUMBERS.get(sample.k) ?? 0;
    table.outside[slot] = sample.k === 'leave' ? 1 : 0;
    if (sample.k === 'down') table.pressed[slot] = 1;
    else if (RELEASES.has(sample.k)) table.pressed[slot] = 0;
    return travel;
  }

  #left(slot, now) {
    if (this.table.state[slot] !== State.present) return;
    this.table.leave(slot, now);
    this.pages.leave(this.table.pageOf[slot], now);
    if (this.#isTurning) { this.#remove(slot, now); return; }
    this.#leaving.add(slot);
    this.journal.left(this.table.id[slot], now);
  }
}
