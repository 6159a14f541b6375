// New devices, from the factory to a pit, and what they hear from the broker.
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { after } from "node:test";
import { eventually, unique } from "./eventually.ts";
import { type Answer, type Call, call } from "./http.ts";
import { demo, type SignedIn } from "./session.ts";
import { type Device, stack } from "./stack.ts";
import { newPit } from "./workshop.ts";

export interface Issued {
  device_id: string;
  license_key: string;
  mqtt_username: string;
  mqtt_password: string;
  command_key: string;
  claim_code: string;
  claim_url: string;
  claim_expires_at: string;
}

let made = 0;
/** A MAC address nobody else in this run uses. */
export function newDeviceId(): string {
  made += 1;
  const digits = (unique() * 1000 + made).toString(16).toUpperCase();
  return `ESP32-${digits.padStart(12, "0").slice(-12)}`;
}

export async function issue(count = 1, change: object = {}): Promise<Issued[]> {
  const platform = await demo("platform");
  const answer = await platform.post("/api/factory/batches", {
    name: `Batch ${unique()}`,
    hw_rev: "D1",
    devices: Array.from({ length: count }, newDeviceId),
    ...change,
  });
  if (answer.status !== 201) throw new Error(`a batch: ${answer.status} ${answer.text}`);
  return answer.json.devices as Issued[];
}

export async function issueOne(change: object = {}): Promise<Issued> {
  const [device] = await issue(1, change);
  if (device === undefined) throw new Error("the batch is empty");
  return device;
}

export const claim = async (
  device: Pick<Issued, "device_id" | "claim_code">,
  pitId: number,
  by: string | SignedIn = "amit",
  change: object = {},
): Promise<Answer> =>
  (typeof by === "string" ? await demo(by) : by).post("/api/devices/claim", {
    device_id: device.device_id,
    claim_code: device.claim_code,
    pit_id: pitId,
    ...change,
  });

/** A device at a pit of its own, which the broker lets in. */
export async function deviceAtWork(): Promise<Issued & Device> {
  const [issued, pitId] = [await issueOne(), await newPit()];
  const answer = await claim(issued, pitId);
  if (answer.status !== 200) throw new Error(`claiming: ${answer.status} ${answer.text}`);
  const device = {
    ...issued,
    workshop_code: "workshop_001",
    pit_id: pitId,
    pit_number: answer.json.device.pit_number as number,
  };
  const probe = await Listener.open(device);
  probe.close();
  return device;
}

export const asDevice = (
  { device_id, mqtt_password }: Pick<Issued, "device_id" | "mqtt_password">,
  path = "/api/device/state",
  options: Call = {},
  method = "GET",
): Promise<Answer> =>
  call(method, path, {
    ...options,
    headers: {
      Authorization: `Basic ${Buffer.from(`${device_id}:${mqtt_password}`).toString("base64")}`,
    },
  });

export const deviceTopic = (device: Device, what: string): string =>
  `workshop/${device.workshop_code}/device/${device.device_id}/${what}`;

export interface Heard {
  topic: string;
  retained: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: looked at by the tests
  message: any;
}

const opened: ChildProcess[] = [];
after(() => {
  for (const child of opened) child.kill("SIGKILL");
});

/** mosquitto_sub with a device's credentials. */
export class Listener {
  readonly heard: Heard[] = [];
  ended = false;
  readonly #child: ChildProcess;

  constructor(device: Device, topics: string[]) {
    const { host, port } = stack.mqtt;
    const login = ["-u", device.mqtt_username, "-P", device.mqtt_password];
    const filters = topics.flatMap((topic) => ["-t", topic]);
    this.#child = spawn("mosquitto_sub", [
      ...["-h", host, "-p", String(port), "-q", "1", "-F", "HEARD %r %t %p"],
      ...login,
      ...filters,
    ]);
    opened.push(this.#child);
    let rest = "";
    this.#child.stdout?.on("data", (part: Buffer) => {
      const lines = (rest + part.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
    });
    this.#child.on("close", () => {
      this.ended = true;
    });
  }

  #take(line: string): void {
    const found = /^HEARD ([01]) (\S+) (.*)$/.exec(line);
    if (found === null) return;
    const [, retained, topic = "", payload = ""] = found;
    const message = payload === "" ? null : JSON.parse(payload);
    this.heard.push({ topic, retained: retained === "1", message });
  }

  /**
   * Subscribed to these topics of the device; tries until the broker lets it in. The retained
   * config, which every device has, tells that the broker has taken the subscription.
   */
  static async open(device: Device, ...topics: string[]): Promise<Listener> {
    return eventually("the broker lets the device in", async () => {
      const all = new Set([...topics, "config"]);
      const listener = new Listener(
        device,
        [...all].map((topic) => deviceTopic(device, topic)),
      );
      await eventually("its config or the end", () => listener.heard.length > 0 || listener.ended);
      return listener.ended ? undefined : listener;
    });
  }

  next(what: string, matches: (message: Heard["message"]) => boolean = () => true): Promise<Heard> {
    return eventually(what, () =>
      this.heard.find(({ topic, message }) => topic.endsWith(`/${what}`) && matches(message)),
    );
  }

  all(what: string): Heard[] {
    return this.heard.filter(({ topic }) => topic.endsWith(`/${what}`));
  }

  close(): void {
    this.#child.kill("SIGTERM");
  }
}

const hmac = (device: Issued, lines: unknown[]): string =>
  createHmac("sha256", Buffer.from(device.command_key, "hex"))
    .update(lines.join("\n"))
    .digest("hex");

/** What the contract says the hmac of a command is. */
export const hmacOfCommand = (device: Issued, m: Heard["message"]): string =>
  hmac(device, ["pitview-command-1", device.device_id, m.id, m.command, m.reason, m.expires_at]);

export const hmacOfState = (device: Issued, m: Heard["message"]): string =>
  hmac(device, [
    "pitview-state-1",
    device.device_id,
    m.version,
    m.licence,
    m.reason,
    m.workshop_code,
    m.pit_number,
    m.temperature_offset_centi,
    m.humidity_offset_centi,
  ]);
