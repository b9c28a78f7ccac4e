/**
 * Every bound and pace of the dashboard, each with its reason.
 * Units are last in the names.
 */

/** Visitors kept; beyond it newcomers are counted, not drawn. About 3 KB of history each. */
export const MAX_VISITORS = 10_000;

/** Frames asked of the server; the map plays them back smoothly at the screen's rate. */
export const FRAME_HZ = 30;

/** Between two words to the server about whom somebody looks at, and after one that did not arrive. */
export const LOOK_MS = 250;
export const LOOK_RETRY_MS = 1_000;

/** How far the map plays behind the newest sample: one frame and room for jitter. */
export const PLAYBACK_DELAY_MS = 60;

/** One chart column: one CSS pixel of paper. */
export const BUCKET_MS = 100;

/** Columns of history per visitor (102 s), a power of two; a wider chart stays empty on its left. */
export const HISTORY_BUCKETS = 1024;

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

/** Labels on the map: more hide what they name. */
export const MAP_LABELS = 24;

/** Click ripples alive at once; the oldest make room. */
export const RIPPLES = 128;

/** Workers shown one by one in the strip. */
export const STRIP_WORKERS = 12;

/** Reconnecting: first delay, doubled up to the last. */
export const RETRY_FIRST_MS = 1_000;
export const RETRY_LAST_MS = 15_000;
