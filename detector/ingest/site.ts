/** A foreign recording of a site's air as a frame source: its files one after another on one clock. The truth stays behind. */
import { createFrame, type Frame, type FrameSource } from '../../models/contract/index.ts';
import type { SiteRecording } from '../../models/recording/index.ts';
import { type CsvSource, type CsvSourceReport, csvSource } from './csv.ts';

export interface SiteSource extends FrameSource {
  /** Sums over the files read so far. */
  report(): CsvSourceReport;
}

/** Frames of all parts; values and qualities as `csvSource` makes them, with the seq and the time of the whole. */
export function siteSource(site: SiteRecording): SiteSource {
  const sources: CsvSource[] = site.parts.map((p) => csvSource(p.path, p.mapping));
  let part = 0;
  let seq = 0;
  let frame: Frame | undefined;
  return {
    async open() {
      const opened = await Promise.all(sources.map((s) => s.open()));
      const { layout } = opened[0]!;
      frame = createFrame(layout);
      return { layout, asBuilt: site.asBuilt };
    },
    async next() {
      const out = frame;
      if (!out) throw new Error('a recording was read before it was opened');
      for (; part < sources.length; part += 1) {
        const from = await sources[part]!.next();
        if (!from) continue;
        out.seq = seq;
        seq += 1;
        out.timeUs = from.timeUs + site.parts[part]!.offsetUs;
        out.stationTimeUs.fill(out.timeUs);
        out.value.set(from.value);
        out.quality.set(from.quality);
        return out;
      }
      return undefined;
    },
    async ack() {},
    async close() {
      await Promise.all(sources.map((s) => s.close()));
    },
    report() {
      const total: CsvSourceReport = {
        file: site.name,
        rows: 0,
        mistakes: 0,
        problems: [],
        late: 0,
        startUs: null,
        frames: 0,
        filled: 0,
        duplicates: 0,
        jumps: 0,
      };
      for (const s of sources) {
        const r = s.report();
        if (!r) continue;
        total.rows += r.rows;
        total.mistakes += r.mistakes;
        total.late += r.late;
        total.frames += r.frames;
        total.filled += r.filled;
        total.duplicates += r.duplicates;
        total.jumps += r.jumps;
        total.problems.push(...r.problems);
      }
      return total;
    },
  };
}
