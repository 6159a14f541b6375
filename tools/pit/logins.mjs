// Prints the demo logins of demo.json as a table: node logins.mjs FILE PAGE-URL
import { readFileSync } from "node:fs";

const [file, pageUrl] = process.argv.slice(2);
const { logins } = JSON.parse(readFileSync(file, "utf8"));
const rows = [
  ["role", "user name", "password", "page"],
  ...logins.map(({ role, username, password, page }) => [role, username, password, new URL(page ?? "/", pageUrl).href]),
];
const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
for (const row of rows) {
  console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column])).join("   ")}`.trimEnd());
}
