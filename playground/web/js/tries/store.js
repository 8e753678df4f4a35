// Where tries are kept: in this browser alone, each under a key of its own, so that two tabs do not write over each other.
//
// What another version has written has other keys and is left alone. Where the browser refuses to store anything, they
// last as long as the tab.

/** @import { Try } from "./entry.js" */

const PREFIX = "mlp-playground-try/1/";
export const MOST = 200;

export class Store {
  /** @param {() => Storage} storage where browsers keep things; asking for it may already be refused */
  constructor(storage = () => localStorage) {
    /** @type {Map<string, Try>} */
    this.tries = new Map();
    /** @type {Set<() => void>} */
    this.watchers = new Set();
    /** @type {Storage | null} */
    this.storage = null;
    this.unreadable = 0;
    this.problem = ""; // why they are not stored, in a sentence
    try {
      this.storage = storage();
      this.read();
    } catch {
      this.refused();
    }
  }

  refused(isFull = false) {
    this.problem = isFull
      ? "This browser's room for tries is full of those with a star: what comes now is gone when this tab is closed."
      : "This browser does not let the page store anything: the tries are gone when this tab is closed.";
  }

  // Take in what is stored, such as by another tab.
  read() {
    this.unreadable = 0;
    const keys = Array.from({ length: this.storage?.length ?? 0 }, (_, k) => this.storage?.key(k) ?? "");
    for (const key of keys.filter((one) => one.startsWith(PREFIX))) {
      const found = parse(this.storage?.getItem(key) ?? null);
      if (found && PREFIX + found.run === key) this.tries.set(found.run, found);
      else this.unreadable++;
    }
    this.changed();
  }

  // Another tab has written or removed one.
  /** @param {{key: string | null, newValue: string | null}} event */
  hear({ key, newValue }) {
    if (key === null)
      this.tries.clear(); // all was cleared
    else if (!key.startsWith(PREFIX)) return;
    else if (newValue === null) this.tries.delete(key.slice(PREFIX.length));
    else {
      const found = parse(newValue);
      if (found) this.tries.set(found.run, found);
    }
    this.changed();
  }

  changed() {
    for (const watcher of this.watchers) watcher();
  }

  // In the order in which they were first on screen.
  get all() {
    return [...this.tries.values()].sort((a, b) => a.number - b.number);
  }

  // Keep a run that is on screen, or what is new of one that is kept already.
  /** @param {Partial<Try> & {run: string}} news @param {number} now in milliseconds */
  note(news, now = Date.now()) {
    const known = this.tries.get(news.run);
    const number = known?.number ?? 1 + Math.max(0, ...[...this.tries.values()].map((one) => one.number));
    const one = /** @type {Try} */ ({ name: "", star: false, at: now, ...known, ...news, number });
    this.tries.set(one.run, one);
    this.thin(one.run);
    this.write(one);
    this.changed();
  }

  // What the user has said of it.
  /** @param {string} run @param {Partial<Pick<Try, "name" | "star">>} said */
  say(run, said) {
    const known = this.tries.get(run);
    if (known) this.note({ ...known, ...said });
  }

  /** @param {string} run @returns {Try | undefined} */
  remove(run) {
    const gone = this.tries.get(run);
    this.tries.delete(run);
    this.forget(run);
    this.changed();
    return gone;
  }

  // The oldest that has no star goes, and of stars only the oldest; not the one that has just come.
  oldest(but) {
    const others = this.all.filter((one) => one.run !== but);
    return others.find((one) => !one.star) ?? others[0];
  }

  thin(but) {
    while (this.tries.size > MOST) this.drop(this.oldest(but)?.run);
  }

  drop(run) {
    this.tries.delete(run);
    this.forget(run);
  }

  forget(run) {
    try {
      this.storage?.removeItem(PREFIX + run);
    } catch {
      this.refused();
    }
  }

  // A store that is full makes room by the oldest ones.
  write(one) {
    if (!this.storage) return;
    for (;;) {
      try {
        this.storage.setItem(PREFIX + one.run, JSON.stringify(one));
        return;
      } catch (error) {
        const oldest = this.oldest(one.run);
        const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
        if (!isFull || !oldest || oldest.star) return this.refused(isFull);
        this.drop(oldest.run);
      }
    }
  }
}

function parse(text) {
  try {
    const one = JSON.parse(text);
    const whole = ["run", "number", "at", "told", "maps", "weights", "epochs"].every((key) => one?.[key] !== undefined);
    return whole ? one : null;
  } catch {
    return null;
  }
}
