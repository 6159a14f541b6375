// A small filesystem of its own, in a file, which a test can fill up. Only root may mount one.
import { execFile } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export class SmallDisk {
  readonly folder: string;
  /** How it was mounted: "ext4 on a loop device", or "tmpfs". */
  readonly kind: string;
  readonly #image: string;

  private constructor(folder: string, image: string, kind: string) {
    this.folder = folder;
    this.#image = image;
    this.kind = kind;
  }

  /** In that folder, which must not be one; a machine that permits no mount gets an error. */
  static async make(folder: string, megabytes: number): Promise<SmallDisk> {
    const image = `${folder}.image`;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const complaints: string[] = [];
    const attempt = async (kind: string, mount: () => Promise<unknown>) => {
      try {
        await mount();
        return new SmallDisk(folder, image, kind);
      } catch (error) {
        complaints.push(`${kind}: ${(error as { stderr?: string }).stderr || error}`.trim());
        return undefined;
      }
    };
    const made =
      (await attempt("ext4 on a loop device", async () => {
        const file = openSync(image, "w", 0o600);
        ftruncateSync(file, megabytes * 1024 * 1024);
        closeSync(file);
        await run("/sbin/mkfs.ext4", ["-q", "-m", "0", image]);
        await run("mount", ["-o", "loop", image, folder]);
      })) ??
      (await attempt("tmpfs", () =>
        run("mount", [
          "-t",
          "tmpfs",
          "-o",
          `size=${megabytes}m,mode=755`,
          "pitview-small-disk",
          folder,
        ]),
      ));
    if (made === undefined)
      throw new Error(
        `This machine lets nobody mount a small filesystem (root is needed, and in a container the ` +
          `right to mount), so it is not known what a full disk does.\n${complaints.join("\n")}`,
      );
    return made;
  }

  /** Takes all room that is left, to the last byte; again and again while called again. */
  fill(): void {
    const file = openSync(join(this.folder, "ballast"), "a", 0o600);
    try {
      for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
        const block = Buffer.alloc(size, 0x42);
        try {
          for (;;) if (writeSync(file, block) < size) break;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.folder, "ballast"), { force: true });
  }

  async remove(): Promise<void> {
    await run("umount", [this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.#image, { force: true });
  }
}
