// A second server beside that of the stack.
export const secondName = "second";

/** Its server.toml: the first one's with a name, a role and a port of its own, the next one. */
export const secondConfig = (first: string, firstPort: number, role = "ingest"): string =>
  first
    .replace("[http]", `[server]\nname = "${secondName}"\nroles = ["${role}"]\n\n[http]`)
    .replace(`port = ${firstPort}`, `port = ${firstPort + 1}`);
