// Holds the first-load byte budgets of the design brief. Counted: everything an English visitor
// loads before the page is usable (entry script and its static imports, style sheet, the two
// fonts every page shows); not counted: what is loaded on demand, such as Hindi.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const KB = 1024;
const budgets = {
  "index.html": { js: 115 * KB, css: 8 * KB, fonts: 32 * KB, total: 155 * KB },
  "clip.html": { js: 90 * KB, css: 8 * KB, fonts: 32 * KB, total: 130 * KB },
  "certificate.html": { js: 90 * KB, css: 8 * KB, fonts: 32 * KB, total: 130 * KB },
  "app.html": { js: 170 * KB, css: 10 * KB, fonts: 32 * KB, total: 212 * KB },
};
const alwaysShownFonts = ["inter-ui", "devanagari-label"];

const manifest = await readFile(new URL(".vite/manifest.json", dist), "utf8")
  .then(JSON.parse)
  .catch(() => {
    console.error("budget: dist/ is missing; run `npm run build` first");
    process.exit(1);
  });

const files = (key, found = new Set(), styles = new Set(), assets = new Set()) => {
  const chunk = manifest[key];
  if (!found.has(chunk.file)) {
    found.add(chunk.file);
    for (const style of chunk.css ?? []) styles.add(style);
    for (const asset of chunk.assets ?? []) assets.add(asset);
    for (const next of chunk.imports ?? []) files(next, found, styles, assets);
  }
  return { found, styles, assets };
};

const bytes = async (names, compress) => {
  let sum = 0;
  for (const name of names) {
    const content = await readFile(new URL(name, dist));
    sum += compress ? gzipSync(content, { level: 9 }).length : content.length;
  }
  return sum;
};

let over = 0;
for (const [entry, budget] of Object.entries(budgets)) {
  const { found, styles, assets } = files(entry);
  const fonts = [...assets].filter((asset) =>
    alwaysShownFonts.some((font) => asset.includes(font) && !asset.includes("-ext")),
  );
  const scripts = [...found].filter((file) => file.endsWith(".js"));
  if (fonts.length !== alwaysShownFonts.length || scripts.length === 0 || styles.size === 0) {
    console.error(`budget: ${entry}: scripts, style sheet or fonts not found in the manifest`);
    process.exit(1);
  }
  const measured = {
    js: await bytes(scripts, true),
    css: await bytes(styles, true),
    fonts: await bytes(fonts, false),
  };
  measured.total = measured.js + measured.css + measured.fonts + (await bytes([entry], true));
  for (const [kind, limit] of Object.entries(budget)) {
    const fits = measured[kind] <= limit;
    if (!fits) over += 1;
    const size = `${(measured[kind] / KB).toFixed(1)} KB of ${limit / KB} KB`;
    console.log(`budget: ${entry} ${kind} ${size}${fits ? "" : "  OVER BUDGET"}`);
  }
}
process.exit(over === 0 ? 0 : 1);
