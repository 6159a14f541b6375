import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { certificate as certificateEn } from "./en/certificate";
import { claim as claimEn } from "./en/claim";
import { clip as clipEn } from "./en/clip";
import { common as commonEn } from "./en/common";
import { consoleTexts as consoleEn } from "./en/console";
import { customer as customerEn } from "./en/customer";
import { recordings as recordingsEn } from "./en/recordings";
import { servers as serversEn } from "./en/servers";
import { stages as stagesEn } from "./en/stages";
import { certificate as certificateHi } from "./hi/certificate";
import { claim as claimHi } from "./hi/claim";
import { clip as clipHi } from "./hi/clip";
import { common as commonHi } from "./hi/common";
import { consoleTexts as consoleHi } from "./hi/console";
import { customer as customerHi } from "./hi/customer";
import { recordings as recordingsHi } from "./hi/recordings";
import { servers as serversHi } from "./hi/servers";
import { stages as stagesHi } from "./hi/stages";
import { fillIn } from "./i18n";

const source = join(import.meta.dirname, "../..");

const sourceFiles = (folder: string): string[] =>
  readdirSync(join(source, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => join(source, folder, file));

const pairs: [string, Record<string, string>, Record<string, string>][] = [
  ["common", commonEn, commonHi],
  ["stages", stagesEn, stagesHi],
  ["customer", customerEn, customerHi],
  ["console", consoleEn, consoleHi],
  ["claim", claimEn, claimHi],
  ["servers", serversEn, serversHi],
  ["recordings", recordingsEn, recordingsHi],
  ["clip", clipEn, clipHi],
  ["certificate", certificateEn, certificateHi],
];

test.each(pairs)("%s has the same texts in English and Hindi, none of them empty", (_n, en, hi) => {
  expect(Object.keys(hi).sort()).toEqual(Object.keys(en).sort());
  expect([...Object.values(en), ...Object.values(hi)].filter((text) => text.trim() === "")).toEqual(
    [],
  );
});

test.each(pairs)("%s fills in the same values in both languages", (_name, en, hi) => {
  const values = (text: string | undefined) => (text?.match(/\{\w+\}/g) ?? []).sort();
  for (const key of Object.keys(en)) {
    expect([key, values(hi[key])]).toEqual([key, values(en[key])]);
  }
});

test("no key is in two files of the same portal", () => {
  const all = pairs.flatMap(([, en]) => Object.keys(en));
  expect(new Set(all).size).toBe(all.length);
});

test("values are filled in, and unknown ones stay visible", () => {
  expect(fillIn("{a} of {b}", { a: 1 })).toBe("1 of {b}");
});

/** Words a person would read, written in the code: JSX text and readable attributes. */
function inlineTexts(file: string): string[] {
  const found: string[] = [];
  const tree = ts.createSourceFile(
    file,
    readFileSync(file, "utf8"),
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TSX,
  );
  const readable = ["aria-label", "title", "placeholder", "alt", "label"];
  const hasWord = (text: string) => /\p{L}{2}/u.test(text);
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && hasWord(node.text)) found.push(`${file}: ${node.text.trim()}`);
    if (
      ts.isJsxAttribute(node) &&
      readable.includes(node.name.getText()) &&
      node.initializer !== undefined &&
      ts.isStringLiteral(node.initializer)
    ) {
      found.push(`${file}: ${node.getText()}`);
    }
    if (
      ts.isJsxExpression(node) &&
      node.expression !== undefined &&
      ts.isStringLiteral(node.expression) &&
      !ts.isJsxAttribute(node.parent) &&
      hasWord(node.expression.text)
    ) {
      found.push(`${file}: ${node.expression.text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

test("no component has text of its own", () => {
  const files = sourceFiles(".").filter((file) => file.endsWith(".tsx"));
  expect(files.length).toBeGreaterThan(30);
  expect(files.flatMap(inlineTexts)).toEqual([]);
});

/** The keys that a folder names, as literals. */
const keysIn = (folders: string[]): string[] =>
  folders
    .flatMap(sourceFiles)
    .filter((file) => !file.includes("/i18n/") && !file.includes("/testing/"))
    .flatMap((file) => readFileSync(file, "utf8").match(/(?<=")[a-z]+\.[a-zA-Z_]+(?=")/g) ?? []);

const known = new Set(pairs.flatMap(([, en]) => Object.keys(en)));

test.each([
  ["customer", ["shared", "features/login", "features/customer"], [commonEn, stagesEn, customerEn]],
  [
    "console",
    [
      "shared",
      "features/login",
      "features/grid",
      "features/start-job",
      "features/job-sheet",
      "features/console-shell",
      "features/claim",
      "features/servers",
      "features/recordings",
    ],
    [commonEn, stagesEn, consoleEn, claimEn, serversEn, recordingsEn],
  ],
] as const)("the %s portal has all texts that its code names", (_portal, folders, dictionaries) => {
  const own = new Set(dictionaries.flatMap((dictionary) => Object.keys(dictionary)));
  const named = keysIn([...folders]).filter((key) => known.has(key));
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((key) => !own.has(key))).toEqual([]);
});

test("features do not import each other", () => {
  const crossing = sourceFiles("features").filter((file) =>
    /from "\.\.\/(?!\.\.)/.test(readFileSync(file, "utf8")),
  );
  expect(crossing).toEqual([]);
});
