/** Cases of water networks on disk: networks by name, series as tables. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Table } from './caseFiles.ts';

/** A case that lacks what a comparison needs; its message says what. */
export class NotComparable extends Error {}

/** The `.inp` files (`.inp.gz` too) of `<dir>/networks` by their names, reduced to letters and digits. */
export function networkFiles(dataDir: string): Map<string, string> {
  const folder = join(dataDir, 'networks');
  const names = existsSync(folder) ? readdirSync(folder).filter((f) => NETWORK.test(f)) : [];
  return new Map(names.sort().map((f) => [bare(networkName(f)), join(folder, f)]));
}

const NETWORK = /\.inp(\.gz)?$/i;

/** A network file's name without folder and ending. */
export function networkName(path: string): string {
  return basename(path).replace(NETWORK, '');
}

/** The text of a network file. */
export function readNetwork(path: string): string {
  const bytes = readFileSync(path);
  return (/\.gz$/i.test(path) ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** The network whose name a case's name begins with, the longest where several do. */
export function networkOf(caseName: string, networks: ReadonlyMap<string, string>): string {
  const name = bare(caseName);
  const match = [...networks.keys()].filter((key) => name.startsWith(key)).sort((a, b) => b.length - a.length)[0];
  const path = match === undefined ? undefined : networks.get(match);
  if (path === undefined) throw new NotComparable(`no network in ${[...networks.keys()].join(', ')} fits this name`);
  return path;
}

/** Names of the files with an ending in `<dir>/<folder>`, without it. */
export function casesIn(dataDir: string, folder: string, ending: string): string[] {
  const path = join(dataDir, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((f) => f.endsWith(ending))
    .map((f) => f.slice(0, -ending.length))
    .sort();
}

export function readTable(path: string): Table {
  const lines = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((l) => l.trim() !== '');
  const cells = lines.map((l) => l.split(',').map((x) => x.trim()));
  return { columns: cells[0] ?? [], rows: cells.slice(1) };
}

/** Lower case, letters and digits only. */
export function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The most common difference between neighbours, 0 where there are none. */
export function commonStep(times: Float64Array): number {
  const counts = new Map<number, number>();
  for (let i = 1; i < times.length; i++) {
    const d = times[i] - times[i - 1];
    counts.set(d, (counts.get(d) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** Largest differences by kind of quantity, with the place of each. */
export class Differences {
  private readonly worst = new Map<string, { difference: number; place: string; n: number }>();

  add(kind: string, difference: number, place: string): void {
    const size = Math.abs(difference);
    const w = this.worst.get(kind);
    if (!w) this.worst.set(kind, { difference: size, place, n: 1 });
    else {
      w.n++;
      if (size > w.difference || Number.isNaN(size)) {
        w.difference = size;
        w.place = place;
      }
    }
  }

  get(kind: string): { difference: number; place: string; n: number } | undefined {
    return this.worst.get(kind);
  }
}
