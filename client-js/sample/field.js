/**
 * Something to move over: a field of needles that turn to the pointer, and a ring where it
 * clicks. It has nothing to do with the snippet, which works beside it on its own.
 */

/** Pixels between two needles. */
const PITCH = 34;
/** Half a needle's length in pixels. */
const HALF = 9;
/** Needles nearer than this are coloured. */
const NEAR = 170;
/** The part of its way that a needle turns per frame. */
const EASE = 0.14;
const RING_MS = 700;

const canvas = document.getElementById('field');
const context = canvas.getContext('2d');
const still = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');

let columns = 0;
let rows = 0;
let angles = new Float32Array(0);
let colours = { far: '', near: '' };
let pointer = null;
let rings = [];
let scheduled = false;

function readColours() {
  // A canvas does not understand light-dark(): let the document resolve it.
  const resolved = (name) => {
    canvas.style.color = `var(${name})`;
    return getComputedStyle(canvas).color;
  };
  colours = { far: resolved('--needle'), near: resolved('--needle-near') };
  schedule();
}

function resize() {
  const ratio = Math.min(2, devicePixelRatio);
  canvas.width = Math.round(innerWidth * ratio);
  canvas.height = Math.round(innerHeight * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  columns = Math.ceil(innerWidth / PITCH) + 1;
  rows = Math.ceil(innerHeight / PITCH) + 1;
  angles = new Float32Array(columns * rows).fill(-Math.PI / 4);
  schedule();
}

function schedule() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(draw);
}

/** Turns the needles and draws them in two colours. @returns {boolean} whether any still turns */
function drawNeedles() {
  const far = new Path2D();
  const near = new Path2D();
  let turning = false;
  for (let i = 0; i < angles.length; i += 1) {
    const x = (i % columns) * PITCH;
    const y = Math.floor(i / columns) * PITCH;
    let distance = Infinity;
    if (pointer) {
      distance = Math.hypot(pointer.x - x, pointer.y - y);
      const wanted = Math.atan2(pointer.y - y, pointer.x - x);
      const turn = Math.atan2(Math.sin(wanted - angles[i]), Math.cos(wanted - angles[i]));
      angles[i] += still.matches ? turn : turn * EASE;
      if (Math.abs(turn) > 0.01) turning = true;
    }
    const dx = Math.cos(angles[i]) * HALF;
    const dy = Math.sin(angles[i]) * HALF;
    const path = distance < NEAR ? near : far;
    path.moveTo(x - dx, y - dy);
    path.lineTo(x + dx, y + dy);
  }
  context.lineWidth = 1.5;
  context.lineCap = 'round';
  context.strokeStyle = colours.far;
  context.stroke(far);
  context.strokeStyle = colours.near;
  context.stroke(near);
  return turning && !still.matches;
}

function draw(now) {
  scheduled = false;
  context.clearRect(0, 0, innerWidth, innerHeight);
  const turning = drawNeedles();
  rings = rings.filter((ring) => now - ring.start < RING_MS);
  for (const { x, y, start } of rings) {
    const part = Math.max(0, (now - start) / RING_MS);
    context.globalAlpha = 1 - part;
    context.beginPath();
    context.arc(x, y, still.matches ? 20 : 6 + 44 * (1 - (1 - part) ** 3), 0, Math.PI * 2);
    context.stroke();
  }
  context.globalAlpha = 1;
  if (turning || rings.length > 0) schedule();
}

addEventListener('pointermove', ({ clientX, clientY }) => {
  pointer = { x: clientX, y: clientY };
  schedule();
}, { passive: true });
addEventListener('click', ({ clientX, clientY }) => {
  rings = [...rings.slice(-7), { x: clientX, y: clientY, start: performance.now() }];
  schedule();
});
addEventListener('resize', resize);
dark.addEventListener('change', readColours);

document.getElementById('snippet').textContent = new URL('./pointerscope.js', location.href).href;
const wishes = [navigator.globalPrivacyControl, navigator.doNotTrack, window.doNotTrack];
const isPrivate = wishes.some((wish) => wish === true || wish === '1' || wish === 'yes');
document.getElementById('private').hidden = !isPrivate;
readColours();
resize();
