// What is promised in writing: the committed OpenAPI document, what every endpoint in it must say, and
// the TypeScript client made from it. The plan's own examples: plan-section-8.test.ts.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { call } from "../support/http.ts";
import { document, type Operation, operations } from "../support/openapi.ts";
import { root } from "../support/stack.ts";

const committed = join(root, "contracts/openapi.json");

test("the server serves the OpenAPI document that is committed", async () => {
  const served = (await call("GET", "/api/openapi.json")).json;
  assert.deepEqual(
    served,
    JSON.parse(readFileSync(committed, "utf8")),
    "contracts/openapi.json is old: write it anew with `pitview-server openapi`",
  );
});

test("the web's API types are those of the committed document", () => {
  // The generator writes next to itself, so a copy of it writes a copy.
  const folder = mkdtempSync(join(tmpdir(), "pitview-api-"));
  try {
    mkdirSync(join(folder, "src/shared/api"), { recursive: true });
    mkdirSync(join(folder, "scripts"));
    symlinkSync(join(root, "web/node_modules"), join(folder, "node_modules"));
    copyFileSync(join(root, "web/package.json"), join(folder, "package.json"));
    copyFileSync(
      join(root, "web/scripts/generate-api.mjs"),
      join(folder, "scripts/generate-api.mjs"),
    );
    execFileSync(process.execPath, [join(folder, "scripts/generate-api.mjs"), committed]);
    assert.equal(
      readFileSync(join(folder, "src/shared/api/schema.ts"), "utf8"),
      readFileSync(join(root, "web/src/shared/api/schema.ts"), "utf8"),
      "web/src/shared/api/schema.ts is old: `npm run api:generate` in web/",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the API's page for people is there and loads nothing from elsewhere", async () => {
  const page = await call("GET", "/api/docs");
  assert.equal(page.status, 200);
  assert.match(String(page.headers["content-type"]), /^text\/html/);
  assert.doesNotMatch(page.text, /(src|href)="https?:/);
});

describe("every endpoint", () => {
  const isList = ({ method, responses }: Operation) =>
    method === "GET" && responses["200"]?.content?.["application/json"]?.schema.type === "array";
  const codes = ({ responses }: Operation) =>
    Object.values(responses).flatMap(({ description }) => description.split(", "));

  /** Lists without pages, and what bounds each of them. */
  const bounded: Record<string, string> = {
    "GET /api/pits": "the pits of a workshop, at most 999, which every screen shows at once",
    "GET /api/pits/{id}/sensors/history":
      "points of a chart: the range and the resolution bound them",
    "GET /api/analytics/environment": "days of a range, of the pits of a workshop",
    "GET /api/alert-rules": "one for each type of alert",
    "GET /api/platform/servers": "one for each server",
  };

  test("that answers a list answers it in pages", () => {
    const lists = operations.filter(isList);
    assert.ok(lists.length > 5);
    for (const { name, parameters } of lists) {
      if (name in bounded) continue;
      const names = parameters.map((parameter) => parameter.name);
      assert.ok(names.includes("cursor") && names.includes("limit"), `${name}: ${names}`);
    }
    const known = lists.map(({ name }) => name);
    assert.deepEqual(
      Object.keys(bounded).filter((name) => !known.includes(name)),
      [],
    );
  });

  test("that takes something says how it refuses what is wrong with it", () => {
    for (const operation of operations) {
      const takes = operation.hasBody || operation.parameters.length > 0;
      const expected = ["validation_failed", "body_too_large"];
      if (!operation.takesBytes) expected.push("malformed_json");
      const wanted = operation.hasBody ? expected : takes ? expected.slice(0, 1) : [];
      for (const code of wanted)
        assert.ok(codes(operation).includes(code), `${operation.name}: ${code}`);
    }
  });

  test("says what who may not, who asks too often and who comes at a bad time are told", () => {
    for (const operation of operations) {
      const isOpen = operation.permission === "anyone";
      const isForDevices = operation.permission === "device_self";
      const signIn = isForDevices ? ["unauthenticated"] : ["unauthenticated", "forbidden"];
      for (const code of ["rate_limited", "unavailable", ...(isOpen ? [] : signIn)])
        assert.ok(codes(operation).includes(code), `${operation.name}: ${code}`);
      const hasIds = operation.parameters.some((parameter) => parameter.in === "path");
      if (hasIds) assert.ok(codes(operation).includes("not_found"), `${operation.name}: not_found`);
      assert.ok(!codes(operation).includes("internal_error"), operation.name);
    }
  });

  test("has a name of its own and a summary", () => {
    const written = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = written.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const { operationId, summary } of written) assert.ok(summary.length > 5, operationId);
  });
});
