/** Lets so many moves a second pass as the server asks for; the newest that did not waits its turn. */

let gap = 1000 / 60;
/** When the next one may pass, epoch ms. */
let due = 0;
let waiting;

/** Sets the moves a second; with 0 none pass. */
export const setRate = (rate) => {
  gap = 1000 / rate;
  due = rate ? 0 : Infinity;
};

/**
 * Whether a move may be written now. One that is a little early may, as long as on average they are not:
 * pointers do not beat evenly.
 */
export const passes = (time, x, y, isCrowded) => {
  if (isCrowded || time < due) {
    waiting = [time, x, y];
    return false;
  }
  waiting = undefined;
  due = Math.max(due, time - gap) + gap;
  return true;
};

/** The newest move that did not pass, once it may: a pointer that rests is to be where it is. */
export const takeDue = (now) => {
  if (!waiting || now < due) return undefined;
  due = Math.max(due, now - gap) + gap;
  return takeWaiting();
};

/** Whether one waits that will be due. */
export const isWaiting = () => waiting !== undefined && due < Infinity;

/** The newest move that did not pass, which from now on does not wait any more. */
export const takeWaiting = () => {
  const move = waiting;
  waiting = undefined;
  return move;
};
