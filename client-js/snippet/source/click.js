/** Where a click is. */

/** A click on a label is followed by one of its control, which is an echo, within so long, ms. */
const ECHO_MS = 300;

let clicked = 0;
/** The control of the label that was clicked last. */
let echoing;

/** Under the pointer, or amid what a key has clicked; nowhere where it is an echo. */
export const clickPlace = (event, time) => {
  const { target } = event;
  if (target === echoing && time - clicked < ECHO_MS) return undefined;
  clicked = time;
  const control = Element.prototype.closest.call(target, 'label')?.control;
  echoing = control === target ? undefined : control;
  if (event.detail) return [event.clientX, event.clientY];
  const box = Element.prototype.getBoundingClientRect.call(target);
  return [box.left + box.width / 2, box.top + box.height / 2];
};
