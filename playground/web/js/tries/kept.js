// The tries of this browser: one store for all that is on a page.
import { Store } from "./store.js";

export const store = new Store();

addEventListener("storage", (event) => event.storageArea === store.storage && store.hear(event));
