/** What parts of a message are taken for: nothing in one is trusted to have the right type. */

/** @returns {boolean} whether a value is a number that can be computed with */
export const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

/** @returns {boolean} whether a value can be somebody's id */
export const isID = (value) => typeof value === 'string' && value !== '';

/** @returns {boolean} whether a value is an object with keys */
export const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns {Array} a value that is a list, or an empty one */
export const listIn = (value) => (Array.isArray(value) ? value : []);
