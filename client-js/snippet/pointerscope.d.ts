/** What the tag's attributes say, in camel case and without `data-`. */
export interface Settings {
  /** Where samples go, `ws://` or `wss://`; the server that serves the module where it is left out. */
  endpoint?: string;
  /** Hosts on which it speaks, between commas or spaces. */
  domains?: string;
  /** Paths that are left out. */
  exclude?: string;
  /** Patterns that are told in the place of the paths that they find. */
  maskPaths?: string;
  /** Whether the hash is a part of the path; any value means yes. */
  hash?: string;
  /** The most moves a second. */
  rate?: number | string;
  /** Whether the console is told why nothing happens; any value means yes. */
  debug?: string;
}

/** Begins, unless the visitor asks not to be watched. */
export function start(settings?: Settings): void;

/** Says goodbye, forgets who this was, and stays silent until `start`. */
export function stop(): void;

/** Gives the visitor a name: at most 64 bytes are taken, without control characters. */
export function identify(name: string): void;
