// How what a component shows stays while Streamlit draws the page anew, and ends when the page is left.

/** What stands in each component, by the element that Streamlit mounts it in. @type {WeakMap<Element, any>} */
export const views = new WeakMap();

/**
 * What stands in a component's place, made where nothing does yet.
 * @template {{ element: Element }} View
 * @param {Element} parent  that the component is mounted in
 * @param {string} name  of the component, whose place has the class NAME-place
 * @param {() => View} make
 * @returns {View}
 */
export function viewIn(parent, name, make) {
  const place = /** @type {Element} */ (parent.querySelector(`.${name}-place`));
  let view = views.get(parent);
  if (!view || !place.contains(view.element)) {
    view = make();
    views.set(parent, view);
    place.replaceChildren(view.element);
  }
  return view;
}

/**
 * What Streamlit is to call when it takes a component away, which it does at times only to mount it again.
 * @param {Element} parent
 * @param {() => void} end
 */
export const untilGone = (parent, end) => () => setTimeout(() => parent.isConnected || end(), 0);
