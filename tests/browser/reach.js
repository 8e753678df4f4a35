// For the tests alone: `__player`, and the view of each place on the page, by the names of the table below; undefined where
// there is none. All come from the page's own modules, imported once more from where the page has them.
{
  const VIEWS = {
    stage: [".stage-place", "stages", "stage/stage.js", "shared/player.js"],
    compare: [".compare-place", "views", "shared/component.js"],
    atlas: [".atlas-place", "views", "shared/component.js"],
    fold: [".fold-place", "pages", "fold/fold.js"],
    landscape: [".landscape-place", "pages", "landscape/landscape.js"],
    map: [".descent-place", "views", "shared/component.js"],
    sheet: [".draw-place", "views", "shared/component.js"],
  };
  const modules = {};

  async function load(...names) {
    if (names[0] in modules) return;
    const style = document.querySelector('link[href*="assets/js/"]');
    const packed = document.querySelector("script[type=importmap]");
    if (!style && !packed) return;
    modules[names[0]] = null;
    const address = (name) => (packed ? `mlp/${name}` : style.href.replace("stage/stage.css", name));
    const loaded = await Promise.all(names.map((name) => import(address(name))));
    names.forEach((name, k) => (modules[name] = loaded[k]));
  }

  // The view that a module keeps for the element around a place.
  function at(selector, kept, ...names) {
    let element = document.querySelector(selector);
    if (!element) return undefined;
    load(...names);
    while (element && !modules[names[0]]?.[kept].has(element)) element = element.parentElement;
    return element ? modules[names[0]][kept].get(element) : undefined;
  }

  for (const [name, place] of Object.entries(VIEWS))
    Object.defineProperty(window, `__${name}`, { get: () => at(...place) });
  Object.defineProperty(window, "__player", { get: () => window.__stage && modules["shared/player.js"].player });
  new MutationObserver(() => Object.values(VIEWS).forEach((place) => at(...place))).observe(document, {
    childList: true,
    subtree: true,
  });
}
