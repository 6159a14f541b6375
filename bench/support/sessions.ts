// People who are signed in: through the API, as everyone, from as many loopback addresses as
// the server's limit of logins per address asks for.
import { request } from "node:http";
import type { Login, Stack } from "./stack.ts";

const loginsOfAddress = 80; // the server lets 100 in at once
let loginsMade = 0; // over all calls: a second one comes before the limit has forgotten the first

interface Answer {
  status: number;
  text: string;
}

function post(url: URL, localAddress: string, body: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json" };
    const sent = request(url, { method: "POST", localAddress, headers }, (answer) => {
      let text = "";
      answer.on("data", (part: Buffer) => {
        text += part.toString();
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

/** An access token for each, in their order; the same login may come again, for another session. */
export async function signIn(stack: Stack, logins: Login[]): Promise<string[]> {
  const url = new URL("/api/auth/login", (await stack.status()).http.url);
  const tokens: string[] = [];
  for (const { username, password } of logins) {
    const address = `127.2.0.${1 + Math.floor(loginsMade++ / loginsOfAddress)}`;
    const answer = await post(url, address, { username, password });
    if (answer.status !== 200) throw new Error(`${username} cannot sign in: ${answer.text}`);
    tokens.push((JSON.parse(answer.text) as { access_token: string }).access_token);
  }
  return tokens;
}
