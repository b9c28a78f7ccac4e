/** The page around. Nothing that markup can name is read: `<form name="hidden">` hides no page. */

/** A property of the document itself, whatever elements are called. */
export const ofDocument = (name) => Reflect.get(Document.prototype, name, document);

/** Makes a callback that never throws into the page. */
export const quiet = (work) => (event) => {
  try {
    work(event);
  } catch {}
};

/** Listens first and passively to what the visitor does; what scripts make up is not heard. */
export const on = (works) => {
  for (const type in works) {
    addEventListener(type, (event) => {
      try {
        if (event.isTrusted) works[type](event);
      } catch {}
    }, { passive: true, capture: true });
  }
};
