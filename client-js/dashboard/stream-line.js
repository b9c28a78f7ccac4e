/** @returns {number} the server's time of a message, or NaN; without reading all of it */
export function timeOf(text) {
  const found = /^\s*\{\s*"at"\s*:\s*(\d+(?:\.\d+)?)/.exec(text);
  return found === null ? NaN : Number(found[1]);
}

/** @returns {boolean} whether a frame or keyframe goes on; within a string the marks would be escaped */
export function isPart(text) {
  return /"more"\s*:\s*true/.test(text);
}

/** What is known of where a stream stands in the server's time, from the messages that it brought. */
export class StreamLine {
  /** Whether a keyframe has come whole. */
  hasBegun = false;
  /** Whether the newest message is one of several, and not the last. */
  isInPart = false;
  /** Time of the newest frame or keyframe that came whole. */
  wholeAt = NaN;
  /** Time of the first frame behind its first keyframe that came whole. */
  firstAt = NaN;

  #isInKeyframe = false;

  /** Takes notice of a message. @returns {boolean} whether a keyframe begins with it */
  received(event, text) {
    if (event !== 'keyframe' && event !== 'frame') return false;
    const begins = event === 'keyframe' && !this.#isInKeyframe;
    this.isInPart = isPart(text);
    this.#isInKeyframe = event === 'keyframe' && this.isInPart;
    if (this.isInPart) return begins;
    this.wholeAt = timeOf(text);
    if (event === 'keyframe') this.hasBegun = true;
    else if (Number.isNaN(this.firstAt)) this.firstAt = this.wholeAt;
    return begins;
  }
}
