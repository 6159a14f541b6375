// Markdown that reads well in a terminal too.

export type Row = string[];

export const count = (value: number): string => Math.round(value).toLocaleString("en-US");
export const ms = (us: number): string => (us / 1000).toFixed(2);
export const share = (value: number): string => value.toFixed(2);
export const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;

/** The first column is text, the others are numbers. */
export function table(head: Row, rows: Row[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: Row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** A figure beside what issue or plan ask for; a benchmark never fails because of it. */
export const besideTarget = (text: string, target: string, reached: boolean): string =>
  `${text} (target ${target}: ${reached ? "reached" : "missed"})`;
