/** What events of a pointer come to. */
import { FRAMES } from './parts.js';

export const [DOWN, UP, CANCEL, CLICK, ENTER, LEAVE] = [3, 4, 5, 6, 9, 10];
export const KINDS = {
  pointermove: 2, pointerdown: DOWN, pointerup: UP, pointercancel: CANCEL, lostpointercapture: CANCEL,
  dragend: CANCEL, click: CLICK, mouseout: LEAVE,
};

/** Whether something is held down. */
export let isPressed = false;

/** From now on nothing is. */
export const letGo = () => {
  isPressed = false;
};

/** Whether nobody tells what happens in an element: it is a frame that does not speak through this page. */
const isSilent = (element, key) => FRAMES[element?.localName] && !element[key];

/** Whether a pointer that goes from one element to another is gone: out of the page, or into a frame. */
const isGone = ({ relatedTarget }, key) => !relatedTarget || isSilent(relatedTarget, key);

/** What an event comes to, seen with what was pressed before; 0 is nothing. */
export const kindOf = (event, key) => {
  const kind = KINDS[event.type];
  if (kind === LEAVE) return isGone(event, key) && kind;
  if (kind === CLICK) return kind;
  if (event.isPrimary === false) return 0;
  if (kind === DOWN) {
    isPressed = true;
    return kind;
  }
  if (isPressed && !event.buttons) {
    isPressed = false;
    // A menu, a drag or another window had the release: it is noticed with the next move.
    return kind === UP ? UP : CANCEL;
  }
  // Firefox tells the page of moves over a frame, with the frame as their target.
  return kind === 2 && !isSilent(event.target, key) ? kind : 0;
};
