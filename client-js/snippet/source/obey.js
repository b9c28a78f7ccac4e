/** What the server says (docs/protocol.md, "server to client"). */

/** Obeys the records of a message; what a later version brought is passed over. */
export const obey = (message, me, core, writer, setPace) => {
  let at = 0;
  const number = () => {
    let value = 0;
    let unit = 1;
    let byte;
    do {
      byte = message[at++];
      value += (byte & 127) * unit;
      unit *= 128;
    } while (byte > 127);
    return value;
  };
  while (at < message.length) {
    const kind = message[at++];
    const isLong = kind === 1 || kind > 63;
    const end = isLong ? number() + at : 0;
    if (kind === 1) {
      // How, and id and token, each behind its length.
      at += 1;
      for (let texts = 2; texts > 0; texts -= 1) {
        const count = number();
        at += count;
      }
    }
    if (kind < 3) setPace(message[at++], number());
    else if (kind === 4) moveAway(me, core, number());
    else if (kind === 5) {
      core.stop();
      return;
    } else if (kind === 6) writer.sync();
    else if (!isLong) return;
    if (isLong) at = end;
  }
};

/** The next connection is there before this one lets go; what waits goes where it was meant to go. */
const moveAway = (me, core, spread) => setTimeout(() => {
  const old = me._socket;
  me._socket = 0;
  core.connect();
  const next = me._socket;
  if (!next) {
    me._socket = old;
    return;
  }
  // The old one is welcome still, so that the core does not ask whether this one is heard.
  setTimeout(() => me._live === next || next.close(), 8e3);
  const opened = next.onopen;
  next.onopen = (event) => {
    core.flush();
    opened(event);
  };
  for (const type of ['message', 'close']) next.addEventListener(type, () => old.close(), { once: true });
}, Math.random() * spread);
