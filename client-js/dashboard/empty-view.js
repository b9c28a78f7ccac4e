/** What is shown while nobody is here: where to try it, and the tag for pages of one's own, to copy. */
export class EmptyView {
  #host;

  /** @param {HTMLElement} host with a `code`, a button and an `output` @param {string} script its address */
  constructor(host, script) {
    this.#host = host;
    const tag = `<script async src="${script}"></script>`;
    host.querySelector('code').textContent = tag;
    const said = host.querySelector('output');
    host.querySelector('button').addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(tag);
        said.textContent = 'Copied';
      } catch {
        // A page that came over plain HTTP may not write there: what is chosen can be copied by hand.
        getSelection().selectAllChildren(host.querySelector('code'));
        said.textContent = 'Selected: copy it with Ctrl-C';
      }
    });
    host.addEventListener('click', (event) => event.stopPropagation()); // it is no click on the map
  }

  /** Shows it, or not; `isFiltered` says that somebody is here whom the filter leaves out. */
  render(isEmpty, isFiltered) {
    this.#host.hidden = !isEmpty;
    if (isEmpty) this.#host.dataset.kind = isFiltered ? 'filtered' : 'nobody';
  }
}
