// For the tests alone: `__player`, `__stage`, `__compare`, `__atlas` and `__sheet`, the player, and the stage, the runs side
// by side, the atlas and the drawing sheet that are on the page, if any. All come from the page's own modules, imported once more from where the page has them.
{
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

  const stage = () => at(".stage-place", "stages", "stage/stage.js", "shared/player.js");
  const compare = () => at(".compare-place", "pages", "compare/compare.js");
  const atlas = () => at(".atlas-place", "pages", "atlas/atlas.js");
  const sheet = () => at(".draw-place", "sheets", "draw/draw.js");
  Object.defineProperty(window, "__stage", { get: stage });
  Object.defineProperty(window, "__player", { get: () => stage() && modules["shared/player.js"].player });
  Object.defineProperty(window, "__compare", { get: compare });
  Object.defineProperty(window, "__atlas", { get: atlas });
  Object.defineProperty(window, "__sheet", { get: sheet });
  new MutationObserver(() => (stage(), compare(), atlas(), sheet())).observe(document, {
    childList: true,
    subtree: true,
  });
}
