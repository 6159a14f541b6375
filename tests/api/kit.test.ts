// The factory's tool against the real server: what it is given is what a device is let in with.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { asDevice, claim, type Issued, newDeviceId } from "../support/devices.ts";
import { unique } from "../support/eventually.ts";
import { baseUrl, currentStatus, loginOf } from "../support/stack.ts";
import { newPit } from "../support/workshop.ts";

const folder = mkdtempSync(join(tmpdir(), "pitview-kit-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The kit of the build that the stack runs. */
function kit(...options: string[]): Promise<{ stdout: string; stderr: string }> {
  const server = readlinkSync(`/proc/${currentStatus().pids.server}/exe`);
  return promisify(execFile)(join(server, "../../../tools/kit/pitview-kit"), options, {
    env: { ...process.env, PITVIEW_KIT_PASSWORD: loginOf("platform").password },
  });
}

describe("pitview-kit and the server", { concurrency: 1 }, () => {
  const ids = [newDeviceId(), newDeviceId()];
  const batch = join(folder, "batch.json");
  const register = (): ReturnType<typeof kit> =>
    kit(
      ...["register", "--server", baseUrl, "--user", "platform", "--name", `Kit ${unique()}`],
      ...["--hw-rev", "E", "--macs", join(folder, "boards.txt"), "--out", folder],
    );
  const issued = (): Issued[] => JSON.parse(readFileSync(batch, "utf8")).devices as Issued[];

  test("register has identities issued that the server and a claim accept", async () => {
    writeFileSync(join(folder, "boards.txt"), `${ids.join("\n")}\n`);
    await register();
    assert.deepEqual(
      issued().map(({ device_id }) => device_id),
      ids,
    );
    const [device] = issued();
    assert.ok(device);
    assert.equal((await asDevice(device)).json.licence, "unprovisioned");
    const answer = await claim(device, await newPit());
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await asDevice(device)).json.licence, "enabled");
  });

  test("images and labels are made of them", async () => {
    await kit("images", "--batch", batch, "--out", folder);
    const images = readdirSync(folder).filter((name) => name.endsWith(".bin"));
    assert.equal(images.length, ids.length);
    for (const name of images) assert.equal(statSync(join(folder, name)).size, 24 * 1024);
    await kit("labels", "--batch", batch, "--out", join(folder, "labels.pdf"));
    assert.ok(readFileSync(join(folder, "labels.pdf")).subarray(0, 5).equals(Buffer.from("%PDF-")));
  });

  test("boards the server knows are not registered again", async () => {
    const other = mkdtempSync(join(folder, "again-"));
    await assert.rejects(
      kit(
        ...["register", "--server", baseUrl, "--user", "platform", "--name", `Kit ${unique()}`],
        ...["--hw-rev", "E", "--macs", join(folder, "boards.txt"), "--out", other],
      ),
      ({ code, stderr }: { code: number; stderr: string }) => {
        assert.equal(code, 1);
        assert.match(stderr, /devices\[0\]/);
        return true;
      },
    );
  });
});
