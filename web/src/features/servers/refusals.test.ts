import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inOrder, reasonText, refusalKind } from "./refusals";

test("every reason that the server can give has a sentence", () => {
  const server = join(
    import.meta.dirname,
    "../../../../services/server/telemetry/ingest_metrics.cpp",
  );
  const names = readFileSync(server, "utf8").match(/(?<=case Refusal::\w+: return ")\w+/g) ?? [];
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => reasonText(name) === null)).toEqual([]);
});

test.each(["a_reason_of_tomorrow", "constructor"])(
  "%s is not known, and counts as faulty",
  (name) => {
    expect([reasonText(name), refusalKind(name)]).toEqual([null, "faulty"]);
  },
);

test("what is lost or shed comes first, the rest as the server has it", () => {
  const given = ["too_old", "malformed_json", "too_many", "overload"];
  const order = inOrder(given.map((reason) => ({ reason, count: 1 })));
  expect(order.map(({ reason }) => reason)).toEqual([
    "overload",
    "too_many",
    "too_old",
    "malformed_json",
  ]);
});
