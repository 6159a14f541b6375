import {
  type Fields,
  fields,
  flag,
  integer,
  list,
  nullable,
  number,
  oneOf,
  text,
  timestamp,
} from "./parse";
import type { components } from "./schema";

/**
 * The server's things as this page holds them: the generated types, made exact. What the
 * description calls optional is null when absent, and open words become closed unions, so that
 * every view has to say what it shows for each of them.
 */

type Schemas = components["schemas"];

/** Nothing is missing: an absent value is null. */
type Complete<T> = { [Name in keyof T]-?: Exclude<T[Name], undefined> };

export type ServerReport = Complete<Schemas["ServerReport"]>;
export type JobStatus = Schemas["JobStatus"];
export type Reading = Complete<Schemas["Reading"]>;
/** What a chart needs of a point of the history, and a reading has too. */
export type Sample = Pick<
  Complete<Schemas["HistoryPoint"]>,
  "timestamp" | "temperature" | "humidity" | "aqi" | "pressure"
>;
export type JobStage = Complete<Schemas["Stage"]>;
export type Workshop = Complete<Schemas["Workshop"]>;

export type Job = Omit<Complete<Schemas["Job"]>, "stages"> & { stages: JobStage[] };

export type Role = (typeof roles)[number];
export type Me = Omit<Complete<Schemas["Me"]>, "role" | "workshop"> & {
  role: Role;
  workshop: Workshop | null;
};

export type DeviceStatus = (typeof deviceStates)[number];
export type Device = Omit<Complete<Schemas["PitDevice"]>, "status"> & { status: DeviceStatus };
export type Camera = Omit<Complete<Schemas["PitCamera"]>, "status"> & {
  status: (typeof cameraStates)[number];
};
export type Pit = Omit<
  Complete<Schemas["Pit"]>,
  "status" | "device" | "camera" | "latest" | "job"
> & {
  status: (typeof pitStates)[number];
  device: Device | null;
  camera: Camera;
  latest: Reading | null;
  job: Job | null;
};

const roles = ["owner", "manager", "operator", "customer", "super_admin"] as const;
const pitStates = ["active", "disabled", "maintenance"] as const;
const deviceStates = ["online", "offline", "disabled", "unknown"] as const;
const cameraStates = ["online", "offline", "unknown", "none"] as const;
const clipKinds = ["clip", "time_lapse"] as const;
const clipStates = ["pending", "ready", "failed"] as const;
const stageStates = ["done", "current", "next"] as const;
const jobStates = [
  "waiting",
  "in_progress",
  "on_hold",
  "quality_check",
  "completed",
  "cancelled",
] as const;

export function parseMe(value: unknown): Me {
  const from = fields(value, "me");
  return {
    id: integer(from, "id"),
    username: text(from, "username"),
    display_name: text(from, "display_name"),
    role: oneOf(from, "role", roles),
    workshop_id: nullable(integer, from, "workshop_id"),
    workshop: nullable((f, n) => parseWorkshop(f[n]), from, "workshop"),
    must_change_password: flag(from, "must_change_password"),
    second_factor: flag(from, "second_factor"),
    server_time: timestamp(from, "server_time"),
  };
}

function parseWorkshop(value: unknown): Workshop {
  const from = fields(value, "workshop");
  return {
    id: integer(from, "id"),
    code: text(from, "code"),
    name: text(from, "name"),
    address: nullable(text, from, "address"),
    phone: nullable(text, from, "phone"),
    timezone: text(from, "timezone"),
  };
}

/** What is used of a grant to watch a pit. */
export interface Stream {
  whepUrl: string;
  hlsUrl: string;
  stillUrl: string;
  token: string;
}

export function parseStream(value: unknown): Stream {
  const from = fields(value, "stream");
  return {
    whepUrl: text(from, "whep_url"),
    hlsUrl: text(from, "hls_url"),
    stillUrl: text(from, "still_url"),
    token: text(from, "token"),
  };
}

/** A time, in ms since 1970. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** When a pit was recorded, the oldest first; what lies between two spans was not. */
export function parseRecordedSpans(value: unknown): Span[] {
  return list(fields(value, "recordings"), "spans", (entry) => parseSpan(fields(entry, "span")));
}

function parseSpan(from: Fields): Span {
  return { fromMs: Date.parse(timestamp(from, "from")), toMs: Date.parse(timestamp(from, "to")) };
}

/** Addresses by which a recording is played; each opens within a minute, and is asked for anew then. */
export interface Playback extends Span {
  hlsUrl: string;
  /** A file to take home; null: it is too long for one. */
  mp4Url: string | null;
}

export function parsePlayback(value: unknown): Playback {
  const from = fields(value, "playback");
  return {
    ...parseSpan(from),
    hlsUrl: text(from, "hls_url"),
    mp4Url: nullable(text, from, "mp4_url"),
  };
}

const timeLapseStates = ["none", ...clipStates] as const;

/** A whole job in less than a minute; it is made when the job has ended. */
export interface TimeLapse {
  status: (typeof timeLapseStates)[number];
  playback: Playback | null;
}

export function parseTimeLapse(value: unknown): TimeLapse {
  const from = fields(value, "time-lapse");
  return {
    status: oneOf(from, "status", timeLapseStates),
    playback: from.playback === null ? null : parsePlayback(from.playback),
  };
}

export interface Clip extends Span {
  id: number;
  pitId: number;
  kind: (typeof clipKinds)[number];
  title: string;
  status: (typeof clipStates)[number];
  failure: string | null;
  sizeBytes: number;
  shareExpiresAt: string | null;
}

export function parseClip(value: unknown): Clip {
  const from = fields(value, "clip");
  return {
    ...parseSpan(from),
    id: integer(from, "id"),
    pitId: integer(from, "pit_id"),
    kind: oneOf(from, "kind", clipKinds),
    title: text(from, "title"),
    status: oneOf(from, "status", clipStates),
    failure: nullable(text, from, "failure"),
    sizeBytes: integer(from, "size_bytes"),
    shareExpiresAt: nullable(timestamp, from, "share_expires_at"),
  };
}

/** What whoever has its link is told of a clip. */
export interface SharedClip {
  title: string;
  workshopName: string;
  timezone: string;
  expiresAt: string;
  playback: Playback;
}

export function parseSharedClip(value: unknown): SharedClip {
  const from = fields(value, "shared clip");
  return {
    title: text(from, "title"),
    workshopName: text(from, "workshop_name"),
    timezone: text(from, "timezone"),
    expiresAt: timestamp(from, "share_expires_at"),
    playback: parsePlayback(from.playback),
  };
}

export const parseClipShare = (value: unknown): string => text(fields(value, "share"), "url");

/** A change of a camera names no model. */
export function parseCameraChange(value: unknown): Pick<Camera, "status"> & { pitId: number } {
  const from = fields(value, "camera change");
  return { pitId: integer(from, "pit_id"), status: oneOf(from, "status", cameraStates) };
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
      since: nullable(timestamp, camera, "since"),
    },
    latest: nullable((f, n) => parseReading(f[n]), from, "latest"),
    job: nullable((f, n) => parseJob(f[n]), from, "job"),
  };
}

/** A device and a change of one carry the same fields; customers are not told its id. */
export function parseDevice(value: unknown): Device {
  const from = fields(value, "device");
  return {
    device_id: nullable(text, from, "device_id"),
    status: oneOf(from, "status", deviceStates),
    last_seen: nullable(timestamp, from, "last_seen"),
  };
}

export function parseReading(value: unknown): Reading {
  const from = fields(value, "reading");
  return {
    ...parseSample(from),
    pit_id: integer(from, "pit_id"),
    iaq_accuracy: nullable(integer, from, "iaq_accuracy"),
  };
}

export function parseSample(value: unknown): Sample {
  const from = fields(value, "sample");
  return {
    temperature: nullable(number, from, "temperature"),
    humidity: nullable(number, from, "humidity"),
    aqi: nullable(number, from, "aqi"),
    pressure: nullable(number, from, "pressure"),
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
    status_reason: nullable(text, from, "status_reason"),
    held_since: nullable(timestamp, from, "held_since"),
    stages: list(from, "stages", parseStage),
    current_stage: nullable(integer, from, "current_stage"),
    progress: number(from, "progress"),
    estimated_duration_minutes: integer(from, "estimated_duration_minutes"),
    actual_start_time: nullable(timestamp, from, "actual_start_time"),
    estimated_end_time: nullable(timestamp, from, "estimated_end_time"),
    time_reason: nullable(text, from, "time_reason"),
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

export function parseServerReport(value: unknown): ServerReport {
  const from = fields(value, "server report");
  return {
    name: text(from, "name"),
    roles: list(from, "roles", (role) => text({ role }, "role")),
    reported_at: timestamp(from, "reported_at"),
    started_at: timestamp(from, "started_at"),
    healthy: flag(from, "healthy"),
    readings_accepted: integer(from, "readings_accepted"),
    readings_stored: integer(from, "readings_stored"),
    readings_known: integer(from, "readings_known"),
    readings_set_aside: integer(from, "readings_set_aside"),
    readings_waiting: integer(from, "readings_waiting"),
    live_connections: integer(from, "live_connections"),
    live_superseded: integer(from, "live_superseded"),
    sessions_adopted: integer(from, "sessions_adopted"),
    memory_bytes: integer(from, "memory_bytes"),
    refused: list(from, "refused", (value) => {
      const refusal = fields(value, "refusal");
      return { reason: text(refusal, "reason"), count: integer(refusal, "count") };
    }),
  };
}

/** What is used of an answer to login and refresh; who it is, /api/auth/me tells. */
export type AccessToken = Pick<Schemas["LoginResult"], "access_token" | "expires_in">;

export function parseAccessToken(value: unknown): AccessToken {
  const from = fields(value, "login result");
  return { access_token: text(from, "access_token"), expires_in: integer(from, "expires_in") };
}

/** What is used of the answer to a claim. */
export interface Claimed {
  /** Readings from then on are this device's. */
  claimedAt: string;
  /** The device whose place it took. */
  replaced: string | null;
}

export function parseClaimed(value: unknown): Claimed {
  const from = fields(value, "claimed");
  return {
    claimedAt: timestamp(fields(from.device, "device"), "claimed_at"),
    replaced: nullable(text, from, "replaced"),
  };
}

export const parseTicket = (value: unknown): string => text(fields(value, "ticket"), "ticket");

export interface CreatedJob {
  job: Job;
  /** Null when the customer already had a login. */
  credentials: Schemas["CustomerCredentials"] | null;
}

export function parseCreatedJob(value: unknown): CreatedJob {
  const from = fields(value, "created job");
  return {
    job: parseJob(from.job),
    credentials: nullable(
      (f, n) => {
        const credentials = fields(f[n], n);
        return { username: text(credentials, "username"), password: text(credentials, "password") };
      },
      from,
      "customer_credentials",
    ),
  };
}
