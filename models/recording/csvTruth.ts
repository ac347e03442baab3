/**
 * Truth from a CSV's label columns, for judging a detector on a recording that somebody labelled. It stands with the
 * recordings and not with the detector's ingest, because a detector has no way to the truth.
 */
import type { TruthEvent } from '../contract/index.ts';
import type { CsvMapping } from './csvMapping.ts';
import { openCsv } from './csvTable.ts';

/**
 * Each stretch of rows whose label has the mapped value is one leak (`leak.opened`, `leak.closed`) in the files that
 * `leak-in` names, and one disturbance elsewhere. Times stand on the scan grid of the frames. What labels cannot tell is
 * zero: area, growth, volume. A stretch that lasts to the end of the file is never closed.
 */
export async function csvTruth(path: string, mapping: CsvMapping): Promise<TruthEvent[]> {
  const table = await openCsv(path, mapping);
  const { scanUs } = table.layout;
  const states = table.mapping.labels.map((label) => ({
    label,
    isLeak: label['leak-in'].some((p) => matches(p, table.name)),
    open: undefined as string | undefined,
    count: 0,
  }));
  const events: TruthEvent[] = [];
  for await (const batch of table.rows()) {
    for (const row of batch) {
      const timeUs = Math.round(row.timeUs / scanUs) * scanUs;
      for (const [i, state] of states.entries()) {
        const value = row.label[i]!;
        // A missing label says nothing new.
        if (Number.isNaN(value)) continue;
        const on = value === state.label.value;
        if (on === (state.open !== undefined)) continue;
        if (!on) {
          if (state.isLeak) events.push({ kind: 'leak.closed', timeUs, ref: state.open!, volume_m3: 0 });
          state.open = undefined;
          continue;
        }
        state.count += 1;
        const ref = state.count === 1 ? state.label.ref : `${state.label.ref}-${state.count}`;
        state.open = ref;
        if (state.isLeak) {
          const { unit, position } = state.label;
          events.push({ kind: 'leak.opened', timeUs, ref, unit, position_m: position, area_m2: 0, growth_s: 0 });
        } else events.push({ kind: 'disturbance', timeUs, ref, what: state.label.what });
      }
    }
  }
  return events;
}

function matches(pattern: string, name: string): boolean {
  const body = pattern
    .split('*')
    .map((p) => p.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${body}$`, 'i').test(name);
}
