/**
 * `leaktwin registers <plant>`: the Modbus map of a plant, as a SCADA engineer would configure a master from.
 */
import type { Command } from 'commander';
import { allImages, describeImage, type RegisterRow, unwrap } from '../../../models/contract/index.ts';
import { findDocument } from '../../../models/document/index.ts';
import { compileModel, parsePlant } from '../../../sim/index.ts';
import type { Io } from '../io.ts';
import { csvTable, textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface StationRegisters {
  readonly unitId: number;
  readonly station: string;
  readonly registers: readonly RegisterRow[];
}

interface Options extends CommonOptions {
  readonly csv?: boolean;
  readonly station?: string;
}

const COLUMNS = ['address', 'table', 'tag', 'type', 'unit', 'scale', 'description'] as const;

export function configure(command: Command): void {
  command
    .option('--csv', 'one CSV table of all stations')
    .option('--station <id>', 'only this station, by its name or Modbus unit id');
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const file = unwrap(findDocument('plant', args[0]!));
  const spec = unwrap(parsePlant(file.file, file.text)).value;
  const { layout, controls } = compileModel(spec, { seed: options.seed ?? 1 });
  const all = allImages(layout, controls).map(
    (image): StationRegisters => ({
      unitId: image.unitId,
      station: image.station === '' ? 'gateway' : image.station,
      registers: describeImage(layout, image),
    }),
  );
  const wanted = options.station;
  const stations = wanted === undefined ? all : all.filter((s) => s.station === wanted || String(s.unitId) === wanted);
  if (stations.length === 0) {
    const names = all.map((s) => s.station).join(', ');
    unwrap({
      ok: false,
      problems: [
        { file: '--station', line: 0, column: 0, path: '', found: `"${wanted}"`, expected: `one of ${names}` },
      ],
    });
  }
  io.json({ stations });
  if (options.csv) {
    const rows = stations.flatMap((s) =>
      s.registers.map((r) => [s.unitId, s.station, ...COLUMNS.map((c) => r[c])] as (string | number)[]),
    );
    io.out(csvTable(['unitId', 'station', ...COLUMNS], rows));
    return 0;
  }
  for (const s of stations) {
    io.out(`Modbus unit ${s.unitId}: ${s.station}${s.station === 'gateway' ? ' (all stations in one image)' : ''}`);
    io.out(
      textTable(
        [...COLUMNS],
        s.registers.map((r) => COLUMNS.map((c) => r[c])),
      ),
    );
    io.out('');
  }
  return 0;
}
