// A point of a class, by colour and by shape: circle, diamond, square, triangle, cross, star.

export function mark(context, x, y, r, c, theme) {
  context.fillStyle = theme.classes[c % theme.classes.length];
  context.strokeStyle = theme.background;
  context.lineWidth = 1;
  context.beginPath();
  const shape = SHAPES[c % SHAPES.length];
  if (!shape) context.arc(x, y, r, 0, 7);
  else {
    shape.forEach(([dx, dy], k) =>
      k ? context.lineTo(x + r * dx, y + r * dy) : context.moveTo(x + r * dx, y + r * dy),
    );
    context.closePath();
  }
  context.fill();
  context.stroke();
}

const star = Array.from({ length: 10 }, (_, k) => {
  const [far, angle] = [k % 2 ? 0.55 : 1.25, (Math.PI * k) / 5 - Math.PI / 2];
  return [far * Math.cos(angle), far * Math.sin(angle)];
});
const SHAPES = [
  null, // a circle
  [
    [0, -1.25],
    [1.1, 0],
    [0, 1.25],
    [-1.1, 0],
  ],
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.2],
    [1.15, 0.85],
    [-1.15, 0.85],
  ],
  [
    [-0.4, -1.1],
    [0.4, -1.1],
    [0.4, -0.4],
    [1.1, -0.4],
    [1.1, 0.4],
    [0.4, 0.4],
    [0.4, 1.1],
    [-0.4, 1.1],
    [-0.4, 0.4],
    [-1.1, 0.4],
    [-1.1, -0.4],
    [-0.4, -0.4],
  ],
  star,
];
