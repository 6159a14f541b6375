// Firmware releases, signed as a release manager would, and what devices say of them.
import { createHash, createPrivateKey, randomBytes, sign } from "node:crypto";
import { asDevice, type Issued } from "./devices.ts";
import { unique } from "./eventually.ts";
import type { Answer } from "./http.ts";
import { demo } from "./session.ts";
import { secret } from "./stack.ts";

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** A board revision that no other test has, so that its campaigns reach no other device. */
export const newRevision = (): string => `T${unique().toString(36)}`.slice(-16);

export interface Upload {
  version: string;
  hw_rev: string;
  notes: string;
  image_base64: string;
  signature: string;
}

export function signed(
  image: Buffer,
  version: string,
  hwRev: string,
  key = secret("release_private.pem"),
): Upload {
  const lines = ["pitview-release-1", version, hwRev, image.length, sha256(image)];
  const signature = sign("sha256", Buffer.from(lines.join("\n")), createPrivateKey(key));
  return {
    version,
    hw_rev: hwRev,
    notes: "Made by a test",
    image_base64: image.toString("base64"),
    signature: signature.toString("hex"),
  };
}

export const upload = async (body: object): Promise<Answer> =>
  (await demo("platform")).post("/api/firmware/releases", body);

export async function newRelease(
  hwRev: string,
  version = "1.1.0",
  image = randomBytes(3000),
): Promise<number> {
  const answer = await upload(signed(image, version, hwRev));
  if (answer.status !== 201) throw new Error(`a release: ${answer.status} ${answer.text}`);
  return answer.json.release_id as number;
}

export async function newCampaign(releaseId: number, change: object = {}): Promise<number> {
  const answer = await (await demo("platform")).post("/api/firmware/campaigns", {
    release_id: releaseId,
    cohort: { workshop_codes: null, batch: null },
    percentage: 100,
    max_failure_percent: 100,
    ...change,
  });
  if (answer.status !== 201) throw new Error(`a campaign: ${answer.status} ${answer.text}`);
  return answer.json.campaign_id as number;
}

type Credentials = Pick<Issued, "device_id" | "mqtt_password">;

export const askForOffer = (device: Credentials, version = "1.0.0"): Promise<Answer> =>
  asDevice(device, `/api/device/ota?version=${version}`);

export const report = (
  device: Credentials,
  releaseId: number | string,
  state: string,
  detail = "",
): Promise<Answer> =>
  asDevice(
    device,
    "/api/device/ota/reports",
    { body: { release_id: String(releaseId), state, detail } },
    "POST",
  );
