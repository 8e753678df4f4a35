// The one player of a tab: it lives from page to page, and whatever is on a page is a view of it.
import { Player } from "../stage/player.js";

export const player = new Player({ calm: matchMedia("(prefers-reduced-motion: reduce)").matches });
