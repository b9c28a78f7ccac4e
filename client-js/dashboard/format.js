/** Numbers and times as short text for people. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** @returns {string} a whole number with its thousands apart */
export const grouped = (value) => WHOLE.format(value);

/** @returns {string} `12.4`, `312`, `4.8k`, `1.2M` */
export function shortNumber(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 999_500_000) return `${(value / 1e9).toFixed(size < 1e10 ? 1 : 0)}G`;
  if (size >= 999_500) return `${(value / 1e6).toFixed(size < 1e7 ? 1 : 0)}M`;
  if (size >= 9_995) return `${(value / 1e3).toFixed(size < 1e5 ? 1 : 0)}k`;
  return WHOLE.format(value);
}

/** @returns {string} a rate: one digit after the point below 100 */
export function rate(value) {
  if (!Number.isFinite(value)) return '–';
  return value < 0.05 ? '0' : value < 99.95 ? value.toFixed(1) : shortNumber(value);
}

/** @returns {string} `8 s`, `3:07`, `2:05:40`, `3 d 4 h` */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '–';
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (number) => String(number).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${whole} s`;
  if (hours === 0) return `${minutes}:${pad(whole % 60)}`;
  if (hours < 24) return `${hours}:${pad(minutes % 60)}:${pad(whole % 60)}`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** @returns {string} `11.4 MB` */
export function bytes(count) {
  if (!Number.isFinite(count)) return '–';
  return count < 1e6 ? `${Math.round(count / 1e3)} kB` : `${(count / 1e6).toFixed(count < 1e8 ? 1 : 0)} MB`;
}

/** @returns {string} a coordinate: whole pixels, and no longer than the column */
export function coordinate(value) {
  return Math.abs(value) < 1e6 ? String(Math.round(value)) : value.toExponential(1);
}

/** @returns {string} at most `length` characters, the last one `…` when text was cut */
export function clipped(text, length) {
  const characters = Array.from(text.length > length * 4 ? text.slice(0, length * 4) : text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** @returns {string} `1 visitor`, `2 visitors` */
export function counted(count, noun) {
  return `${WHOLE.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}
