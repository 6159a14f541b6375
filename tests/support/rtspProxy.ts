// Between a camera and who watches it: changes what the camera says of itself, and nothing else.
import { connect, createServer, type Server } from "node:net";
import { after } from "node:test";

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

/** The description as cameras give it that send their parameter sets among the pictures only. */
const bare = (description: string): string =>
  description.replaceAll(/;sprop-parameter-sets=[^;\r\n]*/g, "");

function rewritten(answer: string): string | undefined {
  const end = answer.indexOf("\r\n\r\n");
  const length = Number(/^Content-Length: (\d+)/im.exec(answer)?.[1] ?? 0);
  if (end < 0 || answer.length < end + 4 + length) return undefined;
  if (!/^Content-Type: application\/sdp/im.test(answer.slice(0, end))) return answer;
  const body = bare(answer.slice(end + 4));
  const head = answer.slice(0, end + 4).replace(/^(Content-Length: )\d+/im, `$1${body.length}`);
  return head + body;
}

/** The port of a proxy to the RTSP server at `port`. */
export async function withoutParameterSets(port: number): Promise<number> {
  const server = createServer((browser) => {
    const camera = connect(port, "127.0.0.1");
    let waiting = "";
    let plays = false;
    browser.on("data", (data) => {
      if (data.toString("latin1").startsWith("PLAY")) plays = true;
      camera.write(data);
    });
    camera.on("data", (data) => {
      if (plays) {
        browser.write(data);
        return;
      }
      waiting += data.toString("latin1");
      const whole = rewritten(waiting);
      if (whole === undefined) return;
      browser.write(Buffer.from(whole, "latin1"));
      waiting = "";
    });
    for (const [one, other] of [
      [browser, camera],
      [camera, browser],
    ] as const) {
      one.on("close", () => other.destroy());
      one.on("error", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
