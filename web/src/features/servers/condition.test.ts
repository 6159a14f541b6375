import { expect, test } from "vitest";
import type { ServerReport } from "../../shared/api/model";
import { at, sampleReport } from "../../shared/testing/samples";
import { conditionOf, findingsOf, toneOf } from "./condition";
import { observe, type Watched } from "./watched";

/** What is found when the server first was well and then reports this. */
function found(change: Partial<ServerReport>, others: ServerReport[] = []) {
  const later = sampleReport({ reported_at: at(5000), ...change });
  const servers = observe(observe([], [sampleReport(), ...others]), [later]);
  const findings = findingsOf(servers);
  return { findings, tone: toneOf(findings) };
}
const refused = (reason: string, count: number) => ({ refused: [{ reason, count }] });

test("nothing is found when all that comes is stored", () => {
  expect(found({ readings_accepted: 1500, readings_stored: 1500 })).toEqual({
    findings: [],
    tone: "ok",
  });
});

test("what was refused before the page was opened is no news", () => {
  expect(findingsOf(observe([], [sampleReport(refused("overload", 12))]))).toEqual([]);
});

test.each([
  [refused("overload", 2), { kind: "lost", count: 2 }, "bad"],
  [refused("left_to_device", 9), { kind: "left", count: 9, cause: "full" }, "warn"],
  [
    { healthy: false, ...refused("left_to_device", 9) },
    { kind: "left", count: 9, cause: "away" },
    "bad",
  ],
  [{ healthy: false }, { kind: "unhealthy", name: "main" }, "bad"],
  [{ roles: ["api"] }, { kind: "noIngest" }, "bad"],
  [{ readings_waiting: 5001 }, { kind: "behind", count: 5001 }, "warn"],
  [refused("too_many", 3), { kind: "tooMany", count: 3 }, "warn"],
  [{ readings_set_aside: 1 }, { kind: "setAside", count: 1 }, "warn"],
  [refused("malformed_json", 4), { kind: "refused", count: 4 }, "warn"],
  [refused("a_reason_of_tomorrow", 5), { kind: "refused", count: 5 }, "warn"],
  [{ sessions_adopted: 1 }, { kind: "adopted", name: "main" }, "warn"],
] as const)("%j is found as %j", (change, finding, tone) => {
  expect(found(change as Partial<ServerReport>)).toEqual({ findings: [finding], tone });
});

test("readings that were left to their devices are no fault of now once it has ended", () => {
  const later = (ms: number) =>
    sampleReport({ reported_at: at(ms), ...refused("left_to_device", 9) });
  const answers = [sampleReport(), later(5000), later(10_000)];
  const servers = answers.reduce<Watched[]>((known, report) => observe(known, [report]), []);
  const findings = findingsOf(servers);
  expect(findings).toEqual([{ kind: "left", count: 9, cause: "over" }]);
  expect(toneOf(findings)).toBe("warn");
});

test("the worst is found first", () => {
  const { findings } = found(
    {
      healthy: false,
      sessions_adopted: 1,
      refused: [
        { reason: "too_old", count: 1 },
        { reason: "too_many", count: 1 },
        { reason: "overload", count: 1 },
        { reason: "left_to_device", count: 1 },
      ],
    },
    [sampleReport({ name: "two" })],
  );
  expect(findings.map(({ kind }) => kind)).toEqual([
    "lost",
    "left",
    "silent",
    "tooMany",
    "refused",
    "adopted",
  ]);
});

test("a server is silent 15 s after its last report, or when the others no longer name it", () => {
  const own = sampleReport();
  const stateAfter = (ms: number) =>
    observe([], [own, sampleReport({ name: "two", reported_at: at(-ms) })]).map(conditionOf)[1];
  expect([stateAfter(15_000), stateAfter(15_001)]).toEqual(["well", "silent"]);
  expect(found({}, [sampleReport({ name: "two" })]).findings).toEqual([
    { kind: "silent", name: "two", silentMs: 5000 },
  ]);
});
