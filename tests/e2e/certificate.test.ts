// Somebody who was given a certificate scans its code with a phone.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  accessibilityFaults,
  fillLogin,
  newPortal,
  type Portal,
  phone,
  textOf,
} from "../support/browser.ts";
import { execute } from "../support/database.ts";
import { certificateOf, doneJob } from "../support/documents.ts";
import { call } from "../support/http.ts";

const shots = process.env.PITVIEW_SCREENSHOTS;
let portal: Portal;
let jobId: number;
let address: string;
let login: { username: string; password: string };

/** What a phone reads in the code on the first page. */
function scanned(pdf: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "pitview-certificate-"));
  try {
    writeFileSync(join(folder, "paper.pdf"), pdf);
    execFileSync("pdftoppm", ["-r", "150", "-png", "-singlefile", "paper.pdf", "page"], {
      cwd: folder,
    });
    return execFileSync("zbarimg", ["-q", "--raw", "page.png"], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

before(async () => {
  const { job_id, customer, login: ofCustomer } = await doneJob();
  login = ofCustomer;
  jobId = job_id;
  const path = `/api/jobs/${job_id}/certificate.pdf`;
  address = scanned((await call("GET", path, { token: customer.token })).bytes);
  portal = await newPortal({ viewport: phone });
});
after(() => portal.close());

const verdict = () => portal.page.getByRole("heading", { level: 1 }).textContent();

test("reads that it is genuine, and what it says", async () => {
  await portal.page.goto(address);
  const { token, statement } = await certificateOf(jobId);
  assert.ok(address.endsWith(`/v/${token}`), address);
  assert.equal(await verdict(), "This certificate is genuine");
  const { facts } = JSON.parse(statement);
  const shown = await textOf(portal.page, "certificate");
  for (const word of [facts.number, facts.car.model, facts.car.plate, "Temperature", "100 %"])
    assert.ok(shown.includes(word), `${word} in ${shown}`);
  assert.deepEqual(portal.complaints(), []);
});

for (const theme of ["light", "dark"] as const)
  test(`finds nothing in its way, ${theme}`, async () => {
    const themed = await newPortal({ viewport: phone, colorScheme: theme });
    await themed.page.goto(address);
    await themed.page.getByTestId("certificate").waitFor();
    if (shots !== undefined)
      await themed.page.screenshot({ path: `${shots}/certificate-${theme}.png`, fullPage: true });
    assert.deepEqual(await accessibilityFaults(themed.page), []);
    const wide = await themed.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(wide, 0);
    await themed.close();
  });

test("was given it by the customer, who took it home from their page", async () => {
  const own = await newPortal({ viewport: phone });
  await own.page.goto("/");
  await fillLogin(own.page, login.username, login.password);
  await own.page.getByTestId("papers").waitFor();
  if (shots !== undefined)
    await own.page.screenshot({ path: `${shots}/papers.png`, fullPage: true });
  assert.deepEqual(await accessibilityFaults(own.page), []);
  for (const paper of ["summary", "certificate"]) {
    const saving = own.page.waitForEvent("download");
    await own.page.getByTestId(`paper-${paper}`).click();
    const saved = await saving;
    assert.equal(saved.suggestedFilename(), `${paper}-${jobId}.pdf`);
    const bytes = readFileSync(await saved.path());
    assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
    if (paper === "certificate") assert.equal(scanned(bytes), address);
  }
  assert.deepEqual(own.complaints(), []);
  await own.close();
});

test("reads it in Hindi", async () => {
  await portal.page.getByRole("button", { name: /हिन्दी|हिंदी/ }).click();
  await portal.page.getByRole("heading", { name: "यह प्रमाणपत्र असली है" }).waitFor();
  await portal.page.getByRole("button", { name: /^EN/ }).click();
});

test("is told of a code that nobody issued, and of a row that was changed", async () => {
  await portal.page.goto(address.replace(/.{22}$/, "AAAAAAAAAAAAAAAAAAAAAA"));
  await portal.page.getByRole("heading", { name: "No certificate has this code" }).waitFor();
  portal.complaints(); // a refusal is written down by the browser
  const { token } = await certificateOf(jobId);
  await execute(`UPDATE job_certificates SET statement = replace(statement, '"plate":"', '"plate":"X')
                 WHERE token = '${token}'`);
  await portal.page.goto(address);
  await portal.page.getByRole("heading", { name: "This certificate is not genuine" }).waitFor();
  assert.deepEqual(portal.complaints(), []);
});
