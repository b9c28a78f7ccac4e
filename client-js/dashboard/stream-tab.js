/** One dashboard that is fed. */
export class StreamTab {
  name = '';
  base = '';
  isHidden = false;
  /** Pages that are enough for it, or null. */
  pages = null;
  /** The line that it hears, once a keyframe of that has begun. */
  line = null;
  /** Frames up to this time it has had from another line. */
  hadAt = -Infinity;
  /** Characters on their way to it. */
  unread = 0;
  look = '';
  token = '';

  /** @param {{postMessage: (message: object) => void}} port */
  constructor(port) {
    this.port = port;
  }
}
