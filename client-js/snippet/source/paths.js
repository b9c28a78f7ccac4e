/** Paths as the server is told of them, and patterns of paths in attributes. */

/** The entries of a list in an attribute, between commas or spaces. */
export const entries = (list) => `${list ?? ''}`.split(/[\s,]+/).filter(Boolean);

/** Finds what a pattern means: the beginning of a path, whole segments, `*` for any part of one. */
const finder = (pattern) => {
  const exact = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${exact.replace(/\/$/, '')}(?=/|$)`);
};

/** Whether one of the patterns is the beginning of a path. */
export const isAmong = (path, patterns) => patterns.some((pattern) => finder(pattern).test(path));

/** Puts a pattern, with its stars, in the place of what it has found. */
export const masked = (path, patterns) =>
  patterns.reduce((text, pattern) => text.replace(finder(pattern), () => pattern.replace(/\/$/, '')), path);

/** The route of a hash, without what looks like the values of a form. */
export const routeOf = (hash) => /^#?[^?&=]*/.exec(hash)[0];

/** Whether a host is one of those of a list; `*.example.org` are all below that. */
export const isHost = (host, list) =>
  list.some((name) => name === host || (name.startsWith('*.') && host.endsWith(name.slice(1))));
