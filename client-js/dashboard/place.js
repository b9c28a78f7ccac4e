/** What is looked at, as it stands behind the `#` of the address. */

const VIEWS = ['site', 'visitor', 'health'];

/** @returns {string} `text` for an address, as readable as may be */
const encoded = (text) => encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%3A', ':');

const decoded = (text) => {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return text;
  }
};

/**
 * Reads a place.
 * @param {string} hash `#page=/shop&visitor=ID&filter=rate>20&view=visitor`, each once or not at all
 * @returns {{page: string | null, visitor: string, filter: string, view: string}}
 */
export function readPlace(hash) {
  const place = { page: null, visitor: '', filter: '', view: 'site' };
  for (const part of hash.replace(/^#/, '').split('&')) {
    const mark = part.indexOf('=');
    const [key, value] = [part.slice(0, mark), decoded(part.slice(mark + 1))];
    if (mark < 0) continue;
    if (key === 'page') place.page = value;
    else if (key === 'visitor' || key === 'filter') place[key] = value;
    else if (key === 'view' && VIEWS.includes(value)) place.view = value;
  }
  if (place.view === 'visitor' && place.visitor === '') place.view = 'site';
  return place;
}

/** @returns {string} a place for the address; '' where there is nothing to say */
export function placeText({ page, visitor, filter, view }) {
  const parts = [];
  if (page !== null) parts.push(`page=${encoded(page)}`);
  if (visitor !== '') parts.push(`visitor=${encoded(visitor)}`);
  if (filter !== '') parts.push(`filter=${encoded(filter)}`);
  if (view !== 'site') parts.push(`view=${view}`);
  return parts.length > 0 ? `#${parts.join('&')}` : '';
}
