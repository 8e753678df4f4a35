// What this visitor has done before: an invitation is said until it was followed once. The browser remembers it.
const KEY = "mlp-playground-has-done";

export class Visitor {
  // A browser may refuse to keep anything, or to say what it keeps: then it is kept for as long as the page is open.
  constructor(storage = () => localStorage) {
    this.storage = storage;
    this.done = new Set(read(storage));
  }

  /** @param {"play" | "drag"} deed */
  has(deed) {
    return this.done.has(deed);
  }

  /** @param {"play" | "drag"} deed */
  did(deed) {
    if (this.has(deed)) return;
    this.done.add(deed);
    try {
      this.storage().setItem(KEY, [...this.done].join());
    } catch {
      // see above
    }
  }
}

function read(storage) {
  try {
    return (storage().getItem(KEY) ?? "").split(",").filter(Boolean);
  } catch {
    return [];
  }
}
