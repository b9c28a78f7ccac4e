/**
 * Every bound and pace of the dashboard, each with its reason.
 * Units are last in the names.
 */

/** Visitors kept; beyond it newcomers are counted, not drawn. About 3 KB of history each. */
export const MAX_VISITORS = 10_000;

/** Frames asked of the server; the map plays them back smoothly at the screen's rate. */
export const FRAME_HZ = 30;

/** Frames asked for once no dashboard of the browser has been seen for so long. */
export const HIDDEN_HZ = 1;
export const HIDDEN_MS = 15_000;

/** Between two looks of the stream's keeper at what there is to do. */
export const TICK_MS = 250;

/** How long two streams run beside each other at most, and how soon after one another they are asked for. */
export const OVERLAP_MS = 1_500;
export const RENEW_MS = 500;

/** Text on its way to a dashboard (2 bytes a unit): one that is slower, or asleep, is told no more until it
 *  has read all but so much of it, and then gets a keyframe. That is told whole, however long it is. */
export const TAB_UNITS = 1024 * 1024;
export const TAB_READ_UNITS = 64 * 1024;

/** A stream that ends sooner was broken on the way; so many one after another, and it is polled. */
export const EARLY_MS = 12_000;
export const EARLY_ENDS = 2;

/** Frames asked for by polls: each is a request. */
export const POLL_HZ = 10;

/** One page alone is asked of the server from so many visitors on, where it has this part of them at most. */
export const NARROW_VISITORS = 300;
export const NARROW_SHARE = 0.5;

/** Between two counts of who is on the pages that nothing is heard of. */
export const CENSUS_MS = 10_000;

/** A dashboard says that it lives this often, in the background once a minute; in silence it has gone. */
export const ALIVE_MS = 20_000;
export const SILENT_TAB_MS = 200_000;

/** A shared worker that says nothing for so long is none. */
export const WORKER_MS = 5_000;

/** Between two words to the server about whom somebody looks at, and after one that did not arrive. */
export const LOOK_MS = 250;
export const LOOK_RETRY_MS = 1_000;

/** How far the map plays behind the newest sample: one frame and room for jitter. */
export const PLAYBACK_DELAY_MS = 60;

/** One chart column: one CSS pixel of paper. */
export const BUCKET_MS = 100;

/** Columns of history per visitor (102 s), a power of two; a wider chart stays empty on its left. */
export const HISTORY_BUCKETS = 1024;

/** Of what was before the dashboard came it is told samples, not ways: pixels of one, as a hand moves. */
export const TOLD_TRAVEL = 10;

/** The window of a rate: the same five seconds as the server's. */
export const RATE_BUCKETS = 50;

/** Positions kept per visitor until the map has drawn them, a power of two: half a second. */
export const TRAIL_POINTS = 32;

/** How long a visitor who left stays in the list, marked, before its row goes. */
export const LEAVING_MS = 2_000;

/** How long a visitor who joined stays marked. */
export const JOINED_MS = 2_000;

/** A visitor without a sample for this long is drawn faintly. */
export const IDLE_MS = 5_000;

/** How long a row tells that its visitor has gone to another page. */
export const MOVED_MS = 4_000;

/** Pages remembered of a visitor's way through the site. */
export const VISITS = 64;

/** The same of everybody together, about 1.5 MB: in a crowd, ways are as long as there is room. */
export const VISITS_OF_ALL = 16_384;

/** Seconds of a page's small chart; and how long a page is listed that nobody is on any more. */
export const PAGE_SECONDS = 60;
export const PAGE_EMPTY_MS = 60_000;

/** Seconds of the charts in the strip. */
export const TOTAL_SECONDS = 300;

/** Characters and terms of a filter, as in the terminal. */
export const FILTER_UNITS = 520;
export const FILTER_TERMS = 16;

/** In this time a filter has been asked about everybody again. */
export const SIEVE_MS = 400;

/** Between two looks at whether arrays can become short again. */
export const SHRINK_MS = 10_000;

/** Joins and leaves remembered for the log. */
export const JOURNAL_ENTRIES = 200;

/** Log lines in the document. */
export const JOURNAL_LINES = 60;

/** Between two spoken summaries: a screen reader must get to the end of one. */
export const ANNOUNCE_MS = 5_000;

/** Between two rewritings of the rows' numbers: more cannot be read. */
export const TEXT_MS = 200;

/** Between two sortings: rows that change places faster cannot be followed. */
export const SORT_MS = 2_000;

/** Silence after which the stream is taken for dead; a status comes every second. */
export const SILENCE_MS = 10_000;

/** Text buffered while the picture is paused (2 bytes a unit); beyond it resuming takes a keyframe. */
export const PAUSE_UNITS = 4 * 1024 * 1024;

/** Pages side by side on the map at most. */
export const MAP_TILES = 24;

/** CSS pixels of the map that a pointer needs to be told from others; with less there is shading. */
export const POINTER_ROOM = 480;

/** Between two arrangements of the map: pages that change places faster cannot be followed. */
export const ARRANGE_MS = 2_000;

/** Points kept of the path of whoever is looked at, a power of two, and clicks that are numbered. */
export const PATH_POINTS = 16_384;
export const PATH_CLICKS = 99;

/** Pages listed; the others are found by searching. */
export const LISTED_PAGES = 100;

/** Labels on the map: more hide what they name. */
export const MAP_LABELS = 24;

/** Visitors who are tried for them with each frame: where pointers stand close most find no room. */
export const LABELLED = 128;

/** Click ripples alive at once; the oldest make room. */
export const RIPPLES = 128;

/** Workers shown one by one in the strip. */
export const STRIP_WORKERS = 12;

/** Reconnecting: first delay, doubled up to the last. */
export const RETRY_FIRST_MS = 1_000;
export const RETRY_LAST_MS = 15_000;
