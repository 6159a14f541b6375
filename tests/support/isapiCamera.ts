// A Hikvision as far as its settings go: ISAPI over HTTP with digest. It works every digest out
// itself, and holds what it is told against what it has served: `complaints` are what no camera
// should have to see.
import { createHash, randomBytes } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";

export interface Behaviour {
  algorithm?: "MD5" | "SHA-256";
  /** What a 401 offers; `unknown` is a digest that nobody here can. */
  offers?: ("digest" | "unknown" | "basic")[];
  /** How many requests a nonce is good for. */
  nonceUses?: number;
  /** No nonce is ever good. */
  alwaysStale?: true;
  /** What this user may not: everything, or changing. */
  forbidden?: "all" | "changes";
  /** After so many changes, refused ones included, this user may no more. */
  changesLeft?: number;
  /** Says OK, and keeps these as they are. */
  ignores?: string[];
  /** Refuses a document that has another value there. */
  refuses?: string[];
  /** Takes what it is told when it is restarted. */
  restarts?: true;
  /** Its answer to a GET, instead of the document. */
  answers?: "rubbish" | "html" | "huge" | "entities" | "nothing" | "redirect" | "error";
  /** Hangs up on a PUT, which it has taken; `for good`: and is away from then on. */
  hangsUp?: "once" | "for good";
}

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const user = "admin";
const password = "pw-3a9d";
const realm = "DS-2CD2143";

export class IsapiCamera {
  /** By channel: 101, 102. */
  readonly documents: Map<number, string>;
  /** "PUT 101", in the order in which they were let in. */
  readonly seen: string[] = [];
  readonly complaints: string[] = [];
  /** How often a right answer to the challenge came in, and Basic. */
  readonly logins = { digest: 0, basic: 0, refused: 0 };
  behaviour: Behaviour;
  port = 0;

  readonly #nonces = new Map<string, number>();
  readonly #server = createServer((request, response) => this.#serve(request, response));

  private constructor(documents: Record<number, string>, behaviour: Behaviour) {
    this.documents = new Map(Object.entries(documents).map(([id, text]) => [Number(id), text]));
    this.behaviour = behaviour;
  }

  static async start(
    behaviour: Behaviour = {},
    documents: Record<number, string> = { 101: factoryMain(101), 102: factorySub(102) },
  ): Promise<IsapiCamera> {
    const camera = new IsapiCamera(documents, behaviour);
    await new Promise<void>((resolve) => camera.#server.listen(0, "127.0.0.1", resolve));
    servers.push(camera.#server);
    camera.port = (camera.#server.address() as AddressInfo).port;
    return camera;
  }

  /** As a pit has it; nothing here speaks RTSP. */
  url(secret = password, path = "/Streaming/Channels/101"): string {
    return `rtsp://${user}:${secret}@127.0.0.1:1${path}`;
  }

  value(channel: number, path: string): string | undefined {
    return valueAt(this.documents.get(channel) ?? "", path);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("utf8");
      if (!this.#letIn(request, response)) return;
      const channel = Number(
        /^\/ISAPI\/Streaming\/channels\/(\d+)$/.exec(request.url ?? "")?.[1] ?? 0,
      );
      this.seen.push(`${request.method} ${channel}`);
      if (this.behaviour.forbidden === "all") status(response, 403, 4, "lowPrivilege");
      else if (!this.documents.has(channel)) status(response, 404, 4, "notSupport");
      else if (request.method === "PUT") this.#put(channel, body, request, response);
      else this.#get(channel, response);
    });
  }

  #get(channel: number, response: ServerResponse): void {
    const document = this.documents.get(channel) ?? "";
    const declared = `<!DOCTYPE a [<!ENTITY e "H.264">]>${document.replace("H.265", "&e;")}`;
    const bodies = {
      rubbish: Buffer.from([0xff, 0x00, 0x3c, 0x61, 0xfe]),
      html: "<html><body>Welcome</body></html>",
      huge: document + " ".repeat(5_000_000),
      entities: declared,
    };
    const how = this.behaviour.answers;
    if (how === "nothing") return;
    if (how === "error") send(response, 500, "");
    else if (how === "redirect")
      send(response, 301, "", { Location: `https://127.0.0.1:${this.port}/` });
    else send(response, 200, how === undefined ? document : bodies[how]);
  }

  #put(channel: number, body: string, request: IncomingMessage, response: ServerResponse): void {
    const before = this.documents.get(channel) ?? "";
    if (request.headers["content-type"] !== "application/xml")
      this.complaints.push(`a document of type ${request.headers["content-type"]}`);
    const flaw = flawOf(body);
    if (flaw !== undefined) this.complaints.push(`not well-formed: ${flaw}`);
    if (skeletonOf(body) !== skeletonOf(before)) this.complaints.push(`more than values: ${body}`);
    const differs = (path: string) => valueAt(body, path) !== valueAt(before, path);
    const { changesLeft } = this.behaviour;
    if (changesLeft !== undefined) this.behaviour.changesLeft = Math.max(0, changesLeft - 1);
    if (this.behaviour.forbidden === "changes" || changesLeft === 0)
      status(response, 403, 4, "lowPrivilege");
    else if (this.behaviour.refuses?.some(differs)) status(response, 400, 6, "badXmlContent");
    else if (this.behaviour.restarts) status(response, 200, 7, "rebootRequired");
    else this.#take(channel, body, request, response);
  }

  #take(channel: number, body: string, request: IncomingMessage, response: ServerResponse): void {
    const before = this.documents.get(channel) ?? "";
    let kept = body;
    for (const path of this.behaviour.ignores ?? [])
      kept = withValue(kept, path, valueAt(before, path) ?? "");
    this.documents.set(channel, kept);
    const { hangsUp } = this.behaviour;
    delete this.behaviour.hangsUp;
    if (hangsUp === "for good") this.#server.close();
    if (hangsUp === undefined) status(response, 200, 1, "ok");
    else request.socket.destroy();
  }

  /** RFC 7616. False: the answer is a 401. */
  #letIn(request: IncomingMessage, response: ServerResponse): boolean {
    const sent = request.headers.authorization ?? "";
    const offers = this.behaviour.offers ?? ["digest", "basic"];
    if (sent.startsWith("Basic ")) {
      this.logins.basic += 1;
      if (offers.includes("digest") || offers.includes("unknown"))
        this.complaints.push("the password in the clear, though there is digest");
      const right = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
      if (sent === right && offers.includes("basic")) return true;
    } else if (sent.startsWith("Digest ") && offers.includes("digest")) {
      const outcome = this.#digest(sent, request);
      if (outcome === "right") return true;
      this.#challenge(response, outcome === "stale");
      return false;
    }
    this.#challenge(response, false);
    return false;
  }

  #digest(sent: string, request: IncomingMessage): "right" | "wrong" | "stale" {
    const field = (name: string) => new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(sent)?.[1] ?? "";
    const algorithm = this.behaviour.algorithm ?? "MD5";
    const hash = (text: string) =>
      createHash(algorithm === "MD5" ? "md5" : "sha256")
        .update(text)
        .digest("hex");
    const [nonce, nc, cnonce, uri] = ["nonce", "nc", "cnonce", "uri"].map(field);
    if (uri !== request.url) this.complaints.push(`a digest for ${uri} at ${request.url}`);
    if (field("qop") !== "auth") this.complaints.push(`qop ${field("qop")}`);
    if ((field("algorithm") || "MD5") !== algorithm) this.complaints.push(field("algorithm"));
    if ((cnonce ?? "").length < 8) this.complaints.push(`a cnonce of "${cnonce}"`);
    const secret = hash(`${user}:${realm}:${password}`);
    const asked = hash(`${request.method}:${uri}`);
    const right = hash(`${secret}:${nonce}:${nc}:${cnonce}:auth:${asked}`);
    if (field("username") !== user || field("response") !== right) {
      this.logins.refused += 1;
      return "wrong";
    }
    const uses = this.#nonces.get(nonce ?? "");
    if (uses === undefined) return "stale";
    if (!/^[0-9a-f]{8}$/.test(nc ?? "") || Number.parseInt(nc ?? "", 16) !== uses + 1)
      this.complaints.push(`nc=${nc} after ${uses}`);
    if (
      this.behaviour.alwaysStale ||
      uses >= (this.behaviour.nonceUses ?? Number.POSITIVE_INFINITY)
    )
      return "stale";
    this.#nonces.set(nonce ?? "", uses + 1);
    this.logins.digest += 1;
    return "right";
  }

  #challenge(response: ServerResponse, stale: boolean): void {
    const nonce = randomBytes(16).toString("hex");
    this.#nonces.set(nonce, 0);
    const algorithm = this.behaviour.algorithm === "SHA-256" ? ", algorithm=SHA-256" : "";
    const digest = `Digest qop="auth", realm="${realm}", nonce="${nonce}", stale="${stale ? "TRUE" : "FALSE"}"`;
    const texts = {
      digest: digest + algorithm,
      unknown: `${digest}, algorithm=SHA-512-256`,
      basic: `Basic realm="${realm}"`,
    };
    const offers = this.behaviour.offers ?? ["digest", "basic"];
    send(response, 401, "", { "WWW-Authenticate": offers.map((offer) => texts[offer]) });
  }
}

function send(
  response: ServerResponse,
  code: number,
  body: string | Buffer,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(code, { "Content-Type": "application/xml", ...headers });
  response.end(body);
}

function status(response: ServerResponse, code: number, statusCode: number, sub: string): void {
  send(
    response,
    code,
    `<?xml version="1.0" encoding="UTF-8"?>
<ResponseStatus version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<requestURL>/ISAPI/Streaming/channels</requestURL>
<statusCode>${statusCode}</statusCode>
<statusString>${sub}</statusString>
<subStatusCode>${sub}</subStatusCode>
</ResponseStatus>
`,
  );
}

/** All but the text of the innermost elements. */
const skeletonOf = (document: string): string =>
  document.replaceAll(/(<(\w+)[^<>]*>)[^<>]+(<\/\2>)/g, "$1$3");

/** What is wrong with the tags; undefined: nothing. */
function flawOf(document: string): string | undefined {
  const open: string[] = [];
  const bare = document.replace(/^<\?xml[^?]*\?>/, "").replaceAll(/<!--.*?-->/gs, "");
  for (const [tag, close, name, , empty] of bare.matchAll(
    /<(\/?)([\w:]+)((?:\s+[\w:]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[<>]/g,
  )) {
    if (name === undefined) return `a bare ${tag}`;
    if (close === "/" && open.pop() !== name) return tag;
    if (close === "" && empty === "") open.push(name);
  }
  return open.length === 0 ? undefined : `${open.join("/")} is not closed`;
}

/** Where the text at "Video/SVC/enabled" is. */
function place(document: string, path: string): [number, number] | undefined {
  let [from, to] = [0, document.length];
  for (const name of path.split("/")) {
    const inner = document.slice(from, to);
    const found = new RegExp(`<${name}(?: [^<>]*)?>(.*?)</${name}>`, "s").exec(inner);
    if (found === null) return undefined;
    const begin = from + found.index + found[0].indexOf(">") + 1;
    [from, to] = [begin, begin + (found[1] ?? "").length];
  }
  return [from, to];
}

function valueAt(document: string, path: string): string | undefined {
  const at = place(document, path);
  return at === undefined ? undefined : document.slice(...at);
}

function withValue(document: string, path: string, value: string): string {
  const at = place(document, path);
  return at === undefined ? document : document.slice(0, at[0]) + value + document.slice(at[1]);
}

/** Out of its box: H.265+, a key frame every 8 s, 8 Mbit/s; and what only this firmware has. */
export const factoryMain = (id: number): string => `<?xml version="1.0" encoding="UTF-8"?>\r
<StreamingChannel version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">\r
<id>${id}</id>\r
<channelName>Bay &amp; ramp, पिट</channelName>\r
<enabled>true</enabled>\r
<Transport>\r
<maxPacketSize>1000</maxPacketSize>\r
<ControlProtocolList>\r
<ControlProtocol><streamingTransport>RTSP</streamingTransport></ControlProtocol>\r
<ControlProtocol><streamingTransport>HTTP</streamingTransport></ControlProtocol>\r
</ControlProtocolList>\r
<Security><enabled>true</enabled><certificateType>digest</certificateType></Security>\r
</Transport>\r
<Video>\r
<enabled>true</enabled>\r
<videoInputChannelID>1</videoInputChannelID>\r
<videoCodecType>H.265</videoCodecType>\r
<videoScanType>progressive</videoScanType>\r
<videoResolutionWidth>2688</videoResolutionWidth>\r
<videoResolutionHeight>1520</videoResolutionHeight>\r
<videoQualityControlType>VBR</videoQualityControlType>\r
<constantBitRate>8192</constantBitRate>\r
<fixedQuality>60</fixedQuality>\r
<vbrUpperCap>8192</vbrUpperCap>\r
<vbrLowerCap>32</vbrLowerCap>\r
<maxFrameRate>2500</maxFrameRate>\r
<keyFrameInterval>8000</keyFrameInterval>\r
<snapShotImageType>JPEG</snapShotImageType>\r
<H264Profile>Main</H264Profile>\r
<GovLength>200</GovLength>\r
<SVC>\r
  <enabled>true</enabled>\r
</SVC>\r
<PacketType>PS</PacketType>\r
<PacketType>RTP</PacketType>\r
<smoothing>50</smoothing>\r
<SmartCodec><enabled>true</enabled></SmartCodec>\r
<!-- of this firmware alone -->\r
<v:Extension xmlns:v='urn:firmware' mode = 'x'  ><v:Depth>12</v:Depth><v:Nothing/></v:Extension>\r
</Video>\r
<Audio><enabled>false</enabled></Audio>\r
</StreamingChannel>\r
`;

export const factorySub = (id: number): string =>
  factoryMain(id)
    .replace(">2688<", ">1920<")
    .replace(">1520<", ">1080<")
    .replaceAll(">8192<", ">512<");
