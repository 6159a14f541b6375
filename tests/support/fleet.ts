// Many devices at once, from the factory to pits of their own, as in the field: a batch, and a
// claim through the API for each. Knows no running product, so that the benchmarks use it too.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { SimDevice } from "./simProcess.ts";

const devicesPerWorkshop = 100;

/** What `./pit status --json` says, as far as it is needed here. */
export interface Product {
  http: { url: string };
  postgres: { superuser_url: string };
  logins: { role: string; username: string; password: string }[];
}

export interface FleetDevice extends SimDevice {
  claim_code: string;
  pit_id: number;
  workshop_code: string;
  pit_number: number;
}

/** Runs a statement as the database's superuser; what psql prints, one line a row. */
export async function psql(product: Product, statement: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    "psql",
    ["-XqtA", "-v", "ON_ERROR_STOP=1", "-c", statement, product.postgres.superuser_url],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout.split("\n").filter((line) => line !== "");
}

async function post<T>(product: Product, path: string, body: unknown, token?: string): Promise<T> {
  const answer = await fetch(product.http.url + path, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function signIn(product: Product, username: string, password: string): Promise<string> {
  const answer = await post<{ access_token: string }>(product, "/api/auth/login", {
    username,
    password,
  });
  return answer.access_token;
}

function loginOf(product: Product, role: string) {
  const found = product.logins.find((login) => login.role === role);
  if (found === undefined) throw new Error(`the demo has no ${role}`);
  return found;
}

interface Workshop {
  code: string;
  owner: string;
  pitIds: number[];
}

/** A workshop with so many pits and an owner who has the demo owner's password. */
async function newWorkshop(product: Product, pits: number): Promise<Workshop> {
  const [next] = await psql(product, "SELECT max(id) + 1 FROM workshops");
  const [code, owner] = [`workshop_${900 + Number(next)}`, `fleet${next}`];
  const pitIds = await psql(
    product,
    `WITH w AS (INSERT INTO workshops (code, name, subscription_status)
                VALUES ('${code}', 'Fleet ${next}', 'active') RETURNING id),
          u AS (INSERT INTO users (workshop_id, username, display_name, role, password_hash)
                SELECT w.id, '${owner}', 'Owner', 'owner', password_hash FROM w, users
                 WHERE username = '${loginOf(product, "owner").username}'),
          p AS (INSERT INTO pits (workshop_id, pit_number, name)
                SELECT w.id, n, 'Pit ' || n FROM w, generate_series(1, ${pits}) n RETURNING id)
     SELECT id FROM p ORDER BY id`,
  );
  return { code, owner, pitIds: pitIds.map(Number) };
}

const idFor = (pit: number): string =>
  `ESP32-F1EE7${pit.toString(16).toUpperCase().padStart(7, "0")}`;

/** So many devices, each claimed for a pit; 100 to a workshop. */
export async function claimedDevices(product: Product, count: number): Promise<FleetDevice[]> {
  const platform = loginOf(product, "super_admin");
  const platformToken = await signIn(product, platform.username, platform.password);
  const all: FleetDevice[] = [];
  while (all.length < count) {
    const size = Math.min(devicesPerWorkshop, count - all.length);
    const { code, owner, pitIds } = await newWorkshop(product, size);
    const { devices } = await post<{ devices: (SimDevice & { claim_code: string })[] }>(
      product,
      "/api/factory/batches",
      { name: `Fleet ${code}`, hw_rev: "sim", devices: pitIds.map(idFor) },
      platformToken,
    );
    const token = await signIn(product, owner, loginOf(product, "owner").password);
    for (const [i, device] of devices.entries()) {
      const { device_id, claim_code } = device;
      const pit_id = pitIds[i] ?? 0;
      await post(product, "/api/devices/claim", { device_id, claim_code, pit_id }, token);
      all.push({ ...device, pit_id, workshop_code: code, pit_number: i + 1 });
    }
  }
  return all;
}

export interface Watched {
  /** "PIT TIMESTAMP" of every reading that was shown. */
  timestamps: Set<string>;
  close: () => void;
}

/** What the owner of a workshop of claimedDevices() sees live. */
export async function watch(product: Product, workshopCode: string): Promise<Watched> {
  const [owner = ""] = await psql(
    product,
    `SELECT u.username FROM users u JOIN workshops w ON w.id = u.workshop_id
      WHERE w.code = '${workshopCode}' AND u.role = 'owner'`,
  );
  const token = await signIn(product, owner, loginOf(product, "owner").password);
  const { ticket } = await post<{ ticket: string }>(product, "/api/ws-ticket", {}, token);
  const socket = new WebSocket(`${product.http.url.replace("http", "ws")}/ws?ticket=${ticket}`);
  const timestamps = new Set<string>();
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("error", () => reject(new Error("the live connection is refused")));
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data)) as {
        event: string;
        data: { pit_id: number; timestamp: string };
      };
      if (frame.event === "snapshot") resolve();
      if (frame.event === "sensor_update")
        timestamps.add(`${frame.data.pit_id} ${frame.data.timestamp}`);
    });
  });
  return { timestamps, close: () => socket.close() };
}
