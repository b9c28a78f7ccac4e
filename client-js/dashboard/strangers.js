/** Texts that strangers chose (ids, names, pages) as they may be shown: nothing in them hides or steers. */

/** What cannot be seen, or steers or hides its neighbours; of spaces all but the plain one. */
const UNSEEN = /(?! )[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\u2800]/u;
const EACH_UNSEEN = new RegExp(`${UNSEEN.source}|\u2423`, 'gu');

/** A backslash that could be taken for the begin of an escape. */
const ESCAPES = new RegExp(String.raw`\\(?=\\*(?:u|\u2423|${UNSEEN.source}))`, 'gu');

/** Where a mark is seen by what it does: it makes a sign a picture, or joins two pictures to one. */
const MAKES_PICTURE = /(?!\p{Emoji_Presentation})\p{Extended_Pictographic}$/u;
const JOINS_FROM = /\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?$/u;
const JOINS_TO = /^\p{Extended_Pictographic}/u;

/** @returns {boolean} whether the mark at a place of a text is seen by what it does */
function isSeenMark(mark, at, text) {
  const before = text.slice(Math.max(0, at - 6), at);
  if (mark === '\ufe0f') return MAKES_PICTURE.test(before);
  return mark === '\u200d' && JOINS_FROM.test(before) && JOINS_TO.test(text.slice(at + 1, at + 3));
}

/** Blanks that nobody sees where they are: at the ends, and behind another. */
const LOST_BLANK = /^ +| +$| {2,}/g;

const PLAIN = /^[!-[\]-~]+(?: [!-[\]-~]+)*$/;

const escaped = (character) => {
  const code = character.codePointAt(0);
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/**
 * @returns {string} a stranger's text in which every character is to be seen, and no two texts look the
 *   same for what cannot be seen in them: as `\u202e`, lost blanks as `␣`
 */
export function visible(text) {
  if (PLAIN.test(text)) return text;
  return text
    .replace(ESCAPES, '\\\\')
    .replace(EACH_UNSEEN, (sign, at, whole) => (isSeenMark(sign, at, whole) ? sign : escaped(sign)))
    .replace(LOST_BLANK, (blanks) => '␣'.repeat(blanks.length));
}

/** Bytes in percent-encoding, one after another. */
const ENCODED = /(?:%[0-9a-f]{2})+/gi;

/** What means something else in a path when it is not encoded. */
const MEANS = /[/?#%\\ ]/;

/** @returns {string} a character as it stands in a path: encoded again where it has to be */
const kept = (character) => (MEANS.test(character) || UNSEEN.test(character) || character < '!'
  ? encodeURIComponent(character) : character);

/** @returns {string} a page's path as people write it: letters where they were percent-encoded */
export function readablePath(path) {
  if (!path.includes('%')) return visible(path);
  return visible(path.replace(ENCODED, (run) => {
    try {
      return Array.from(decodeURIComponent(run), kept).join('');
    } catch {
      return run; // not UTF-8
    }
  }));
}
