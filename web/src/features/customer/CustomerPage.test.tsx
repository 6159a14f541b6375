import { act, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Job, Pit } from "../../shared/api/model";
import { renderPortal, sampleMe } from "../../shared/testing/renderPortal";
import { at, sampleJob, samplePit, sampleReading, waitingJob } from "../../shared/testing/samples";
import { CustomerPage } from "./CustomerPage";

const me = { ...sampleMe, role: "customer" as const };

/** A server that knows the customer's jobs and no history. */
const serverWith = (jobs: Job[]) => async (request: Request) => {
  const { pathname } = new URL(request.url);
  const body =
    pathname === "/api/jobs"
      ? jobs
      : { access_token: "t", token_type: "Bearer", expires_in: 900, role: "customer" };
  return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });
};

const show = (pits: Pit[], jobs: Job[] = []) =>
  renderPortal(<CustomerPage />, { pits, me, fetch: serverWith(jobs) });

test("the running job shows time, ready time, stage and readings", () => {
  show([samplePit()]);
  expect(screen.getByTestId("customer-countdown").textContent).toBe("2h00m00s");
  expect(screen.getByText("Expected ready 7:30 pm")).toBeTruthy();
  expect(screen.getByTestId("customer-stage").textContent).toBe("PPF installation");
  expect(screen.getByText("Step 2 of 3")).toBeTruthy();
  expect(screen.getByTestId("customer-temperature").textContent).toBe("24.5");
  expect(screen.getByTestId("customer-humidity").textContent).toBe("55");
  expect(screen.getByTestId("customer-aqi").textContent).toBe("44");
  expect(screen.getByText("Connecting to the camera")).toBeTruthy();
  expect(document.title).toBe("Tata Harrier · PitView");
});

test("the workshop can be called", () => {
  show([samplePit()]);
  const call = screen.getByRole("link", { name: "Call Shine Studio" });
  expect(call.getAttribute("href")).toBe("tel:+919810012345");
});

test("a job past its time is running late, with a plus", () => {
  show([samplePit({ job: sampleJob({ estimated_end_time: at(-18 * 60_000) }) })]);
  expect(screen.getByText("Running late")).toBeTruthy();
  expect(screen.getByTestId("customer-countdown").textContent).toBe("+18m00s");
});

test("an old reading is called old and not judged", () => {
  show([samplePit({ latest: sampleReading({ timestamp: at(-40_000) }) })]);
  expect(screen.getAllByText("Last reading 40 s ago")).toHaveLength(2);
  const chip = screen.getByTestId("customer-aqi").closest("li");
  expect(chip?.dataset.level).toBe("stale");
});

test.each([
  ["Waiting to start", waitingJob()],
  ["Work is paused", sampleJob({ status: "on_hold" })],
  ["Work is going on", sampleJob({ estimated_end_time: null })],
])("a job without countdown says: %s", (words, job) => {
  show([samplePit({ job })]);
  expect(screen.getByTestId("customer-countdown").textContent).toContain(words);
});

test("when the job completes, the page says so and ends the live view", () => {
  const { live } = show([samplePit()]);
  const job = sampleJob({ status: "completed", actual_end_time: at(0), updated_at: at(0) });
  act(() => {
    live.store.apply({ event: "job_status", sentAt: at(0), job });
  });
  expect(screen.getByText("Your car is ready")).toBeTruthy();
  expect(screen.queryByTestId("customer-temperature")).toBeNull();
  expect(screen.queryByTestId("connection-state")).toBeNull();
});

test("without a pit, the newest job is shown", async () => {
  const older = sampleJob({ job_id: 1, status: "completed", created_at: at(-900_000_000) });
  show([], [older, waitingJob({ job_id: 2, created_at: at(-1000) })]);
  await waitFor(() => expect(screen.getByText("The work has not started yet")).toBeTruthy());
});

test("without any job, the page says what will come", async () => {
  show([], []);
  await waitFor(() => expect(screen.getByText("No car in the bay right now")).toBeTruthy());
});

test("when the job cannot be asked for, the page offers to try again", async () => {
  renderPortal(<CustomerPage />, { pits: [], me });
  await waitFor(() => expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy());
});
