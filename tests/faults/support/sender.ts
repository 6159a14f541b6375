// An MQTT 3.1.1 publisher that sends as fast as the broker takes it, QoS 1, and knows what the
// broker has acknowledged. It has no opinion about what it sends.
import { connect, type Socket } from "node:net";

/** Publishes without their PUBACK: enough to keep the broker busy. */
const window = 2_000;
const writeBytes = 64 * 1024;

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** MQTT 3.1.1, 2.2.3: seven bits a byte. */
function packet(head: number, body: Buffer[]): Buffer {
  let rest = body.reduce((total, part) => total + part.length, 0);
  const header = [head];
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    header.push(rest > 0 ? digit | 128 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), ...body]);
}

export class Sender {
  sent = 0;
  acknowledged = 0;
  readonly #socket: Socket;
  #lost: Error | undefined;
  #wake: (() => void) | undefined;
  #accepted = false;
  #rest = Buffer.alloc(0);

  private constructor(port: number, login: { mqtt_username: string; mqtt_password: string }) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (part) => this.#take(part));
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the broker has closed the connection")));
    this.#socket.on("drain", () => this.#wake?.());
    const flags = Buffer.from([4, 0b1100_0010, 0, 0]); // 3.1.1; user name, password, clean; no keep-alive
    const who = [`sender-${login.mqtt_username}`, login.mqtt_username, login.mqtt_password];
    this.#socket.write(packet(0x10, [text("MQTT"), flags, ...who.map(text)]));
  }

  static async open(
    port: number,
    login: { mqtt_username: string; mqtt_password: string },
  ): Promise<Sender> {
    const sender = new Sender(port, login);
    while (!sender.#accepted) await sender.#change();
    return sender;
  }

  /** Until the broker has acknowledged every one of them. */
  async publish(messages: Iterable<{ topic: string; payload: string | Buffer }>): Promise<void> {
    let parts: Buffer[] = [];
    let bytes = 0;
    for (const { topic, payload } of messages) {
      this.sent += 1;
      const id = Buffer.alloc(2);
      id.writeUInt16BE((this.sent % 65_535) + 1);
      const part = packet(0x32, [text(topic), id, Buffer.from(payload)]);
      parts.push(part);
      bytes += part.length;
      const isFull = this.sent - this.acknowledged >= window;
      if (bytes < writeBytes && !isFull) continue;
      const hasRoom = this.#socket.write(Buffer.concat(parts));
      parts = [];
      bytes = 0;
      if (!hasRoom) await this.#change();
      while (this.sent - this.acknowledged >= window) await this.#change();
    }
    this.#socket.write(Buffer.concat(parts));
    while (this.acknowledged < this.sent) await this.#change();
  }

  close(): void {
    this.#lost ??= new Error("closed");
    this.#socket.end(packet(0xe0, []));
  }

  async #change(): Promise<void> {
    if (this.#lost) throw this.#lost;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#lost) throw this.#lost;
  }

  #take(part: Buffer): void {
    // CONNACK and PUBACK alike: two bytes of head, two that follow.
    const bytes = Buffer.concat([this.#rest, part]);
    const whole = bytes.length - (bytes.length % 4);
    for (let at = 0; at < whole; at += 4) {
      const kind = bytes[at];
      if (kind === 0x40) this.acknowledged += 1;
      else if (kind === 0x20 && bytes[at + 3] === 0) this.#accepted = true;
      else
        this.#end(new Error(`the broker answered ${bytes.subarray(at, at + 4).toString("hex")}`));
    }
    this.#rest = Buffer.from(bytes.subarray(whole));
    this.#wake?.();
  }

  #end(error: Error): void {
    this.#lost ??= error;
    this.#wake?.();
  }
}
