/**
 * A frame of the page's own origin is no visitor: what happens in it is told through the page at the top,
 * in the top page's places.
 */

const TYPES = [
  'pointermove', 'pointerdown', 'pointerup', 'pointercancel', 'lostpointercapture', 'dragend', 'click',
  'mouseout',
];

/** The page that speaks for this one, and where this one lies in it, CSS pixels; borders are counted in. */
const placeOf = (key) => {
  const shift = [0, 0];
  let view = window;
  for (let frame = view.frameElement; frame; frame = view.frameElement) {
    const box = frame.getBoundingClientRect();
    shift[0] += box.left + frame.clientLeft;
    shift[1] += box.top + frame.clientTop;
    // Says to the page around that going in here is not leaving.
    frame[key] = true;
    view = view.parent;
  }
  return { view, shift };
};

/** Hands on what happens here; returns whether somebody is there to take it. */
export const speakThroughTop = (key, on) => {
  const relay = (event) => {
    const { view, shift } = placeOf(key);
    view.navigator[key]?.hear?.(event, ...shift, Date.now() + 0.5 - performance.now());
  };
  on(Object.fromEntries(TYPES.map((type) => [type, relay])));
  return Boolean(placeOf(key).view.navigator[key]);
};
