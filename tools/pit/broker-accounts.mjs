// Prints the file of Mosquitto's dynamic-security plugin with the server's account in it and
// everything else as it was: node broker-accounts.mjs FILE <PASSWORD. A file that is missing or
// broken is begun anew: the server makes the accounts of devices again.
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const server = "pitview-server";
const control = "$CONTROL/dynamic-security/#";
const iterations = 101; // the plugin's own; the password has 256 random bits
const password = readFileSync(0, "utf8").trim();

const allow = (acltype, topic) => ({ acltype, topic, allow: true });

function known() {
  try {
    const { clients, roles } = JSON.parse(readFileSync(process.argv[2], "utf8"));
    return { clients, roles };
  } catch {
    return { clients: [], roles: [] };
  }
}

const { clients, roles } = known();
const salt = randomBytes(12);
const file = {
  defaultACLAccess: {
    publishClientSend: false,
    publishClientReceive: false,
    subscribe: false,
    unsubscribe: true,
  },
  clients: [
    ...clients.filter(({ username }) => username !== server),
    {
      username: server,
      password: pbkdf2Sync(password, salt, iterations, 64, "sha512").toString("base64"),
      salt: salt.toString("base64"),
      iterations,
      roles: [{ rolename: server }],
    },
  ],
  roles: [
    ...roles.filter(({ rolename }) => rolename !== server),
    {
      rolename: server,
      acls: [
        ...["workshop/#", "pitview/#", control].flatMap((topic) => [
          allow("publishClientSend", topic),
          allow("publishClientReceive", topic),
          allow("subscribePattern", topic),
        ]),
        // The plugin compares a shared subscription as it is written.
        allow("subscribePattern", "$share/ingest/workshop/#"),
      ],
    },
  ],
};
console.log(JSON.stringify(file, null, 1));
