/** When the clock of events began, epoch ms: what is told is told by the clock of the day. */
export let began = performance.timeOrigin;

/**
 * The clock of events begins with its page. Browsers round both clocks, so that they are held against each
 * other only for what a sleep or a clock that was set puts between.
 */
export const beginningOfPage = () => {
  const now = Date.now() + 0.5 - performance.now();
  if (Math.abs(now - began) > 50) began = now;
  return began;
};
