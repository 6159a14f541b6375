import { act, screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { ServerReport } from "../../shared/api/model";
import { renderPortal } from "../../shared/testing/renderPortal";
import { at, sampleNow, sampleReport } from "../../shared/testing/samples";
import { ServersPage } from "./ServersPage";

type Answer = ServerReport[] | Response | "no network";

const json = (status: number, body: object) => new Response(JSON.stringify(body), { status });
const headline = () => screen.getByTestId("servers-headline").textContent;
const tone = () => screen.getByTestId("servers-overview").dataset.tone;

beforeEach(() => void vi.useFakeTimers({ now: sampleNow }));

/** The page before a server that gives these answers, the last one for ever. */
async function show(...answers: Answer[]) {
  const fetch = async (request: Request): Promise<Response> => {
    if (new URL(request.url).pathname === "/api/auth/refresh")
      return json(200, { access_token: "t", expires_in: 900 });
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next === undefined || next === "no network") throw new TypeError("network");
    return next instanceof Response ? next.clone() : json(200, next);
  };
  renderPortal(<ServersPage />, { fetch, nowMs: Date.now });
  await pass(0);
}
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

test("says in one sentence that all is well, with the rates between two looks", async () => {
  const later = { reported_at: at(5000), readings_accepted: 1062, readings_stored: 1060 };
  await show([sampleReport()], [sampleReport(later)]);
  expect(headline()).toBe("Everything the devices send is stored");
  expect(screen.getByTestId("servers-rateAccepted").textContent).toBe("–");
  await pass(5000);
  expect(tone()).toBe("ok");
  expect(screen.getByTestId("servers-rateAccepted").textContent).toBe("12.4");
  expect(screen.getByTestId("servers-rateStored").textContent).toBe("12.0");
  const card = within(screen.getByTestId("server-main"));
  expect(card.getByText("12.4/s")).toBeTruthy();
  expect(card.getByText("1,062")).toBeTruthy();
});

test("says what is left to the devices and why, and marks the reason that grew", async () => {
  const before = [
    { reason: "too_old", count: 4 },
    { reason: "left_to_device", count: 1 },
  ];
  const after = [
    { reason: "too_old", count: 4 },
    { reason: "left_to_device", count: 1205 },
  ];
  await show(
    [sampleReport({ refused: before })],
    [sampleReport({ refused: after, healthy: false, reported_at: at(5000) })],
  );
  await pass(5000);
  expect(headline()).toBe("1,204 readings left to their devices: the database is away");
  expect(screen.getByRole("status").textContent).toBe("Something is wrong.");
  expect(screen.getByTestId("server-main").dataset.state).toBe("ill");
  const lines = screen.getAllByTestId(/^refusal-\w+(?<!-count)$/);
  expect(lines.map(({ dataset }) => [dataset.testid, dataset.rising])).toEqual([
    ["refusal-left_to_device", "true"],
    ["refusal-too_old", "false"],
  ]);
  expect(lines[0]?.textContent).toContain("1,204 more than at the last look");
});

test.each([
  [1, "1 message was refused"],
  [2, "2 messages were refused"],
])("%i refused is told as: %s", async (count, words) => {
  const refused = [{ reason: "too_old", count }];
  await show([sampleReport()], [sampleReport({ refused, reported_at: at(5000) })]);
  await pass(5000);
  expect([tone(), headline()]).toEqual(["warn", words]);
});

test("a reason that the page does not know is shown by its name", async () => {
  await show([sampleReport({ refused: [{ reason: "a_reason_of_tomorrow", count: 2 }] })]);
  expect(screen.getByTestId("refusal-a_reason_of_tomorrow").textContent).toBe(
    "a_reason_of_tomorrow2",
  );
});

test("silent servers and adopted sessions stand out; a server without a name is the server", async () => {
  const two = sampleReport({ name: "two", roles: ["ingest", "baking"], reported_at: at(-20_000) });
  await show([sampleReport({ name: "-", sessions_adopted: 1 }), two]);
  expect(headline()).toBe("two has been silent for 20 s");
  expect(screen.getByTestId("server-two").dataset.state).toBe("silent");
  expect(screen.getByTestId("server-two").textContent).toContain("Takes readings ·baking");
  expect(screen.getByText("Server also takes the readings of a server that is gone")).toBeTruthy();
  expect(screen.getByRole("article", { name: "Server" }).textContent).toContain("1 adopted");
});

test("figures older than 15 s are said to be old, and nothing is called well any more", async () => {
  await show([sampleReport()], "no network");
  await pass(15_000);
  expect(tone()).toBe("ok");
  await pass(3000);
  expect(tone()).toBe("unknown");
  expect(headline()).toBe("How the servers are doing is not known");
  expect(screen.getByTestId("servers-fresh").dataset.state).toBe("stale");
  expect(screen.getByTestId("server-main").textContent).toContain("Not known");
  expect(screen.queryByText("Well")).toBeNull();
});

test("before the first answer it is loading, and after a failure it says why", async () => {
  await show("no network", [sampleReport()]);
  expect(screen.getByRole("alert").textContent).toContain("No connection to the server");
  act(() => screen.getByRole("button", { name: "Try again" }).click());
  await pass(0);
  expect(headline()).toBe("Everything the devices send is stored");
});

test("while the answer is on its way the page is loading", () => {
  renderPortal(<ServersPage />, { fetch: () => new Promise(() => {}) });
  expect(screen.getByText("Loading…")).toBeTruthy();
});

test.each([
  ["an error of the server", json(500, { code: "internal_error" }), /That did not work/],
  ["an answer of another shape", json(200, [{ name: 1 }]), /That did not work/],
])("%s is told in plain words", async (_what, response, words) => {
  await show(response);
  expect(screen.getByRole("alert").textContent).toMatch(words);
});

test("an account without access sees no figures", async () => {
  await show(json(403, { code: "forbidden" }));
  expect(screen.getByText("Nothing to see here with this account")).toBeTruthy();
  expect(screen.queryByRole("article")).toBeNull();
});
