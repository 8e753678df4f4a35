// As much of a page as a picture needs in Node: elements that remember what they were given, canvases that remember
// what was drawn, and no layout at all.
class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], attributes: {}, dataset: {}, hidden: false, text: "" });
    this.style = { setProperty: (name, value) => (this.style[name] = value) };
    this.classList = { toggle() {}, add() {}, remove() {} };
    Object.assign(this, { clientWidth: 400, clientHeight: 300, width: 0, height: 0, drawn: [] });
  }

  append(...children) {
    this.children.push(...children.map((child) => (typeof child === "string" ? { textContent: child } : child)));
  }

  replaceChildren(...children) {
    this.children = children;
  }

  after() {}
  addEventListener() {}
  remove() {}
  focus() {}

  setAttribute(name, value) {
    this.attributes[name] = value;
    if (name === "hidden") this.hidden = true;
  }

  getBoundingClientRect() {
    return { left: 0, top: 0, width: 0, height: 0 };
  }

  querySelectorAll() {
    return [];
  }

  removeAttribute(name) {
    delete this.attributes[name];
  }

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  get firstChild() {
    return this.children[0];
  }

  get lastChild() {
    return this.children.at(-1);
  }

  get textContent() {
    return this.text || this.children.map((child) => child.textContent ?? String(child)).join("");
  }

  set textContent(text) {
    this.text = text;
  }

  toDataURL() {
    return "data:,";
  }

  getContext() {
    return (this.context ??= new Context(this));
  }
}

// Remembers every mark with the colour it was made in.
class Context {
  constructor(canvas) {
    Object.assign(this, { canvas, marks: [], path: [] });
  }

  setTransform() {}
  clearRect() {}
  save() {}
  restore() {}
  translate() {}
  rect() {}
  clip() {}
  closePath() {}
  drawImage() {}
  strokeRect() {}

  beginPath() {
    this.path = [];
  }

  moveTo(...at) {
    this.path.push(at);
  }

  lineTo(...at) {
    this.path.push(at);
  }

  bezierCurveTo(...at) {
    this.path.push(at.slice(-2));
  }

  arc(...at) {
    this.path.push(at.slice(0, 2));
  }

  fill() {
    this.marks.push({ colour: this.fillStyle, path: this.path });
  }

  stroke() {
    this.marks.push({ colour: this.strokeStyle, width: this.lineWidth, path: this.path });
  }

  fillText(text, x, y) {
    this.marks.push({ colour: this.fillStyle, text, path: [[x, y]] });
  }

  fillRect(x, y, width, height) {
    this.marks.push({ colour: this.fillStyle, box: [x, y, width, height] });
  }

  createImageData(width, height) {
    return new ImageData(width, height);
  }

  putImageData(image) {
    this.image = image;
  }
}

class ImageData {
  constructor(width, height) {
    Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) });
  }
}

Object.assign(globalThis, {
  document: {
    createElement: (tag) => new Element(tag),
    createElementNS: (_, tag) => new Element(tag),
    body: new Element("body"),
    head: { append: (sheet) => sheet.onload() },
    activeElement: null,
  },
  window: { devicePixelRatio: 1 },
  ImageData,
  matchMedia: () => ({ matches: false }),
});

const { PALETTES } = await import("../../playground/web/js/shared/registry.js");
export const THEMES = Object.fromEntries(
  Object.entries(PALETTES).map(([name, palette]) => [name, { ...palette, dark: name === "dark", zoom: 1, font: "x" }]),
);

// Which of two colours a pixel, as ImageData has it, is nearer to.
export function nearest(pixel, colours) {
  const rgb = [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const far = (hex) => [1, 3, 5].reduce((sum, at, k) => sum + (parseInt(hex.slice(at, at + 2), 16) - rgb[k]) ** 2, 0);
  return Object.entries(colours).reduce((best, one) => (far(one[1]) < far(best[1]) ? one : best))[0];
}

// A colour so much of the way from one to another.
export function mixed(from, to, share) {
  const part = (at) => {
    const [a, b] = [from, to].map((hex) => parseInt(hex.slice(at, at + 2), 16));
    return Math.round(a + share * (b - a))
      .toString(16)
      .padStart(2, "0");
  };
  return `#${part(1)}${part(3)}${part(5)}`;
}

export const pixelsOf = (image) => new Uint32Array(image.data.buffer);
