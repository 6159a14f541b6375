import { expect, test } from "vitest";
import { frame, sampleJob, samplePit, sampleReading } from "../testing/samples";
import { parseMessage } from "./messages";

test("a snapshot is read with its pits, jobs and readings", () => {
  const pit = samplePit();
  expect(parseMessage(frame("snapshot", { pits: [pit] }))).toEqual({
    event: "snapshot",
    sentAt: "2026-02-20T12:00:00.000Z",
    pits: [pit],
  });
});

test("a reading with missing sensors keeps them null", () => {
  const reading = sampleReading({ temperature: null, aqi: null, iaq_accuracy: null });
  const message = parseMessage(frame("sensor_update", reading));
  expect(message).toMatchObject({ reading: { temperature: null, aqi: null, humidity: 55.2 } });
});

test("fields the page does not know are left out", () => {
  const message = parseMessage(frame("sensor_update", { ...sampleReading(), secret: "x" }));
  expect(message).toMatchObject({ event: "sensor_update" });
  expect(JSON.stringify(message)).not.toContain("secret");
});

test("a device change and the end of the session are read", () => {
  const change = { pit_id: 3, device_id: "PV-3", status: "offline", last_seen: null };
  expect(parseMessage(frame("device_status", change))).toMatchObject({
    pitId: 3,
    device: { device_id: "PV-3", status: "offline", last_seen: null },
  });
  expect(parseMessage(frame("session_ended", { reason: "logout" }))).toMatchObject({
    event: "session_ended",
  });
});

test.each([
  ["binary data", new ArrayBuffer(4)],
  ["broken JSON", '{"event":'],
  ["no object", "[]"],
  ["an unknown event", frame("party", {})],
  ["no time", JSON.stringify({ event: "snapshot", data: { pits: [] } })],
  ["a time that is none", frame("snapshot", { pits: [] }, "soon")],
  ["a reading with a text for a number", frame("sensor_update", { ...sampleReading(), aqi: "44" })],
  ["a reading without pit", frame("sensor_update", { ...sampleReading(), pit_id: undefined })],
  ["a job of an unknown status", frame("job_status", { ...sampleJob(), status: "paused" })],
  ["a job without stages", frame("job_status", { ...sampleJob(), stages: null })],
  ["pits that are no list", frame("snapshot", { pits: {} })],
])("%s is not a message", (_what, raw) => {
  expect(parseMessage(raw)).toBeNull();
});
