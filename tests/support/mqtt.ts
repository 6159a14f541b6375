// Readings as a device sends them, by mosquitto_pub: nothing of ours is on the sending side.
import { spawn } from "node:child_process";
import { unique } from "./eventually.ts";
import { type Device, stack } from "./stack.ts";

export interface Reading {
  timestamp?: string;
  temperature?: unknown;
  humidity?: unknown;
  aqi?: unknown;
  pressure?: unknown;
  boot_id?: number;
  seq?: number;
  [member: string]: unknown;
}

export const topicOf = (device: Device): string =>
  `workshop/${device.workshop_code}/pit/${device.pit_number}/sensors`;

/** The plan's payload (§5.2) with this device's licence; every reading has an identity of its own. */
export const payloadOf = (device: Device, reading: Reading = {}): string =>
  JSON.stringify({
    device_id: device.device_id,
    license_key: device.license_key,
    timestamp: new Date().toISOString(),
    temperature: 24.5,
    humidity: 55.2,
    aqi: 78,
    pressure: 1013.25,
    boot_id: 1,
    seq: unique(),
    ...reading,
  });

/** Ends when the broker has acknowledged (QoS 1). */
export async function publish(
  device: Device,
  payload: string | Buffer,
  topic = topicOf(device),
): Promise<void> {
  const source = payload.length === 0 ? "-n" : "-s";
  await mosquittoPub(device, [source, "-q", "1", "-t", topic], payload);
}

export const publishReading = (device: Device, reading: Reading = {}): Promise<void> =>
  publish(device, payloadOf(device, reading));

/** One connection, one message per line, each acknowledged by the broker. */
export async function publishLines(device: Device, payloads: string[]): Promise<void> {
  await mosquittoPub(device, ["-l", "-q", "1", "-t", topicOf(device)], `${payloads.join("\n")}\n`);
}

function mosquittoPub(device: Device, options: string[], input: string | Buffer): Promise<void> {
  const { host, port } = stack.mqtt;
  const child = spawn(
    "mosquitto_pub",
    [
      "-h",
      host,
      "-p",
      String(port),
      "-u",
      device.mqtt_username,
      "-P",
      device.mqtt_password,
      ...options,
    ],
    { stdio: ["pipe", "ignore", "pipe"] },
  );
  let complaint = "";
  child.stderr.on("data", (part: Buffer) => {
    complaint += part.toString();
  });
  child.stdin.on("error", () => {}); // it may have ended already; its status says why
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`mosquitto_pub ended with ${code}: ${complaint}`)),
    );
  });
}
