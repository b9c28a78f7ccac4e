/** The dialog in which pages, visitors and actions are found by typing. */
export class CommandPalette {
  #dialog;
  #input;
  #list;
  #find;
  #offers = [];
  #chosen = 0;

  /** @param {HTMLDialogElement} dialog @param {(typed: string) => Array<object>} find */
  constructor(dialog, find) {
    this.#dialog = dialog;
    this.#input = dialog.querySelector('input');
    this.#list = dialog.querySelector('ul');
    this.#find = find;
    this.#input.addEventListener('input', () => this.#render());
    this.#input.addEventListener('keydown', (event) => this.#pressed(event));
    this.#list.addEventListener('click', (event) => {
      const index = [...this.#list.children].indexOf(event.target.closest('li'));
      if (index >= 0) this.#run(index);
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) dialog.close(); // beside it
    });
  }

  /** Opens it, or closes it. */
  toggle() {
    if (this.#dialog.open) {
      this.#dialog.close();
      return;
    }
    this.#input.value = '';
    this.#dialog.showModal();
    this.#render();
  }

  #pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const { length } = this.#offers;
      if (length > 0) this.#choose((this.#chosen + step + length) % length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.#run(this.#chosen);
    }
  }

  #run(index) {
    const offer = this.#offers[index];
    if (!offer) return;
    this.#dialog.close();
    offer.run();
  }

  #render() {
    this.#offers = this.#find(this.#input.value);
    const items = this.#offers.map(({ kind, title, hint }, index) => {
      const item = document.createElement('li');
      item.id = `offer-${index}`;
      item.setAttribute('role', 'option');
      const [name, note] = [document.createElement('bdi'), document.createElement('bdi')];
      item.dataset.kind = kind;
      name.textContent = title;
      note.textContent = hint;
      item.append(name, note);
      return item;
    });
    this.#list.replaceChildren(...items);
    this.#list.hidden = items.length === 0;
    this.#dialog.querySelector('.nothing').hidden = items.length > 0;
    this.#choose(0);
  }

  #choose(index) {
    this.#chosen = index;
    [...this.#list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === index)));
    const item = this.#list.children[index];
    if (item) {
      this.#input.setAttribute('aria-activedescendant', item.id);
      item.scrollIntoView({ block: 'nearest' });
    } else {
      this.#input.removeAttribute('aria-activedescendant');
    }
  }
}
