/**
 * Any CSV as a frame source. Rows are put on the scan grid that begins at the first row:
 *
 * - a row belongs to the nearest instant of the grid; of several rows at one instant, the later ones correct the earlier
 *   ones cell by cell;
 * - an instant without a row is a frame all of whose tags are `missing`; a missing cell is `missing` too. The last value
 *   stands under the flag; before the first value it is NaN;
 * - a gap longer than the mapping's `longest-gap` (a day) is not filled: time jumps.
 */
import { createFrame, type Frame, type FrameSource, Quality } from '../../models/contract/index.ts';
import { type CsvMapping, type CsvReport, openCsv, type TimedRows } from '../../models/recording/index.ts';

export interface CsvSourceReport extends CsvReport {
  /** Frames given so far, and how many of them were made for instants without a row. */
  frames: number;
  filled: number;
  /** Rows that shared their instant with an earlier one. */
  duplicates: number;
  /** Gaps that were too long to fill. */
  jumps: number;
}

export interface CsvSource extends FrameSource {
  /** What was read so far; complete, with every mistake counted, when `next` has returned undefined. */
  report(): CsvSourceReport | undefined;
}

/** Frames from a CSV. Throws a ProblemError from `open` (file, columns, times) or from `next` (a file that breaks off). */
export function csvSource(path: string, mapping?: CsvMapping): CsvSource {
  let table: TimedRows | undefined;
  let frames: AsyncGenerator<Frame, void, undefined> | undefined;
  const counts = { frames: 0, filled: 0, duplicates: 0, jumps: 0 };

  async function* resampled(from: TimedRows): AsyncGenerator<Frame, void, undefined> {
    const { layout, mapping: spec } = from;
    const frame = createFrame(layout);
    frame.value.fill(Number.NaN);
    let instant = -1;
    const begin = (at: number) => {
      instant = at;
      frame.seq = counts.frames;
      counts.frames += 1;
      frame.timeUs = at * layout.scanUs;
      frame.stationTimeUs.fill(frame.timeUs);
      frame.quality.fill(Quality.missing);
    };
    for await (const batch of from.rows()) {
      for (const row of batch) {
        const at = Math.round(row.timeUs / layout.scanUs);
        if (at === instant) counts.duplicates += 1;
        else {
          if (instant >= 0) yield frame;
          if (instant >= 0 && (at - instant) * layout.scanUs > spec['longest-gap']) counts.jumps += 1;
          else if (instant >= 0) {
            while (instant + 1 < at) {
              begin(instant + 1);
              counts.filled += 1;
              yield frame;
            }
          }
          begin(at);
        }
        for (let c = 0; c < row.value.length; c += 1) {
          const value = row.value[c]!;
          if (Number.isNaN(value)) continue;
          frame.value[c] = value;
          frame.quality[c] = Quality.good;
        }
      }
    }
    if (instant >= 0) yield frame;
  }

  return {
    async open() {
      table = await openCsv(path, mapping);
      frames = resampled(table);
      return { layout: table.layout };
    },
    async next() {
      if (!frames) throw new Error('a CSV was read before it was opened');
      const turn = await frames.next();
      return turn.done ? undefined : turn.value;
    },
    async ack() {},
    async close() {
      await frames?.return();
      frames = undefined;
    },
    report: () => (table ? { ...table.report, ...counts } : undefined),
  };
}
