/** Small letters for pictures: three by five points, each row an octal digit from the top. */
const GLYPHS: Readonly<Record<string, string>> = {
  '0': '75557', '1': '26227', '2': '71747', '3': '71717', '4': '55711', '5': '74717', '6': '74757', '7': '71222', '8': '75757', '9': '75717',
  A: '25755', B: '65656', C: '34443', D: '65556', E: '74647', F: '74644', G: '34553', H: '55755', I: '72227', J: '11152', K: '55655', L: '44447', M: '57755',
  N: '65555', O: '25552', P: '65644', Q: '25563', R: '65655', S: '34216', T: '72222', U: '55557', V: '55552', W: '55775', X: '55255', Y: '55222', Z: '71247',
  '-': '00700', '.': '00002', ':': '02020', '·': '00200', '/': '11244', '%': '51245', '+': '02720',
}; // biome-ignore format: a table

/** Width of a text [points of the picture]. */
export function textWidth(text: string, size: number): number {
  return Math.max(0, text.length * 4 * size - size);
}

/** Writes in one colour into an RGB picture; what does not fit is cut off. */
export function drawText(
  rgb: Uint8Array,
  width: number,
  text: string,
  left: number,
  top: number,
  size: number,
  colour: readonly [number, number, number],
): void {
  const height = rgb.length / 3 / width;
  [...text.toUpperCase()].forEach((letter, at) => {
    const rows = GLYPHS[letter] ?? '00000';
    for (let r = 0; r < 5 * size; r += 1)
      for (let c = 0; c < 3 * size; c += 1) {
        const bits = Number(rows[Math.floor(r / size)]);
        if (((bits >> (2 - Math.floor(c / size))) & 1) === 0) continue;
        const x = left + 4 * size * at + c;
        const y = top + r;
        if (x >= 0 && x < width && y >= 0 && y < height) rgb.set(colour, 3 * (y * width + x));
      }
  });
}
