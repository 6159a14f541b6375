// Stopping the server, gently and not, and waiting until it is there again.
import { eventually } from "./eventually.ts";
import { call } from "./http.ts";
import { currentStatus, pit } from "./stack.ts";

export const serverPid = (): number | null => currentStatus().pids.server;

/** kill -9; ./pit starts it again by itself. Returns once it is ready. */
export async function killServer(): Promise<void> {
  const before = serverPid();
  pit("kill", "server");
  await serverIsBack(before);
}

/** Until another process than `before` answers that it is ready. */
export async function serverIsBack(before: number | null): Promise<void> {
  await eventually(
    "the server is back",
    async () => {
      const now = serverPid();
      return now !== null && now !== before && (await call("GET", "/readyz")).status === 200;
    },
    60_000,
  );
}
