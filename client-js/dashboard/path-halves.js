/** Characters at the end of a path that are always shown, at most, and at least where it has more. */
const TAIL = 14;
const LEAST_TAIL = 9;

/** @returns {[string, string]} a path up to its end, which tells neighbours apart, and that end */
export function halves(path) {
  let cut = Math.max(path.lastIndexOf('/', path.length - 2), path.length - TAIL);
  // Many end in the same short word.
  if (path.length - cut < LEAST_TAIL && path.length > TAIL) cut = path.length - TAIL;
  // Not within a character of two units.
  if (cut > 0 && (path.charCodeAt(cut) & 0xfc00) === 0xdc00) cut -= 1;
  return cut > 0 ? [path.slice(0, cut), path.slice(cut)] : [path, ''];
}
