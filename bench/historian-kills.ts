/**
 * Kills a storing process so many times (default 200) and holds the reopened history against what was acknowledged, bit for
 * bit. The instants come from the seed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killOften } from '../test/detector/historian/kills.ts';

const kills = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'leaktwin-kills-'));
try {
  const report = await killOften(folder, kills, seed);
  const row = (name: string, value: number, ratio: number, against: string) => ({
    name,
    value,
    unit: '1',
    ratio,
    against,
  });
  const rows = [
    row('kills', report.kills, 1, 'itself'),
    row('frames acknowledged', report.framesAcked, 1, 'itself'),
    row('frames found', report.framesFound, report.framesFound / report.framesAcked, 'acknowledged'),
    row('kills inside a batch, told on reopening', report.torn, report.torn / report.kills, 'kills'),
    row('faults', report.faults.length, report.faults.length, 'none'),
  ];
  process.stdout.write(`${JSON.stringify({ bench: 'historian-kills', seed, rows, ...report }, null, 2)}\n`);
  if (report.faults.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
