import type { Job, JobStage, Pit, Reading } from "../api/client";
import {
  type Fields,
  fields,
  integer,
  list,
  nullable,
  number,
  oneOf,
  ParseError,
  text,
  timestamp,
} from "./parse";

/** One server message of /ws. Unknown events are skipped, so that the server may add some. */
export type LiveMessage =
  | { event: "snapshot"; sentAt: string; pits: Pit[] }
  | { event: "sensor_update"; sentAt: string; reading: Reading }
  | { event: "job_status"; sentAt: string; job: Job }
  | { event: "device_status"; sentAt: string; change: DeviceChange }
  | { event: "session_ended"; sentAt: string };

export interface DeviceChange {
  pitId: number;
  deviceId: string;
  status: "online" | "offline" | "disabled" | "unknown";
  lastSeen: string | null;
}

type Device = NonNullable<Pit["device"]>;

const deviceStates = ["online", "offline", "disabled", "unknown"] as const;
const cameraStates = ["online", "offline", "unknown", "none"] as const;
const pitStates = ["active", "disabled", "maintenance"] as const;
const stageStates = ["done", "current", "next"] as const;
const jobStates = [
  "waiting",
  "in_progress",
  "on_hold",
  "quality_check",
  "completed",
  "cancelled",
] as const;

/** Null: not a message of ours, broken, or of an unknown kind. */
export function parseMessage(raw: unknown): LiveMessage | null {
  if (typeof raw !== "string") return null;
  try {
    const frame = fields(JSON.parse(raw), "frame");
    const sentAt = timestamp(frame, "ts");
    switch (frame.event) {
      case "snapshot": {
        const pits = list(fields(frame.data, "data"), "pits", parsePit);
        return { event: "snapshot", sentAt, pits };
      }
      case "sensor_update":
        return { event: "sensor_update", sentAt, reading: parseReading(frame.data) };
      case "job_status":
        return { event: "job_status", sentAt, job: parseJob(frame.data) };
      case "device_status":
        return { event: "device_status", sentAt, change: parseDeviceChange(frame.data) };
      case "session_ended":
        return { event: "session_ended", sentAt };
      default:
        return null;
    }
  } catch (error) {
    if (error instanceof ParseError || error instanceof SyntaxError) return null;
    throw error;
  }
}

export function parsePit(value: unknown): Pit {
  const from = fields(value, "pit");
  const camera = fields(from.camera, "camera");
  return {
    id: integer(from, "id"),
    workshop_id: integer(from, "workshop_id"),
    pit_number: integer(from, "pit_number"),
    name: text(from, "name"),
    status: oneOf(from, "status", pitStates),
    device: nullable((f, n) => parseDevice(f[n]), from, "device"),
    camera: {
      model: nullable(text, camera, "model"),
      status: oneOf(camera, "status", cameraStates),
    },
    latest: nullable((f, n) => parseReading(f[n]), from, "latest"),
    job: nullable((f, n) => parseJob(f[n]), from, "job"),
  };
}

function parseDevice(value: unknown): Device {
  const from = fields(value, "device");
  return {
    device_id: text(from, "device_id"),
    status: oneOf(from, "status", deviceStates),
    last_seen: nullable(timestamp, from, "last_seen"),
  };
}

function parseDeviceChange(value: unknown): DeviceChange {
  const from = fields(value, "device_status");
  return {
    pitId: integer(from, "pit_id"),
    deviceId: text(from, "device_id"),
    status: oneOf(from, "status", deviceStates),
    lastSeen: nullable(timestamp, from, "last_seen"),
  };
}

export function parseReading(value: unknown): Reading {
  const from = fields(value, "reading");
  return {
    pit_id: integer(from, "pit_id"),
    temperature: nullable(number, from, "temperature"),
    humidity: nullable(number, from, "humidity"),
    aqi: nullable(number, from, "aqi"),
    pressure: nullable(number, from, "pressure"),
    iaq_accuracy: nullable(integer, from, "iaq_accuracy"),
    timestamp: timestamp(from, "timestamp"),
  };
}

export function parseJob(value: unknown): Job {
  const from = fields(value, "job");
  return {
    job_id: integer(from, "job_id"),
    workshop_id: integer(from, "workshop_id"),
    pit_id: integer(from, "pit_id"),
    pit_number: integer(from, "pit_number"),
    customer_name: text(from, "customer_name"),
    car_model: text(from, "car_model"),
    car_plate: text(from, "car_plate"),
    work_type: text(from, "work_type"),
    status: oneOf(from, "status", jobStates),
    stages: list(from, "stages", parseStage),
    current_stage: nullable(integer, from, "current_stage"),
    progress: number(from, "progress"),
    estimated_duration_minutes: integer(from, "estimated_duration_minutes"),
    actual_start_time: nullable(timestamp, from, "actual_start_time"),
    estimated_end_time: nullable(timestamp, from, "estimated_end_time"),
    actual_end_time: nullable(timestamp, from, "actual_end_time"),
    assigned_staff: list(from, "assigned_staff", parseStaff),
    created_at: timestamp(from, "created_at"),
    updated_at: timestamp(from, "updated_at"),
  };
}

function parseStage(value: unknown): JobStage {
  const from: Fields = fields(value, "stage");
  return {
    position: integer(from, "position"),
    name: text(from, "name"),
    weight: number(from, "weight"),
    sentence: text(from, "sentence"),
    state: oneOf(from, "state", stageStates),
    started_at: nullable(timestamp, from, "started_at"),
    finished_at: nullable(timestamp, from, "finished_at"),
  };
}

function parseStaff(value: unknown): Job["assigned_staff"][number] {
  const from = fields(value, "staff");
  return { id: integer(from, "id"), name: text(from, "name") };
}
