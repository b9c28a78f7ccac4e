import { visible } from './strangers.js';
import { Health, logLine, tables } from './health.js';
import { write } from './write.js';

/** The light, and the page behind it. */
export class HealthView {
  health = new Health();

  #button;
  #page;
  #parts = new Map();
  #log;
  #status = undefined;

  /** @param {HTMLElement} button @param {HTMLElement} page */
  constructor(button, page) {
    this.#button = button;
    this.#page = page;
    this.#log = page.querySelector('pre');
  }

  /** Brings light and page up to date. */
  render(stream, status, isShown, now) {
    this.health.look(stream, status, now);
    const { level, reasons, text } = this.health;
    if (this.#button.dataset.kind !== level) this.#button.dataset.kind = level;
    write(this.#button.querySelector('.text'), text);
    const why = reasons.length > 0 ? `${reasons.join('; ')}.` : 'Everything is in order.';
    write(this.#page.querySelector('.why'), why);
    if (!isShown || status === this.#status) return;
    this.#status = status;
    for (const table of tables(status)) this.#fill(table);
    const lines = Array.isArray(status?.log) ? status.log : [];
    const log = lines.map((line) => visible(logLine(line))).reverse().join('\n');
    write(this.#log, log || 'The server tells no log here.');
  }

  #fill({ title, head, rows, none }) {
    const { body, nothing, table } = this.#parts.get(title) ?? this.#add(title, head);
    table.hidden = rows.length === 0;
    nothing.hidden = rows.length > 0;
    write(nothing, none);
    while (body.rows.length > rows.length) body.deleteRow(-1);
    rows.forEach((cells, index) => {
      const row = body.rows[index] ?? body.insertRow();
      cells.forEach((text, column) => {
        const cell = row.cells[column] ?? row.insertCell();
        cell.className = column > 0 ? 'number' : '';
        write(cell, visible(text));
      });
    });
  }

  #add(title, head) {
    const section = document.createElement('section');
    const heading = document.createElement('h3');
    const table = document.createElement('table');
    const nothing = document.createElement('p');
    heading.textContent = title;
    const row = table.createTHead().insertRow();
    head.forEach((label, column) => {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = label;
      cell.className = column > 0 ? 'number' : '';
      row.append(cell);
    });
    const body = table.createTBody();
    const frame = document.createElement('div');
    frame.className = 'frame';
    frame.tabIndex = 0;
    frame.setAttribute('role', 'group');
    frame.setAttribute('aria-label', title);
    frame.append(table, nothing);
    section.append(heading, frame);
    this.#page.querySelector('.tables').append(section);
    const parts = { body, nothing, table };
    this.#parts.set(title, parts);
    return parts;
  }
}
