/** What was clicked, in a few words that are the site's and not the visitor's. */

/** Bytes of a hint, as the wire takes them. */
export const HINT_BYTES = 64;

/**
 * `tag#id.class.class`; secrets become stars, digits zeros; under `data-pointerscope-mask` the tag is all.
 */
export const hintOf = (element, hide) => {
  const { closest, getAttribute } = Element.prototype;
  const tag = element.localName;
  if (closest.call(element, '[data-pointerscope-mask]')) return tag;
  const id = getAttribute.call(element, 'id');
  const names = (getAttribute.call(element, 'class') ?? '').split(/\s+/).filter(Boolean);
  const shape = hide([tag + (id ? `#${id}` : ''), ...names].join('.'));
  return shape.replace(/\p{Cc}/gu, '').replace(/\d+/g, '0');
};
