// A second server beside that of the stack, which takes readings only.
export const secondName = "second";

/** Its server.toml: the first one's with a name, a role and a port of its own, the next one. */
export const secondConfig = (first: string, firstPort: number): string =>
  first
    .replace("[http]", `[server]\nname = "${secondName}"\nroles = ["ingest"]\n\n[http]`)
    .replace(`port = ${firstPort}`, `port = ${firstPort + 1}`);
