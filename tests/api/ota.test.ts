// Firmware: releases come in signed, campaigns offer them, devices fetch them and report.
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { before, describe, test } from "node:test";
import { rows } from "../support/database.ts";
import { asDevice, claim, type Issued, issue, issueOne } from "../support/devices.ts";
import { unique } from "../support/eventually.ts";
import {
  askForOffer,
  newCampaign,
  newRelease,
  newRevision,
  report,
  sha256,
  signed,
  upload,
} from "../support/firmware.ts";
import type { Answer } from "../support/http.ts";
import { demo, type SignedIn } from "../support/session.ts";
import { baseUrl } from "../support/stack.ts";
import { newPit } from "../support/workshop.ts";

let platform: SignedIn;
before(async () => {
  platform = await demo("platform");
});

const campaignOf = async (id: number) => (await platform.get(`/api/firmware/campaigns/${id}`)).json;
const change = (id: number, body: object) => platform.patch(`/api/firmware/campaigns/${id}`, body);

function assertProblem(answer: Answer, status: number, code: string, ...fields: string[]): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
  const named = (answer.json.errors ?? []).map((fault: { field: string }) => fault.field);
  if (fields.length > 0) assert.deepEqual(named, fields);
}

/** A board revision with a release, and devices of it that run an older version. */
async function board(
  devices = 1,
): Promise<{ releaseId: number; hwRev: string; devices: Issued[] }> {
  const hwRev = newRevision();
  return {
    hwRev,
    releaseId: await newRelease(hwRev),
    devices: await issue(devices, { hw_rev: hwRev }),
  };
}

const first = ([device]: Issued[]): Issued => {
  assert.ok(device);
  return device;
};

describe("a release", () => {
  test("is taken with a good signature, and listed with its facts", async () => {
    const [image, hwRev] = [randomBytes(2000), newRevision()];
    const body = signed(image, "1.4.2", hwRev);
    const added = await upload(body);
    assert.equal(added.status, 201, added.text);
    const { release_id, created_at, created_by, ...facts } = added.json;
    assert.deepEqual(facts, {
      version: "1.4.2",
      hw_rev: hwRev,
      notes: "Made by a test",
      size: 2000,
      sha256: sha256(image),
      signature: body.signature,
    });
    const [newest] = (await platform.get("/api/firmware/releases?limit=1")).json;
    assert.equal(newest.release_id, release_id);
    const found = (await platform.get(`/api/firmware/releases/${release_id}`)).json;
    const devices = { offered: 0, installed: 0, rolled_back: 0, failed: 0 };
    assert.deepEqual(found, { ...added.json, devices });
    const [audit] = await rows(
      `SELECT action FROM audit_log WHERE subject_type = 'firmware_release' AND subject_id = ${release_id}`,
    );
    assert.equal(audit.action, "firmware.release");
  });

  test("is refused with a signature of another key, image, version or board", async () => {
    const [image, hwRev] = [randomBytes(100), newRevision()];
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const stranger = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const good = signed(image, "1.0.1", hwRev);
    for (const body of [
      signed(image, "1.0.1", hwRev, stranger),
      { ...good, image_base64: randomBytes(100).toString("base64") },
      { ...good, version: "1.0.2" },
      { ...good, hw_rev: newRevision() },
      { ...good, signature: "00" },
      { ...good, signature: "no digits" },
    ])
      assertProblem(await upload(body), 422, "validation_failed", "signature");
    assert.equal((await upload(good)).status, 201);
  });

  test("has a version, a board and an image that fits its slot", async () => {
    const hwRev = newRevision();
    const good = signed(randomBytes(10), "1.0.1", hwRev);
    assertProblem(await upload({ ...good, version: "1.0" }), 422, "validation_failed", "version");
    assertProblem(await upload({ ...good, hw_rev: "" }), 422, "validation_failed", "hw_rev");
    for (const image_base64 of ["", "not base64!", good.image_base64.slice(0, -1)])
      assertProblem(
        await upload({ ...good, image_base64 }),
        422,
        "validation_failed",
        "image_base64",
      );
    const largest = randomBytes(1_638_400);
    const tooLarge = Buffer.concat([largest, Buffer.from([0])]);
    assertProblem(
      await upload(signed(tooLarge, "1.0.1", hwRev)),
      422,
      "validation_failed",
      "image_base64",
    );
    assertProblem(await upload({ ...good, notes: "x".repeat(2_500_000) }), 413, "body_too_large");
    assert.equal((await upload(signed(largest, "1.0.1", hwRev))).status, 201);
  });

  test("of one version is there once for a board", async () => {
    const hwRev = newRevision();
    await newRelease(hwRev, "1.1.0");
    assertProblem(await upload(signed(randomBytes(10), "1.1.0", hwRev)), 409, "conflict");
    await newRelease(hwRev, "1.1.1");
    await newRelease(newRevision(), "1.1.0");
  });

  test("comes in pages", async () => {
    const hwRev = newRevision();
    const ids = [await newRelease(hwRev, "1.0.1"), await newRelease(hwRev, "1.0.2")];
    const page = await platform.get("/api/firmware/releases?limit=1");
    const next = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    assert.ok(next);
    const releases = [...page.json, ...(await platform.get(next)).json];
    assert.deepEqual(
      releases.map((release: { release_id: number }) => release.release_id),
      ids.reverse(),
    );
  });
});

describe("a device", () => {
  test("is offered a newer release exactly as the firmware reads it, and fetches it", async () => {
    const [image, hwRev] = [randomBytes(300_000), newRevision()];
    const body = signed(image, "1.1.0", hwRev);
    const { release_id } = (await upload(body)).json;
    await newCampaign(release_id);
    const device = await issueOne({ hw_rev: hwRev });
    const offer = await askForOffer(device);
    assert.equal(offer.status, 200, offer.text);
    assert.deepEqual(offer.json, {
      release_id: String(release_id),
      version: "1.1.0",
      size: image.length,
      sha256: sha256(image),
      signature: body.signature,
      url: `${baseUrl}/api/device/ota/${release_id}/image`,
    });
    const download = await fetch(offer.json.url, {
      headers: {
        Authorization: `Basic ${Buffer.from(`${device.device_id}:${device.mqtt_password}`).toString("base64")}`,
      },
    });
    assert.equal(download.status, 200);
    assert.equal(download.headers.get("content-type"), "application/octet-stream");
    assert.equal(download.headers.get("content-length"), String(image.length));
    assert.deepEqual(Buffer.from(await download.arrayBuffer()), image);
  });

  test("is offered nothing that is not newer, or for another board", async () => {
    const { releaseId, devices } = await board();
    await newCampaign(releaseId);
    const device = first(devices);
    for (const version of ["1.1.0", "1.1.1", "2.0.0"])
      assert.equal((await askForOffer(device, version)).status, 204);
    assert.equal((await askForOffer(await issueOne())).status, 204);
    for (const version of ["", "1.0", "new"])
      assertProblem(await askForOffer(device, version), 422, "validation_failed", "version");
    assert.equal((await askForOffer(device, "1.0.9")).status, 200);
  });

  test("of several campaigns is offered the newest version", async () => {
    const { releaseId, hwRev, devices } = await board();
    const newer = await newRelease(hwRev, "1.10.0");
    await newCampaign(newer);
    await newCampaign(releaseId);
    assert.equal((await askForOffer(first(devices))).json.release_id, String(newer));
  });

  test("gets no image and reports nothing of a release that it was not offered", async () => {
    const { releaseId, devices } = await board(2);
    await newCampaign(releaseId);
    const [offered, foreign] = devices as [Issued, Issued];
    assert.equal((await askForOffer(offered)).status, 200);
    const path = `/api/device/ota/${releaseId}/image`;
    assertProblem(await asDevice(foreign, path), 404, "not_found");
    assertProblem(await report(foreign, releaseId, "failed", "cut_off"), 404, "not_found");
    assert.equal((await asDevice(offered, path)).status, 200);
    for (const unknown of ["999999999", "no-number"])
      assertProblem(await report(offered, unknown, "installed"), 404, "not_found");
    assertProblem(await report(offered, releaseId, "offered"), 422, "validation_failed", "state");
    assertProblem(
      await report(offered, releaseId, "failed", "x".repeat(65)),
      422,
      "validation_failed",
      "detail",
    );
  });

  test("reports what became of it, and staff of the platform sees it", async () => {
    const { releaseId, devices } = await board(4);
    const campaignId = await newCampaign(releaseId);
    for (const device of devices) assert.equal((await askForOffer(device)).status, 200);
    const [a, b, c, d] = devices as [Issued, Issued, Issued, Issued];
    for (const [device, state, detail] of [
      [a, "installed", ""],
      [b, "rolled_back", "no_puback"],
      [c, "failed", "cut_off"],
    ] as const) {
      const answer = await report(device, releaseId, state, detail);
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(answer.json, {});
    }
    const counts = { offered: 1, installed: 1, rolled_back: 1, failed: 1 };
    assert.deepEqual((await campaignOf(campaignId)).devices, counts);
    assert.deepEqual(
      (await platform.get(`/api/firmware/releases/${releaseId}`)).json.devices,
      counts,
    );
    const path = `/api/firmware/campaigns/${campaignId}/devices`;
    const page = await platform.get(`${path}?limit=3`);
    const next = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    assert.ok(next);
    const listed = [...page.json, ...(await platform.get(next)).json];
    assert.deepEqual(
      listed.map(({ device_id, state, detail, reported_at }) => [
        device_id,
        state,
        detail,
        reported_at !== null,
      ]),
      [
        [d.device_id, "offered", "", false],
        [c.device_id, "failed", "cut_off", true],
        [b.device_id, "rolled_back", "no_puback", true],
        [a.device_id, "installed", "", true],
      ],
    );
  });

  test("tries again after a failure, which counts once, and never after a roll-back", async () => {
    const { releaseId, devices } = await board();
    const campaignId = await newCampaign(releaseId);
    const device = first(devices);
    for (let i = 0; i < 3; i += 1) {
      assert.equal((await askForOffer(device)).status, 200);
      assert.equal((await report(device, releaseId, "failed", "stalled")).status, 200);
    }
    const after = await campaignOf(campaignId);
    assert.deepEqual([after.devices.failed, after.status], [1, "running"]);
    assert.equal((await report(device, releaseId, "rolled_back", "sensor")).status, 200);
    assert.equal((await askForOffer(device)).status, 204);
    assertProblem(await asDevice(device, `/api/device/ota/${releaseId}/image`), 404, "not_found");
    await newCampaign(releaseId);
    assert.equal((await askForOffer(device)).status, 204);
    assert.equal((await report(device, releaseId, "installed")).status, 200);
    assert.equal((await campaignOf(campaignId)).devices.rolled_back, 1);
  });
});

describe("a campaign", () => {
  test("reaches its percentage by the hash, and a raise keeps those who are in", async () => {
    const { releaseId, devices } = await board(40);
    const campaignId = await newCampaign(releaseId, { percentage: 30 });
    const bucket = ({ device_id }: Issued) =>
      Number(
        createHash("sha256").update(`${releaseId}${device_id}`).digest().readBigUInt64BE() % 100n,
      );
    const offered = async () => {
      const inside: Issued[] = [];
      for (const device of devices)
        if ((await askForOffer(device)).status === 200) inside.push(device);
      return inside;
    };
    assert.deepEqual(
      await offered(),
      devices.filter((device) => bucket(device) < 30),
    );
    assert.equal((await change(campaignId, { percentage: 70 })).json.percentage, 70);
    assert.deepEqual(
      await offered(),
      devices.filter((device) => bucket(device) < 70),
    );
  });

  test("reaches its workshops and its batch only", async () => {
    const hwRev = newRevision();
    const [releaseId, name] = [await newRelease(hwRev), `Batch ${unique()}`];
    const [inShine, unclaimed] = (await issue(2, { name, hw_rev: hwRev })) as [Issued, Issued];
    const otherBatch = await issueOne({ hw_rev: hwRev });
    for (const device of [inShine, otherBatch])
      assert.equal((await claim(device, await newPit())).status, 200);
    const cohort = { workshop_codes: ["workshop_001"], batch: name };
    const campaignId = await newCampaign(releaseId, { cohort });
    assert.deepEqual((await campaignOf(campaignId)).cohort, cohort);
    assert.equal((await askForOffer(inShine)).status, 200);
    assert.equal((await askForOffer(unclaimed)).status, 204);
    assert.equal((await askForOffer(otherBatch)).status, 204);
  });

  test("of a release, a workshop or a batch that does not exist is refused", async () => {
    const { releaseId } = await board();
    const ask = (body: object) =>
      platform.post("/api/firmware/campaigns", {
        release_id: releaseId,
        percentage: 10,
        max_failure_percent: 10,
        ...body,
      });
    assertProblem(await ask({ release_id: 999_999_999 }), 404, "not_found");
    const cohort = { workshop_codes: ["workshop_001", "workshop_999"], batch: "none such" };
    assertProblem(
      await ask({ cohort }),
      422,
      "validation_failed",
      "cohort.workshop_codes[1]",
      "cohort.batch",
    );
    const empty = { workshop_codes: [], batch: null };
    assertProblem(await ask({ cohort: empty }), 422, "validation_failed", "cohort.workshop_codes");
    for (const percent of [0, 101]) {
      assertProblem(await ask({ percentage: percent }), 422, "validation_failed", "percentage");
      const faulty = { max_failure_percent: percent };
      assertProblem(await ask(faulty), 422, "validation_failed", "max_failure_percent");
    }
    assert.equal((await ask({})).status, 201);
    assertProblem(await change(999_999_999, { percentage: 5 }), 404, "not_found");
  });

  test("halts when too many devices fail, and offers nothing from then on", async () => {
    const { releaseId, devices } = await board(4);
    const campaignId = await newCampaign(releaseId, { max_failure_percent: 60 });
    for (const device of devices) await askForOffer(device);
    const [a, b, c, d] = devices as [Issued, Issued, Issued, Issued];
    await report(a, releaseId, "rolled_back", "sensor");
    await report(b, releaseId, "failed", "wrong_hash");
    assert.equal((await campaignOf(campaignId)).status, "running");
    await report(c, releaseId, "installed");
    assert.equal((await campaignOf(campaignId)).status, "halted");
    assert.equal((await askForOffer(d)).status, 204);
    assertProblem(await asDevice(d, `/api/device/ota/${releaseId}/image`), 404, "not_found");
    assert.equal((await report(d, releaseId, "failed", "image_refused")).status, 200);
    assert.equal((await campaignOf(campaignId)).devices.offered, 1);
    for (const body of [{ status: "running" }, { percentage: 1 }])
      assertProblem(await change(campaignId, body), 409, "conflict");
  });

  test("halts once when devices fail at the same time", async () => {
    const { releaseId, devices } = await board(6);
    const campaignId = await newCampaign(releaseId, { max_failure_percent: 50 });
    for (const device of devices) await askForOffer(device);
    const answers = await Promise.all(
      devices.map((device) => report(device, releaseId, "failed", "stalled")),
    );
    for (const answer of answers) assert.equal(answer.status, 200, answer.text);
    const after = await campaignOf(campaignId);
    assert.deepEqual([after.status, after.devices.failed], ["halted", 6]);
  });

  test("is stopped and goes on as a person says, which the audit log keeps", async () => {
    const { releaseId, devices } = await board();
    const campaignId = await newCampaign(releaseId);
    const device = first(devices);
    assert.equal((await askForOffer(device)).status, 200);
    assert.equal((await change(campaignId, { status: "stopped" })).json.status, "stopped");
    assert.equal((await askForOffer(device)).status, 204);
    assertProblem(await asDevice(device, `/api/device/ota/${releaseId}/image`), 404, "not_found");
    assert.equal((await change(campaignId, { status: "running" })).json.status, "running");
    assert.equal((await askForOffer(device)).status, 200);
    assertProblem(await change(campaignId, {}), 422, "validation_failed");
    assertProblem(await change(campaignId, { status: "halted" }), 422, "validation_failed");
    const audit = await rows(
      `SELECT action, before->>'status' AS was, after->>'status' AS became FROM audit_log
       WHERE subject_type = 'firmware_campaign' AND subject_id = ${campaignId} ORDER BY id`,
    );
    assert.deepEqual(audit, [
      { action: "firmware.campaign", was: null, became: "running" },
      { action: "firmware.campaign_change", was: "running", became: "stopped" },
      { action: "firmware.campaign_change", was: "stopped", became: "running" },
    ]);
  });
});
