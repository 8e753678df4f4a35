// One action of the user makes one entry in the browser's history. Streamlit's client, led to another page, makes up to
// three: the new page's query under the old page's path, then its path, and what the page adds to its address later.

const DEEDS = ["pointerdown", "keydown", "click", "input", "change", "popstate"];
const led = new WeakSet(); // windows that have been seen to

// From now on an entry for the way to another page, or for what that page adds, takes the place of one that Streamlit
// has made for the same action.
export function oneEntryForAPage(/** @type {any} */ at = window) {
  if (led.has(at)) return;
  led.add(at);
  const { history, location } = at;
  // Since the last deed: whether it leads to another page, whether an entry was made, and one of another page.
  let [leaving, written, moved] = [false, false, false];
  const act = ({ target }) => {
    const link = target?.closest?.("a[href]");
    [leaving, written, moved] = [
      !!link && new URL(link.href, location.href).pathname !== location.pathname,
      false,
      false,
    ];
  };
  for (const deed of DEEDS) at.addEventListener(deed, act, true);
  const push = history.pushState.bind(history);
  history.pushState = (state, unused, address) => {
    const to = new URL(address ?? location.href, location.href);
    const leaves = to.pathname !== location.pathname;
    const again = moved ? !leaves : written && (leaving || (leaves && to.search === location.search));
    [written, moved] = [true, moved || leaves];
    if (again) history.replaceState(state, unused, address);
    else push(state, unused, address);
  };
}
