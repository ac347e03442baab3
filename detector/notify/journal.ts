/**
 * The outbox on disk: an append-only file of lines, each a CRC-32 and a JSON list of changes that hold together. A line is
 * durable (fdatasync) before its promise resolves; what a crash left half written is cut off. Nothing here blocks: lines that
 * come while the disk works are written together. (The historian's log blocks its own thread, and holds frames.)
 */
import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

const NAME = 'outbox.jsonl';

/** What was read back, and what could not be. */
export interface Recovered<T> {
  readonly changes: readonly (readonly T[])[];
  /** One sentence for each thing that is not as it was written. */
  readonly damage: readonly string[];
}

export class Journal<T> {
  readonly path: string;
  bytes: number;
  #file: FileHandle;
  #waiting: { readonly line: string; settle(error?: Error): void }[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, bytes: number) {
    this.path = path;
    this.#file = file;
    this.bytes = bytes;
  }

  /** Reads what is there, cuts off a torn end, and goes on behind it. Throws what the disk says. */
  static async open<T>(folder: string): Promise<{ readonly journal: Journal<T>; readonly recovered: Recovered<T> }> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, NAME);
    const file = await open(path, 'a+', 0o600);
    try {
      const bytes = await readFile(path);
      const { changes, damage, end } = read<T>(bytes, path);
      if (end < bytes.length) await file.truncate(end);
      await file.sync();
      await syncFolder(folder);
      return { journal: new Journal<T>(path, file, end), recovered: { changes, damage } };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Resolves when the changes are durable; rejects with what the disk says, and then none of them is in the file. */
  append(changes: readonly T[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line: lineOf(changes), settle: (e) => (e ? reject(e) : resolve()) });
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
    });
  }

  /** Replaces all lines, at once or not at all. Lines that come meanwhile follow; `all` is asked when the file is at rest. */
  async rewrite(all: () => readonly (readonly T[])[]): Promise<void> {
    await this.settled();
    const job = this.#replace(Buffer.from(all().map(lineOf).join('')));
    this.#writing = job
      .catch(() => {})
      .then(() => this.#write())
      .finally(() => {
        this.#writing = undefined;
      });
    await job;
  }

  async #replace(text: Buffer): Promise<void> {
    const fresh = `${this.path}.new`;
    const file = await open(fresh, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, this.path);
    await syncFolder(dirname(this.path));
    await this.#file.close();
    this.#file = await open(this.path, 'a', 0o600);
    this.bytes = text.length;
  }

  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#file.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      const bytes = Buffer.from(batch.map((w) => w.line).join(''));
      try {
        await this.#file.appendFile(bytes);
        await this.#file.datasync();
        this.bytes += bytes.length;
        for (const w of batch) w.settle();
      } catch (error) {
        const because = error as Error;
        // Half of a line must not stand before the next whole one.
        await this.#file.truncate(this.bytes).catch((again: Error) => {
          because.message += `; and ${again.message}`;
        });
        for (const w of batch) w.settle(because);
      }
    }
  }
}

function lineOf(changes: readonly unknown[]): string {
  const json = JSON.stringify(changes);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

function read<T>(bytes: Buffer, path: string): Recovered<T> & { readonly end: number } {
  const changes: T[][] = [];
  const damage: string[] = [];
  let end = 0;
  let number = 0;
  for (let at = 0; at < bytes.length; ) {
    const stop = bytes.indexOf(0x0a, at);
    number += 1;
    // Without its end a line was never acknowledged: a crash, and no damage.
    if (stop < 0) break;
    const text = bytes.toString('utf8', at, stop);
    const start = at;
    at = stop + 1;
    end = at;
    const json = text.slice(9);
    if (/^[0-9a-f]{8} /.test(text) && Number.parseInt(text, 16) === crc32(json)) changes.push(JSON.parse(json) as T[]);
    else if (at < bytes.length)
      damage.push(`${path}:${number}: the line is not what was written there; the disk changed it, and it is left out`);
    else end = start;
  }
  return { changes, damage, end };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
