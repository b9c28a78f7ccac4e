/*! Pointerscope: see README.md */
(() => {
  const quiet = (work) => (event) => {
    try { return work(event); } catch {}
  };

  quiet(() => {
    const KEY = 'pointerscope';
    const tag = document.currentScript;
    const mark = Symbol.for(KEY);
    if (window[mark] || navigator.globalPrivacyControl || navigator.doNotTrack === '1') return;
    window[mark] = true;

    const { protocol, hostname } = new URL(tag.src);
    const ingest = tag.dataset.ingest || protocol.replace('http', 'ws') + '//' + hostname + ':8081';
    let id, socket, opened, frame, view, told;
    let at; // where the pointer rests
    let tries = 0;
    let waiting = [];

    // While the page lives the storage holds no id: no copy of the tab can share it.
    const takeId = quiet(() => {
      const kept = sessionStorage.getItem(KEY);
      sessionStorage.removeItem(KEY);
      return kept;
    });

    const look = () => {
      view = { w: innerWidth, h: innerHeight };
      told = '';
    };

    const connect = quiet(() => {
      if (socket || document.hidden) return;
      id = takeId() || id ||
        crypto.getRandomValues(new BigUint64Array(1))[0].toString(36);
      opened = Infinity;
      socket = new WebSocket(ingest, ['json']);
      socket.onopen = quiet(() => {
        opened = Date.now();
        look();
        if (at) add();
      });
      socket.onclose = quiet(() => {
        tries = Date.now() - opened > 1e4 ? 0 : tries + 1;
        socket = 0;
        setTimeout(connect, (0.5 + Math.random()) * Math.min(3e4, 1e3 * 2 ** tries));
      });
    });

    const ask = () => {
      frame = frame || requestAnimationFrame(flush);
    };

    const flush = quiet(() => {
      frame = 0;
      const live = socket && socket.readyState === 1;
      if (live && socket.bufferedAmount > 4096) return ask();
      const samples = waiting;
      waiting = [];
      if (!live || !samples[0]) return;
      const p = location.pathname.slice(0, 256);
      if (told !== p) Object.assign(samples[0], view, { p });
      told = p;
      socket.send(JSON.stringify(samples[1] ? samples : samples[0]));
    });

    const add = (k) => {
      const newest = waiting[waiting.length - 1];
      if (newest && newest.k === k && (!k || k === 'scroll')) waiting.pop();
      waiting.push({ id, ...at, k });
      if (waiting[50]) waiting.shift();
      ask();
    };

    const on = (target, type, work) =>
      target.addEventListener(type, quiet(work), { passive: true, capture: target === window });

    const hear = (target, type, k) => on(target, type, (event) => {
      const x = Math.round(event.clientX);
      const y = Math.round(event.clientY);
      const click = k === 'click'; // which is never primary
      if (event.isPrimary === false && !click) return;
      // Scrolls, and clicks made by keys, happen where the pointer rests.
      if (x === x && (!click || event.detail)) at = { x, y };
      if (at) add(k);
    });

    hear(window, 'pointermove');
    hear(window, 'pointerdown', 'down');
    hear(window, 'pointerup', 'up');
    hear(window, 'click', 'click');
    hear(window, 'scroll', 'scroll');
    const root = document.documentElement;
    hear(root, 'mouseenter', 'enter');
    hear(root, 'mouseleave', 'leave');
    on(window, 'resize', look);
    on(document, 'visibilitychange', connect);
    on(window, 'pageshow', connect);
    on(window, 'pagehide', () => {
      flush(); // the click that leads away
      if (socket) {
        socket.onclose = null;
        socket.close();
        socket = 0;
      }
      if (id) sessionStorage.setItem(KEY, id);
    });
    connect();
  })();
})();
