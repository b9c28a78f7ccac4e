/**
 * The colours that canvases need, for each theme; what the document itself shows is in theme.css.
 * `hues` are the visitors' colours (one per `VisitorTable.hue`), of even weight on the background.
 */
export const PALETTES = Object.freeze({
  dark: Object.freeze({
    hues: ['#62b0ff', '#46cfc0', '#93d055', '#edc04d', '#ff9d66', '#ff7d88',
      '#e58ae2', '#a991fb', '#7fd0fa', '#5cd28c', '#cfcf52', '#ff92b6'],
    ink: '#e8eef5',
    heat: '#62b0ff',
    ground: '#11171e',
    edge: 'rgba(148, 168, 190, 0.22)',
    grid: 'rgba(148, 168, 190, 0.13)',
    frame: 'rgba(148, 168, 190, 0.35)',
    plate: 'rgba(13, 18, 24, 0.92)',
    outline: 'rgba(8, 11, 15, 0.9)',
  }),
  light: Object.freeze({
    hues: ['#1c6dd0', '#0c8a80', '#4a850f', '#a07000', '#c05510', '#c62f40',
      '#a5379f', '#6b4bd8', '#1580a8', '#128747', '#7a7800', '#bd3a6e'],
    ink: '#1a2430',
    heat: '#1c6dd0',
    ground: '#ffffff',
    edge: 'rgba(60, 80, 105, 0.2)',
    grid: 'rgba(60, 80, 105, 0.11)',
    frame: 'rgba(60, 80, 105, 0.35)',
    plate: 'rgba(255, 255, 255, 0.94)',
    outline: 'rgba(255, 255, 255, 0.95)',
  }),
});
