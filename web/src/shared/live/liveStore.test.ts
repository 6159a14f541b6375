import { beforeEach, expect, test, vi } from "vitest";
import type { Job, Pit } from "../api/model";
import { at, sampleJob, samplePit, sampleReading, waitingJob } from "../testing/samples";
import { LiveStore } from "./liveStore";

let store: LiveStore;

const snapshot = (pits: Pit[]) => store.apply({ event: "snapshot", sentAt: at(0), pits });
const jobStatus = (job: Job) => store.apply({ event: "job_status", sentAt: at(0), job });
const reading = (change: Parameters<typeof sampleReading>[0]) =>
  store.apply({ event: "sensor_update", sentAt: at(0), reading: sampleReading(change) });

beforeEach(() => {
  store = new LiveStore();
});

test("pits are listed by their number, and an empty snapshot still counts as loaded", () => {
  expect(store.connection().loaded).toBe(false);
  snapshot([]);
  expect(store.connection().loaded).toBe(true);
  snapshot([samplePit({ id: 5 }), samplePit({ id: 2 })]);
  expect(store.pitIds()).toEqual([2, 5]);
});

test("a reading is told to the listeners of its own pit only", () => {
  snapshot([samplePit({ id: 1 }), samplePit({ id: 2 })]);
  const first = vi.fn();
  const second = vi.fn();
  store.subscribe("pit:1", first);
  store.subscribe("pit:2", second);
  reading({ pit_id: 2, temperature: 30, timestamp: at(10_000) });
  expect(first).not.toHaveBeenCalled();
  expect(second).toHaveBeenCalledOnce();
  expect(store.pit(2)?.latest?.temperature).toBe(30);
});

test("a reading that was overtaken does not replace the newer one", () => {
  snapshot([samplePit()]);
  reading({ temperature: 20, timestamp: at(-5000) });
  expect(store.pit(3)?.latest?.temperature).toBe(24.5);
});

test("a second snapshot keeps unchanged pits as they are and forgets missing ones", () => {
  snapshot([samplePit({ id: 1 }), samplePit({ id: 2 })]);
  const before = store.pit(1);
  const gone = vi.fn();
  store.subscribe("pit:2", gone);
  snapshot([samplePit({ id: 1 })]);
  expect(store.pit(1)).toBe(before);
  expect(store.pit(2)).toBeNull();
  expect(gone).toHaveBeenCalledOnce();
});

test("a message about an unknown pit asks for a new snapshot", () => {
  snapshot([]);
  expect(reading({})).toBe(false);
  expect(jobStatus(sampleJob())).toBe(false);
  expect(jobStatus(sampleJob({ status: "completed" }))).toBe(true);
});

test("a new job takes a free pit, and a finished one stays readable until the next", () => {
  snapshot([samplePit({ job: null })]);
  jobStatus(sampleJob({ updated_at: at(0) }));
  expect(store.pit(3)?.job?.status).toBe("in_progress");
  jobStatus(sampleJob({ status: "completed", updated_at: at(1000) }));
  expect(store.pit(3)?.job?.status).toBe("completed");
  jobStatus(waitingJob({ job_id: 43, updated_at: at(2000) }));
  expect(store.pit(3)?.job?.job_id).toBe(43);
});

test("an older state of a job and a waiting job of the same pit do not replace the shown one", () => {
  snapshot([samplePit()]);
  jobStatus(sampleJob({ status: "on_hold", updated_at: at(-120_000) }));
  jobStatus(waitingJob({ job_id: 43, updated_at: at(5000) }));
  expect(store.pit(3)?.job).toMatchObject({ job_id: 42, status: "in_progress" });
});

test("a job that moves to another pit leaves the old one", () => {
  snapshot([samplePit({ id: 3 }), samplePit({ id: 4, job: null })]);
  jobStatus(sampleJob({ pit_id: 4, pit_number: 4, updated_at: at(0) }));
  expect(store.pit(3)?.job).toBeNull();
  expect(store.pit(4)?.job?.job_id).toBe(42);
});

test("a device going offline keeps when it was last seen", () => {
  snapshot([samplePit()]);
  const device = { device_id: "PV-3", status: "offline", last_seen: null } as const;
  store.apply({ event: "device_status", sentAt: at(0), pitId: 3, device });
  expect(store.pit(3)?.device).toEqual({ device_id: "PV-3", status: "offline", last_seen: at(0) });
});

test("clearing forgets everything and tells those who listened", () => {
  snapshot([samplePit()]);
  const heard = vi.fn();
  store.subscribe("pit:3", heard);
  store.clear();
  expect(heard).toHaveBeenCalled();
  expect(store.pits()).toEqual([]);
  expect(store.connection()).toEqual({ state: "connecting", loaded: false, failures: 0 });
});

test("an unsubscribed listener hears nothing", () => {
  snapshot([samplePit()]);
  const heard = vi.fn();
  store.subscribe("pit:3", heard)();
  reading({ temperature: 29, timestamp: at(1000) });
  expect(heard).not.toHaveBeenCalled();
});
