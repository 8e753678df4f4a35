// A small picture of a run, as playground/health/portrait.py makes it.
import { bytesOf } from "./bytes.js";
import { ramps } from "./theme.js";

const LEVELS = 25; // as there

// The cells as pixels that the browser makes larger, and the points over them, on a square of `size` CSS pixels.
export function paint(context, picture, theme, size) {
  context.fillStyle = theme.neutral;
  context.fillRect(0, 0, size, size);
  if (!picture) return;
  const { side, points } = picture;
  const cells = bytesOf(picture.cells);
  const small = document.createElement("canvas");
  small.width = small.height = side;
  const pixels = new Uint32Array(side * side);
  const { classes } = ramps(theme);
  cells.forEach((cell, k) => {
    const colours = classes[Math.floor(cell / LEVELS) % classes.length];
    const row = side - 1 - Math.floor(k / side); // the lowest x₂ comes first
    pixels[row * side + (k % side)] = colours[128 + Math.round(((cell % LEVELS) / (LEVELS - 1)) * 127)];
  });
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), side, side);
  const pen = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d"));
  pen.putImageData(image, 0, 0);
  context.drawImage(small, 0, 0, size, size);
  for (let p = 0; p < points.length; p += 3) {
    context.fillStyle = theme.classes[points[p + 2] % theme.classes.length];
    context.beginPath();
    context.arc(((points[p] + 1) / 2) * size, ((1 - points[p + 1]) / 2) * size, size / 50, 0, 7);
    context.fill();
  }
}
