/** Lets so many moves a second pass as the server asks for; the newest that did not waits its turn. */

let gap = 1000 / 60;
/** An event that comes so long after the last one may hold more than one move that passes, ms. */
export let several = gap * 1.5;
/** When the next one may pass, epoch ms. */
let due = 0;
let isHeld = false;
let heldTime = 0;
let heldX = 0;
let heldY = 0;

/** Sets the moves a second; with 0 none pass. */
export const setRate = (rate) => {
  gap = 1000 / rate;
  several = gap * 1.5;
  due = rate ? 0 : Infinity;
};

/**
 * Whether a move may be written now. One that is a little early may, as long as on average they are not:
 * pointers do not beat evenly.
 */
export const passes = (time, x, y, isCrowded) => {
  isHeld = isCrowded || time < due;
  if (isHeld) {
    heldTime = time;
    heldX = x;
    heldY = y;
    return false;
  }
  due = Math.max(due, time - gap) + gap;
  return true;
};

/** The newest move that did not pass, once it may: a pointer that rests is to be where it is. */
export const takeDue = (now) => {
  if (!isHeld || now < due) return undefined;
  due = Math.max(due, now - gap) + gap;
  return takeWaiting();
};

/** Whether one waits that will be due. */
export const isWaiting = () => isHeld && due < Infinity;

/** The newest move that did not pass, which from now on does not wait any more. */
export const takeWaiting = () => {
  if (!isHeld) return undefined;
  isHeld = false;
  return [heldTime, heldX, heldY];
};

/** From now on none waits. */
export const forget = () => {
  isHeld = false;
};
