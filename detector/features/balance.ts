/**
 * Line-pack compensated volume balance of each section between two flow meters, and its corroboration by pressure.
 *
 *   imbalance  r = Q_in − Q_out − dV_p/dt − dV_T/dt [m³/s], V_p = Σ_spans (g A L / a²) (H_up + H_down)/2
 *   RP 1130 calls it modified volume balance; V_p by Wylie & Streeter (1993), storage of an elastic liquid in an elastic pipe.
 *
 * V_T is what heat moves, where the as-built data and thermometers know it (`heatPack.ts`); flows are then standard volumes.
 *
 * What the meters learned of each other (the mean of r over the warm-up, then slowly) is taken off, so only a change counts.
 * With an observer dV_p/dt is what its transient model of the spans takes up, waves under way included.
 *
 * Corroboration. A meter that drifts looks just like a leak to a balance. Pressures tell them apart: head loss over a span
 * gives its flow, G = Q0 (h/h0)^(1/n), here relative to what the meters said while learning. A leak between two spans
 * makes the upstream G exceed the downstream G; a failing meter leaves both alone. Near a meter the leak hardly splits
 * the spans inside the section, but the flow beyond it falls; `flowMoved` says by how much since the suspicion began.
 */
import type { FrameLayout } from '../../models/contract/index.ts';
import type { Arena } from '../../models/kernel/index.ts';
import type { Cleaner } from '../preprocess/index.ts';
import { createHeatPack } from './heatPack.ts';
import type { Line, Span } from './line.ts';
import type { Observer } from './observer.ts';

export interface BalanceSettings {
  readonly warmUp_s: number;
  /** Time over which the activity peak is forgotten. */
  readonly forget_s: number;
}

export interface Balance {
  readonly line: Line;
  /** Imbalance less what was learned [m³/s] (sections). */
  readonly residual_m3_s: Float64Array;
  /** The same over about a minute [m³/s] (sections). */
  readonly recent_m3_s: Float64Array;
  /** Standard deviation of the residual, learned in the warm-up [m³/s] (sections). */
  readonly sigma_m3_s: Float64Array;
  /** 1: all inputs usable and the warm-up is over (sections). */
  readonly ready: Uint8Array;
  /** Recent peak of |V_p(t) − V_p(t − 10 s)| [m³] (sections). */
  readonly activity_m3: Float64Array;
  /** Smoothed pressure-derived flow of each span, less what was learned [m³/s] (spans). */
  readonly spanFlow_m3_s: Float64Array;
  /** Standard deviation of that in quiet operation [m³/s] (spans). */
  readonly spanNoise_m3_s: Float64Array;
  /** Smoothed flows at both ends of each section, as the meters agreed while learning [m³/s] (sections). */
  readonly flowIn_m3_s: Float64Array;
  readonly flowOut_m3_s: Float64Array;
  /** 1: the span's pressures are usable (spans). */
  readonly spanReady: Uint8Array;
  reset(): void;
  step(clean: Cleaner): void;
  /** The alarm logic says per section whether the mean may be learned now (sections). */
  readonly mayLearn: Uint8Array;
}

const LAG_SCANS = 10;
const LEARN_S = 8 * 3600;
const SPAN_SMOOTH_S = 60;
/** With heat the viscosity moves a span's own flow within hours; its offset to the meters follows over this time. */
const SPAN_LEARN_S = 3600;
/** What an observer's model is given after a break before its line pack counts. */
const SETTLE_S = 60;

/** With an observer the line pack is its model's, which has the profile between the stations; else the mean of the stations' heads. */
export function createBalance(
  layout: FrameLayout,
  line: Line,
  settings: BalanceSettings,
  arena: Arena,
  observer?: Observer,
): Balance {
  const nSection = line.sections.length;
  const nSpan = line.spans.length;
  const scan_s = layout.scanUs * 1e-6;
  const warmUpScans = Math.max(30, Math.round(settings.warmUp_s / scan_s));
  const forget = 1 - Math.exp(-scan_s / settings.forget_s);
  const smooth = 1 - Math.exp(-scan_s / SPAN_SMOOTH_S);
  // A plant without noise has no scatter to divide by.
  const leastSigma_m3_s = 1e-9 * line.designFlow_m3_s;

  const residual_m3_s = arena.f64(nSection);
  const recent_m3_s = arena.f64(nSection);
  const sigma_m3_s = arena.f64(nSection);
  const ready = arena.u8(nSection);
  const activity_m3 = arena.f64(nSection);
  const spanFlow_m3_s = arena.f64(nSpan);
  const spanNoise_m3_s = arena.f64(nSpan);
  const flowIn_m3_s = arena.f64(nSection);
  const flowOut_m3_s = arena.f64(nSection);
  const spanReady = arena.u8(nSpan);
  const mayLearn = arena.u8(nSection);
  const mean = arena.f64(nSection); // learned imbalance [m³/s]
  const scatter = arena.f64(nSection); // sum of squares about the mean (Welford)
  const learned = arena.f64(nSection); // scans learned from
  const pack = arena.f64(nSection * LAG_SCANS); // last line packs [m³]
  const packs = arena.f64(nSection); // line packs ever put into the ring
  const rawSmoothed = arena.f64(nSpan); // smoothed G [m³/s]
  const spanMean = arena.f64(nSpan); // learned G − meter [m³/s]
  const spanOwn = arena.f64(nSpan); // mean of smoothed G while learning [m³/s]
  const spanScatter = arena.f64(nSpan); // sum of squares about it
  const spanLearned = arena.f64(nSpan);

  const settleSteps = observer ? Math.round((SETTLE_S * 1e6) / observer.gridUs) : 0;
  const heat = line.heat && createHeatPack(layout, line, line.heat, arena);
  const flowOfSpan = arena.f64(heat ? nSpan : 0);
  const flowOf = (clean: Cleaner, tag: number) => (heat ? heat.standardFlow_m3_s(clean, tag) : clean.value[tag]!);

  const coefficient = line.spans.map((s) => (line.gravity_m_s2 * s.area_m2 * s.length_m) / (2 * s.waveSpeed_m_s ** 2));
  const perPascal = 1 / (line.density_kg_m3 * line.gravity_m_s2);
  const head = (clean: Cleaner, tag: number, elevation_m: number) => clean.value[tag]! * perPascal + elevation_m;

  function spanRaw(s: Span, clean: Cleaner): number {
    const loss_m = head(clean, s.up, s.upElevation_m) - head(clean, s.down, s.downElevation_m);
    const q = line.designFlow_m3_s * (Math.abs(loss_m) / s.designLoss_m) ** (1 / s.exponent);
    return loss_m < 0 ? -q : q;
  }

  return {
    line,
    residual_m3_s,
    recent_m3_s,
    sigma_m3_s,
    ready,
    activity_m3,
    spanFlow_m3_s,
    spanNoise_m3_s,
    flowIn_m3_s,
    flowOut_m3_s,
    spanReady,
    mayLearn,
    reset() {
      mayLearn.fill(1);
    },
    step(clean) {
      for (let i = 0; i < nSpan; i += 1) {
        const s = line.spans[i]!;
        const ok = clean.usable[s.up] === 1 && clean.usable[s.down] === 1;
        spanReady[i] = ok && spanLearned[i]! >= warmUpScans ? 1 : 0;
        if (!ok) continue;
        const raw = spanRaw(s, clean);
        rawSmoothed[i] = spanLearned[i] === 0 ? raw : rawSmoothed[i]! + smooth * (raw - rawSmoothed[i]!);
      }
      if (heat) {
        for (const section of line.sections)
          for (const k of section.spans) flowOfSpan[k] = flowOf(clean, section.inFlow);
        heat.step(clean, flowOfSpan);
      }
      for (let i = 0; i < nSection; i += 1) {
        const section = line.sections[i]!;
        let ok = clean.usable[section.inFlow] === 1 && clean.usable[section.outFlow] === 1;
        let pack_m3 = 0;
        let warming_m3_s = 0;
        let packing_m3_s = 0;
        for (const k of section.spans) {
          const s = line.spans[k]!;
          ok = ok && clean.usable[s.up] === 1 && clean.usable[s.down] === 1;
          if (heat) warming_m3_s += heat.rate_m3_s[k]!;
          if (observer) {
            ok = ok && observer.since[k]! + settleSteps <= observer.newest[0]!;
            packing_m3_s += observer.packRate_m3_s[k]!;
          }
          pack_m3 += coefficient[k]! * (head(clean, s.up, s.upElevation_m) + head(clean, s.down, s.downElevation_m));
        }
        if (!ok) {
          // A gap breaks the difference of line packs; start it anew when the inputs return.
          ready[i] = 0;
          packs[i] = 0;
          residual_m3_s[i] = 0;
          recent_m3_s[i] = 0;
          continue;
        }
        const count = packs[i]!;
        const slot = i * LAG_SCANS;
        const before = count > 0 ? pack[slot + ((count - 1) % LAG_SCANS)]! : pack_m3;
        const older = count >= LAG_SCANS ? pack[slot + (count % LAG_SCANS)]! : before;
        pack[slot + (count % LAG_SCANS)] = pack_m3;
        packs[i] = count + 1;
        const moved = Math.abs(pack_m3 - older);
        activity_m3[i] = moved > activity_m3[i]! ? moved : activity_m3[i]! * (1 - forget);
        const flowIn = flowOf(clean, section.inFlow);
        const flowAway = flowOf(clean, section.outFlow);
        if (!observer) packing_m3_s = (pack_m3 - before) / scan_s;
        const imbalance = flowIn - flowAway - packing_m3_s - warming_m3_s;
        const n = learned[i]!;
        if (n < warmUpScans) {
          learned[i] = n + 1;
          const delta = imbalance - mean[i]!;
          mean[i] = mean[i]! + delta / (n + 1);
          scatter[i] = scatter[i]! + delta * (imbalance - mean[i]!);
          sigma_m3_s[i] = Math.max(leastSigma_m3_s, Math.sqrt(scatter[i]! / Math.max(1, n)));
          for (const k of section.spans) learnSpan(k, flowIn);
          residual_m3_s[i] = 0;
          ready[i] = 0;
          continue;
        }
        const flowOut = flowAway + mean[i]!;
        const weight = n === warmUpScans ? 1 : smooth;
        if (n === warmUpScans) learned[i] = n + 1;
        flowIn_m3_s[i] = flowIn_m3_s[i]! + weight * (flowIn - flowIn_m3_s[i]!);
        flowOut_m3_s[i] = flowOut_m3_s[i]! + weight * (flowOut - flowOut_m3_s[i]!);
        ready[i] = 1;
        residual_m3_s[i] = imbalance - mean[i]!;
        recent_m3_s[i] = recent_m3_s[i]! + smooth * (residual_m3_s[i]! - recent_m3_s[i]!);
        if (mayLearn[i] === 1) mean[i] = mean[i]! + (scan_s / LEARN_S) * (imbalance - mean[i]!);
        for (const k of section.spans) {
          if (heat && mayLearn[i] === 1)
            spanMean[k] = spanMean[k]! + (scan_s / SPAN_LEARN_S) * (rawSmoothed[k]! - flowIn_m3_s[i]! - spanMean[k]!);
          const own = rawSmoothed[k]! - spanMean[k]!;
          spanFlow_m3_s[k] = own;
        }
      }
    },
  };

  /** Offset against the meters, and the scatter of the span's own flow: the meters' noise is not the pressures'. */
  function learnSpan(k: number, flow: number): void {
    const n = spanLearned[k]! + 1;
    const raw = rawSmoothed[k]!;
    spanLearned[k] = n;
    spanMean[k] = spanMean[k]! + (raw - flow - spanMean[k]!) / n;
    const delta = raw - spanOwn[k]!;
    spanOwn[k] = spanOwn[k]! + delta / n;
    spanScatter[k] = spanScatter[k]! + delta * (raw - spanOwn[k]!);
    spanNoise_m3_s[k] = Math.sqrt(spanScatter[k]! / n);
  }
}
