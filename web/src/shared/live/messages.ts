import {
  type Camera,
  type Device,
  type Job,
  type Pit,
  parseCameraChange,
  parseDevice,
  parseJob,
  parsePit,
  parseReading,
  type Reading,
} from "../api/model";
import { fields, integer, list, ParseError, timestamp } from "../api/parse";

/** One server message of /ws. Unknown events are skipped, so that the server may add some. */
export type LiveMessage =
  | { event: "snapshot"; sentAt: string; pits: Pit[] }
  | { event: "sensor_update"; sentAt: string; reading: Reading }
  | { event: "job_status"; sentAt: string; job: Job }
  | { event: "device_status"; sentAt: string; pitId: number; device: Device }
  | { event: "camera_status"; sentAt: string; pitId: number; status: Camera["status"] }
  | { event: "session_ended"; sentAt: string };

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
      case "device_status": {
        const pitId = integer(fields(frame.data, "data"), "pit_id");
        return { event: "device_status", sentAt, pitId, device: parseDevice(frame.data) };
      }
      case "camera_status":
        return { event: "camera_status", sentAt, ...parseCameraChange(frame.data) };
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
