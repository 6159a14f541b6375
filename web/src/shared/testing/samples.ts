import type { Job, JobStage, Pit, Reading, ServerReport } from "../api/model";

/** Plain, valid data for tests; each test names only what it is about. */

export const sampleNow = Date.parse("2026-02-20T12:00:00.000Z");
export const at = (offsetMs: number): string => new Date(sampleNow + offsetMs).toISOString();

export function sampleReading(change: Partial<Reading> = {}): Reading {
  return {
    pit_id: 3,
    temperature: 24.5,
    humidity: 55.2,
    aqi: 44,
    pressure: 1013.25,
    iaq_accuracy: 3,
    timestamp: at(0),
    ...change,
  };
}

const stageNames = ["Surface Prep", "PPF Installation", "Curing"];
const stageWeights = [25, 60, 15];

function stagesAt(current: number): JobStage[] {
  return stageNames.map((name, index) => ({
    position: index + 1,
    name,
    weight: stageWeights[index] ?? 0,
    sentence: `${name} is going on.`,
    state: index + 1 < current ? "done" : index + 1 === current ? "current" : "next",
    started_at: index + 1 <= current ? at(-3_600_000) : null,
    finished_at: index + 1 < current ? at(-1_800_000) : null,
  }));
}

export function sampleJob(change: Partial<Job> = {}): Job {
  return {
    job_id: 42,
    workshop_id: 1,
    pit_id: 3,
    pit_number: 3,
    customer_name: "John Doe",
    car_model: "Tata Harrier",
    car_plate: "DL01AB1234",
    work_type: "Full PPF",
    status: "in_progress",
    status_reason: null,
    held_since: null,
    stages: stagesAt(2),
    current_stage: 2,
    progress: 0.55,
    estimated_duration_minutes: 360,
    actual_start_time: at(-3_600_000),
    estimated_end_time: at(2 * 3_600_000),
    time_reason: null,
    actual_end_time: null,
    assigned_staff: [{ id: 7, name: "Ishan Arora" }],
    created_at: at(-7_200_000),
    updated_at: at(-60_000),
    ...change,
  };
}

export function waitingJob(change: Partial<Job> = {}): Job {
  return sampleJob({
    status: "waiting",
    stages: stagesAt(0),
    current_stage: null,
    progress: 0,
    actual_start_time: null,
    estimated_end_time: null,
    ...change,
  });
}

export function samplePit(change: Partial<Pit> = {}): Pit {
  const id = change.id ?? 3;
  return {
    id,
    workshop_id: 1,
    pit_number: id,
    name: `Pit ${id}`,
    status: "active",
    device: { device_id: `PV-${id}`, status: "online", last_seen: at(0) },
    camera: { model: null, status: "unknown", since: null },
    latest: sampleReading({ pit_id: id }),
    job: sampleJob({ pit_id: id, pit_number: id }),
    ...change,
  };
}

/** A server that does everything and is well. */
export function sampleReport(change: Partial<ServerReport> = {}): ServerReport {
  return {
    name: "main",
    roles: ["api", "ingest"],
    reported_at: at(0),
    started_at: at(-3_600_000),
    healthy: true,
    readings_accepted: 1000,
    readings_stored: 1000,
    readings_known: 0,
    readings_set_aside: 0,
    readings_waiting: 0,
    live_connections: 3,
    live_superseded: 0,
    sessions_adopted: 0,
    memory_bytes: 150_000_000,
    refused: [],
    ...change,
  };
}

export const frame = (event: string, data: unknown, sentAt = at(0)): string =>
  JSON.stringify({ event, data, seq: 1, ts: sentAt });
