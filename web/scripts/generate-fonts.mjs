// Makes the committed font subsets from the fontsource packages. The full Inter latin file and
// the full Devanagari file are several times the font budget; run this again only when the
// character list or the font version changes.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import subsetFont from "subset-font";

const require = createRequire(import.meta.url);
const target = (name) => new URL(`../src/shared/styles/fonts/${name}`, import.meta.url);

const range = (from, to) =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");

const latin = `${range(0x20, 0x7e)}${range(0xa0, 0xff)}–—‘’“”…•·−×₹→←↑↓`;
const devanagari = `${range(0x900, 0x97f)}\u200c\u200d₹ –`;
// The language button is seen by everybody; its few letters must not pull the whole Hindi font.
const label = "हिन्दी";

const fonts = [
  {
    from: "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    to: "inter-ui.woff2",
    text: latin,
    options: {
      variationAxes: { wght: { min: 400, max: 700 } },
      keepFeatures: [
        "kern",
        "mark",
        "mkmk",
        "ccmp",
        "calt",
        "locl",
        "tnum",
        "cv05",
        "cv11",
        "ss03",
      ],
    },
  },
  {
    from: "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    to: "inter-ui-ext.woff2",
    text: range(0x100, 0x17f),
    options: {
      variationAxes: { wght: { min: 400, max: 700 } },
      keepFeatures: ["kern", "mark", "ccmp"],
    },
  },
  {
    from: "@fontsource-variable/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-wght-normal.woff2",
    to: "devanagari-ui.woff2",
    text: devanagari,
    options: { variationAxes: { wght: { min: 400, max: 700 } } },
  },
  {
    from: "@fontsource-variable/noto-sans-devanagari/files/noto-sans-devanagari-devanagari-wght-normal.woff2",
    to: "devanagari-label.woff2",
    text: label,
    options: { variationAxes: { wght: 600 } },
  },
];

for (const font of fonts) {
  const source = await readFile(require.resolve(font.from));
  const subset = await subsetFont(source, font.text, { targetFormat: "woff2", ...font.options });
  await writeFile(target(font.to), subset);
  console.log(`${font.to}: ${(subset.length / 1024).toFixed(1)} KB`);
}
