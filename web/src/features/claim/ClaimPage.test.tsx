import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Pit, Role } from "../../shared/api/model";
import { renderPortal, sampleMe } from "../../shared/testing/renderPortal";
import { at, sampleNow, samplePit, sampleReading } from "../../shared/testing/samples";
import { ClaimPage } from "./ClaimPage";

const id = "ESP32-A4CF12B3D4E5";
const code = "K7QF2M9DXT";
const free = samplePit({ id: 7, device: null, latest: null, job: null });
const occupied = samplePit({ id: 3 });

afterEach(() => {
  window.location.hash = "";
});

const answer = (status: number, body: object, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const problem = (status: number, name: string, headers = {}) =>
  answer(status, { status, code: name }, headers);
const claimed = (replaced: string | null = null) =>
  answer(200, { device: { device_id: id, claimed_at: at(0) }, replaced });

interface Scene {
  hash?: string;
  pits?: Pit[];
  role?: Role;
  /** The server's answers to claims, one after the other. */
  claims?: (Response | "no network")[];
}

/** The page before a server that has these pits; returns what was asked of it. */
function show({ hash = `#${id}/${code}`, pits = [occupied, free], role, claims = [] }: Scene = {}) {
  window.location.hash = hash;
  const server = { pits, bodies: [] as unknown[], addresses: [] as string[] };
  const fetch = async (request: Request): Promise<Response> => {
    server.addresses.push(request.url);
    const { pathname } = new URL(request.url);
    if (pathname === "/api/auth/refresh")
      return answer(200, { access_token: "t", expires_in: 900 });
    if (pathname === "/api/pits") return answer(200, server.pits);
    server.bodies.push(await request.json());
    const next = claims.shift() ?? "no network";
    if (next === "no network") throw new TypeError("network");
    return next;
  };
  const me = role === undefined ? sampleMe : { ...sampleMe, role };
  return { ...renderPortal(<ClaimPage />, { fetch, me, pits }), server };
}

const chosenPit = async (number: number) =>
  fireEvent.click(
    (await screen.findByTestId(`claim-pit-${number}`)).querySelector("input") as Element,
  );
const submit = () => fireEvent.click(screen.getByTestId("claim-submit"));
const alertText = () => screen.getByRole("alert").textContent;

test("shows the scanned label and the free pits first", async () => {
  show();
  await screen.findByTestId("claim-pit-7");
  expect(screen.getByTestId("claim-shown-device").textContent).toBe(id);
  expect(screen.getByTestId("claim-shown-code").textContent).toBe("K7QF-2M9D-XT");
  const pits = [...document.querySelectorAll<HTMLElement>("[data-testid^=claim-pit-]")];
  expect(pits.map((pit) => pit.dataset.testid)).toEqual(["claim-pit-7", "claim-pit-3"]);
  expect(pits.map((pit) => pit.textContent)).toEqual(["Pit 7No sensor yet", "Pit 3PV-3Replace"]);
});

test("claims for the chosen pit, waits for the first reading and shows what comes", async () => {
  const old = sampleReading({ pit_id: 7, temperature: 11, timestamp: at(-5000) });
  const { live, server } = show({ pits: [{ ...free, latest: old }], claims: [claimed()] });
  await chosenPit(7);
  submit();
  await screen.findByText("The sensor is set up in Pit 7");
  expect(server.bodies).toEqual([{ device_id: id, claim_code: code, pit_id: 7, replace: false }]);
  expect(server.addresses.filter((address) => address.includes(code))).toEqual([]);
  expect(screen.getByRole("status").textContent).toBe("Waiting for the first reading…");
  expect(screen.queryByTestId("claim-temperature")).toBeNull();
  const reading = sampleReading({ pit_id: 7, temperature: 21.5, timestamp: at(1000) });
  act(() => void live.store.apply({ event: "sensor_update", sentAt: at(1000), reading }));
  expect(screen.getByRole("status").textContent).toBe("Readings are coming in");
  expect(screen.getByTestId("claim-temperature").textContent).toBe("21.5");
  expect(screen.getByTestId("claim-open-pit").getAttribute("href")).toBe("/app#pit-7");
});

test("without a pit nothing is sent, and it says what is missing", async () => {
  const { server } = show();
  await screen.findByTestId("claim-submit");
  submit();
  expect(alertText()).toBe("Choose a pit first.");
  expect(server.bodies).toEqual([]);
});

test("replaces another device only after asking", async () => {
  const { server } = show({ claims: [claimed("PV-3")] });
  await chosenPit(3);
  submit();
  expect(screen.getByRole("dialog").textContent).toContain("PV-3 stops working for good");
  expect(server.bodies).toEqual([]);
  fireEvent.click(screen.getByText("No, go back"));
  expect(screen.queryByRole("dialog")).toBeNull();
  submit();
  fireEvent.click(screen.getByTestId("claim-replace-yes"));
  await screen.findByText("It replaces PV-3. You can take that one down.");
  expect(server.bodies).toEqual([{ device_id: id, claim_code: code, pit_id: 3, replace: true }]);
});

test.each([
  ["claim_invalid", problem(404, "claim_invalid"), /Compare ID and code with the label/],
  ["claim_used", problem(409, "claim_used"), /already been set up.*call PitView/],
  ["claim_expired", problem(410, "claim_expired"), /time to set up this sensor is over/],
  [
    "rate_limited",
    problem(429, "rate_limited", { "Retry-After": "900" }),
    /Too many wrong codes. Wait 15 min/,
  ],
  ["forbidden", problem(403, "forbidden"), /Only the owner or a manager/],
  ["not_found", problem(404, "not_found"), /This pit is no longer there/],
  ["no network", "no network" as const, /No connection to the server/],
  ["anything else", problem(500, "internal_error"), /That did not work/],
])("%s is told in plain words", async (_code, refusal, words) => {
  show({ claims: [refusal] });
  await chosenPit(7);
  submit();
  await waitFor(() => expect(alertText()).toMatch(words));
});

test("a wrong code can be corrected, with what was known still there", async () => {
  const { server } = show({ claims: [problem(404, "claim_invalid"), claimed()] });
  await chosenPit(7);
  submit();
  fireEvent.click(await screen.findByText("Correct ID or code"));
  const input = screen.getByTestId<HTMLInputElement>("claim-code");
  expect(input.value).toBe("K7QF-2M9D-XT");
  fireEvent.change(input, { target: { value: "k7qf 2m9d xo" } });
  expect(input.value).toBe("K7QF-2M9D-X0");
  fireEvent.click(screen.getByTestId("claim-continue"));
  await chosenPit(7);
  submit();
  await screen.findByText("The sensor is set up in Pit 7");
  expect(server.bodies.at(-1)).toMatchObject({ device_id: id, claim_code: "K7QF2M9DX0" });
});

test("a pit that was taken meanwhile is shown as taken and can be replaced", async () => {
  const { server } = show({ claims: [problem(409, "pit_occupied"), claimed("PV-9")] });
  await chosenPit(7);
  server.pits = [
    occupied,
    { ...free, device: { device_id: "PV-9", status: "online", last_seen: at(0) } },
  ];
  submit();
  await waitFor(() => expect(alertText()).toMatch(/Somebody has just put a sensor in this pit/));
  expect(screen.getByTestId("claim-pit-7").textContent).toContain("PV-9");
  submit();
  fireEvent.click(screen.getByTestId("claim-replace-yes"));
  await screen.findByText(/It replaces PV-9/);
});

test("a device that is at work already is shown at its pit, also when the answer was lost", async () => {
  const { server } = show({ claims: [problem(409, "claim_used")] });
  await chosenPit(7);
  server.pits = [{ ...free, device: { device_id: id, status: "unknown", last_seen: null } }];
  submit();
  await screen.findByText("The sensor is set up in Pit 7");
});

test.each([
  ["", "", ""],
  [`#${id}`, id, ""],
  [`#x/${code}`, "", "K7QF-2M9D-XT"],
])("of the address %j the rest can be typed", (hash, deviceId, shownCode) => {
  show({ hash });
  expect(screen.getByTestId<HTMLInputElement>("claim-device-id").value).toBe(deviceId);
  expect(screen.getByTestId<HTMLInputElement>("claim-code").value).toBe(shownCode);
  expect(screen.queryByText(/address is not complete/) !== null).toBe(hash !== "");
  fireEvent.click(screen.getByTestId("claim-continue"));
  const first = screen.getByTestId(deviceId === "" ? "claim-device-id" : "claim-code");
  expect(first.getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(first);
});

test("another scan in the same tab begins anew", async () => {
  show();
  await screen.findByTestId("claim-pit-7");
  act(() => {
    window.location.hash = "#ESP32-000000000001/0000000000";
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  });
  expect(screen.getByTestId("claim-shown-device").textContent).toBe("ESP32-000000000001");
});

test.each(["operator", "customer", "super_admin"] as const)(
  "%s is told who may do this",
  (role) => {
    const { server } = show({ role });
    expect(screen.getByRole("heading").textContent).toBe(
      "Only the owner or a manager can set up sensors",
    );
    expect(server.addresses).toEqual([]);
  },
);

test("pits that cannot be had can be asked for again", async () => {
  window.location.hash = `#${id}/${code}`;
  renderPortal(<ClaimPage />, { nowMs: () => sampleNow });
  expect((await screen.findByRole("alert")).textContent).toContain("No connection to the server");
  expect(screen.getByText("Try again")).toBeTruthy();
});
