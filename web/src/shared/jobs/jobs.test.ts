import { expect, test } from "vitest";
import { at, sampleJob, sampleNow, waitingJob } from "../testing/samples";
import { deadlineMs, isDueWithin, isOverEstimate } from "./deadline";
import { plateText } from "./plate";
import { currentStep, nextStage, segmentFills } from "./stages";

test("the current segment shows the share of its own weight", () => {
  // Weights 25, 60, 15: at 55 % the second stage is half done.
  expect(segmentFills(sampleJob({ progress: 0.55 }))).toEqual([1, expect.closeTo(0.5), 0]);
});

test("a stage that has begun shows something, and one that is not done is not full", () => {
  expect(segmentFills(sampleJob({ progress: 0.25 }))[1]).toBeCloseTo(0.08);
  expect(segmentFills(sampleJob({ progress: 1 }))[1]).toBeCloseTo(0.95);
});

test("a waiting job is empty and a completed one full", () => {
  expect(segmentFills(waitingJob())).toEqual([0, 0, 0]);
  expect(segmentFills(sampleJob({ status: "completed" }))).toEqual([1, 1, 1]);
});

test("stages without weight do not break the bar", () => {
  const stages = sampleJob().stages.map((stage) => ({ ...stage, weight: 0 }));
  expect(segmentFills(sampleJob({ stages }))).toEqual([1, 0.08, 0]);
});

test("steps count from one, and there is none before the first", () => {
  expect(currentStep(sampleJob())).toMatchObject({ name: "PPF Installation", number: 2, total: 3 });
  expect(currentStep(waitingJob())).toBeNull();
  const done = sampleJob({ status: "completed", current_stage: null });
  expect(currentStep(done)).toMatchObject({ name: "Curing", number: 3 });
});

test("the next stage follows the current one; the last has none", () => {
  expect(nextStage(sampleJob())?.name).toBe("Curing");
  expect(nextStage(waitingJob())?.name).toBe("Surface Prep");
  expect(nextStage(sampleJob({ current_stage: 3 }))).toBeNull();
});

test("only running work counts down", () => {
  expect(deadlineMs(sampleJob())).toBe(sampleNow + 2 * 3_600_000);
  expect(deadlineMs(sampleJob({ status: "on_hold" }))).toBeNull();
  expect(deadlineMs(waitingJob())).toBeNull();
  expect(deadlineMs(null)).toBeNull();
});

test("over the estimate begins one second after the end", () => {
  const job = sampleJob({ estimated_end_time: at(0) });
  expect(isOverEstimate(job, sampleNow + 999)).toBe(false);
  expect(isOverEstimate(job, sampleNow + 1000)).toBe(true);
  expect(isDueWithin(job, sampleNow - 1000, 3_600_000)).toBe(true);
  expect(isDueWithin(job, sampleNow + 1, 3_600_000)).toBe(false);
});

test.each([
  ["dl01ab1234", "DL 01 AB 1234"],
  ["DL8CAX1204", "DL 8C AX 1204"],
  ["HR-26-DK-8337", "HR 26 DK 8337"],
  ["22 BH 6517 A", "22 BH 6517 A"],
])("the plate %s reads %s", (typed, shown) => {
  expect(plateText(typed)).toBe(shown);
});
