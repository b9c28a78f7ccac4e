/** Writes text only when it is another: an unchanged node costs no layout. @param {Node} node */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
