import { expect, test } from "vitest";
import { sampleJob, waitingJob } from "../../shared/testing/samples";
import { jobActions } from "./jobActions";

const labels = (job: Parameters<typeof jobActions>[0]) =>
  jobActions(job).map((action) => (action.kind === "stage" ? action.stage.name : action.label));

test("each state of a job offers its next steps", () => {
  expect(labels(waitingJob())).toEqual(["begin"]);
  expect(labels(sampleJob())).toEqual(["Curing", "hold"]);
  expect(labels(sampleJob({ current_stage: 3 }))).toEqual(["toCheck", "complete", "hold"]);
  expect(labels(sampleJob({ status: "on_hold" }))).toEqual(["resume"]);
  expect(labels(sampleJob({ status: "quality_check" }))).toEqual(["complete", "resume"]);
  expect(labels(sampleJob({ status: "completed" }))).toEqual([]);
});
