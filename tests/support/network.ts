// Networks that are worse than this machine's: one that lets no UDP through, and a way on which
// packets are late and get lost.
import { execFileSync } from "node:child_process";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { after } from "node:test";

const undo: (() => void)[] = [];
after(() => {
  for (const step of undo.reverse()) step();
});

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}

export interface OtherNetwork {
  /** Of this machine, as the other network sees it. */
  address: string;
  /** Starts a program over there: words before the program's own. */
  through: string;
}

let networks = 0;

/**
 * A network of its own, that reaches this machine over one version of IP; without UDP its firewall
 * lets every UDP packet out into nothing.
 */
export function otherNetwork(version: 4 | 6, udp: "with UDP" | "without UDP"): OtherNetwork {
  const id = `${process.pid}${String.fromCharCode(97 + networks)}`;
  const name = `pitview${id}`;
  const [here, there] = [`pv${id}1`, `pv${id}2`];
  const subnet = (process.pid * 4 + networks++) % 250;
  const [address, other, length] =
    version === 4
      ? [`10.254.${subnet}.1`, `10.254.${subnet}.2`, 30]
      : [`2001:db8:${subnet}::1`, `2001:db8:${subnet}::2`, 64];
  // An IPv6 address is not asked about first: nobody else is there to have it.
  const atOnce = version === 6 ? ["nodad"] : [];
  ip("netns", "add", name);
  undo.push(() => ip("netns", "del", name)); // with its end of the cable, and so with ours
  ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name);
  ip("addr", "add", `${address}/${length}`, "dev", here, ...atOnce);
  ip("link", "set", here, "up");
  ip("-n", name, "addr", "add", `${other}/${length}`, "dev", there, ...atOnce);
  ip("-n", name, "link", "set", there, "up");
  ip("-n", name, "link", "set", "lo", "up");
  if (udp === "without UDP")
    ip(`-${version}`, "-n", name, "rule", "add", "ipproto", "udp", "prohibit");
  return { address, through: `ip netns exec ${name}` };
}

/** Numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** A UDP port that hands on to another, both ways, late and not everything. */
export class LossyRelay {
  lost = 0;
  passed = 0;
  readonly #socket: Socket = createSocket("udp4");
  readonly #ways = new Map<string, Socket>();

  private constructor() {}

  static async start(to: number, delayMs: number, loss: number): Promise<LossyRelay> {
    const relay = new LossyRelay();
    const random = numbers(4711);
    const late = (send: () => void) => {
      if (random() < loss) {
        relay.lost += 1;
        return;
      }
      relay.passed += 1;
      setTimeout(send, delayMs);
    };
    relay.#socket.on("message", (packet: Buffer, from: RemoteInfo) => {
      let way = relay.#ways.get(`${from.port}`);
      if (way === undefined) {
        way = createSocket("udp4");
        way.on("message", (back) => late(() => relay.#send(relay.#socket, back, from.port)));
        way.on("error", () => {});
        relay.#ways.set(`${from.port}`, way);
      }
      const out = way;
      late(() => relay.#send(out, packet, to));
    });
    relay.#socket.on("error", () => {});
    await new Promise<void>((resolve) => relay.#socket.bind(0, "127.0.0.1", resolve));
    undo.push(() => relay.#end());
    return relay;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  #ended = false;
  #send(socket: Socket, packet: Buffer, port: number): void {
    if (!this.#ended) socket.send(packet, port, "127.0.0.1");
  }
  #end(): void {
    this.#ended = true;
    this.#socket.close();
    for (const way of this.#ways.values()) way.close();
  }
}
