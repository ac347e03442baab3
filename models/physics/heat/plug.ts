/**
 * Plug flow in a pipe: a ring of cells that move with the liquid, without mixing between them. Fronts stay as sharp as the
 * cell in which they entered; flow may turn round.
 *
 *   T(x, t) = T_ground + w(t) + e,   de/dt = −e/τ along the liquid          e excess [K], τ cooling time [s]
 *   dw/dt = −(w − δ(t))/τ                                                  δ swing of the ground [K], w as the liquid follows it
 *   within a cell   e(ξ) = e0 exp(λ ξ), 0 ≤ ξ ≤ 1                          what entered evenly and cooled ever since
 *
 * That split is exact: what enters at time s with temperature T_in carries e = T_in − T_ground − w(s), and from then on only
 * decays. λ holds the age of one end over the other, so a steady profile is exponential to rounding wherever the cells'
 * borders happen to lie, and moves nothing. A growing cell keeps the mean of what flowed in. Cells have constant volume: the
 * liquid of a pipe moves as one plug, at its mean density.
 * Source: plug-flow (characteristic) solution of the one-dimensional energy equation, e.g. Sukhov 1951; Oosterkamp et al. 2016
 * (pipeline temperature models); no axial mixing.
 */
import type { NetworkModel, NetworkState } from '../model.ts';
import type { HeatModel, HeatState } from './model.ts';

/** (eˣ − 1)/x. */
export function meanExp(x: number): number {
  if (Math.abs(x) < 1e-2)
    return 1 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x / 5040)))));
  return Math.expm1(x) / x;
}

/** eˣ, by its series where x is small: most cells are a few steps old from end to end. */
function exp(x: number): number {
  if (x > -1e-2 && x < 1e-2)
    return 1 + x * (1 + x * (1 / 2 + x * (1 / 6 + x * (1 / 24 + x * (1 / 120 + x * (1 / 720 + x / 5040))))));
  return Math.exp(x);
}

/** Target volume of a cell: a reach. */
function fullCell(model: NetworkModel, heat: HeatModel, p: number): number {
  return heat.pipeVolume_m3[p] / model.pipeReaches[p];
}

/** Ring position k of pipe p, counted from its `from` end, as an index of cells. */
function slot(heat: HeatModel, s: HeatState, p: number, k: number): number {
  const start = heat.cellStart[p];
  const room = heat.cellStart[p + 1] - start;
  return start + ((s.cellFirst[p] + k + room) % room);
}

/** What left a pipe at one end: mean excess [K] to out[0], fractions to out[1 …]. */
export function popCells(
  model: NetworkModel,
  s: HeatState,
  p: number,
  atTo: boolean,
  volume_m3: number,
  cooling: number,
  out: Float64Array,
): void {
  const heat = model.heat as HeatModel;
  const nProduct = heat.products.length;
  out.fill(0);
  let left = Math.min(volume_m3, heat.pipeVolume_m3[p]);
  let done = 0;
  let excess = 0;
  while (left > 0 && s.cellCount[p] > 0) {
    const c = slot(heat, s, p, atTo ? s.cellCount[p] - 1 : 0);
    const V = s.cellVolume_m3[c];
    const dv = Math.min(left, V);
    const log = s.cellLog[c];
    const edge = atTo ? s.cellExcess_K[c] * exp(log) : s.cellExcess_K[c];
    const inwards = atTo ? -log : log;
    // the liquid farther in leaves later and cools that much longer
    const x = (inwards * dv) / V - (cooling * dv) / volume_m3;
    excess += dv * edge * exp((-cooling * done) / volume_m3) * meanExp(x);
    if (nProduct > 1) for (let k = 0; k < nProduct; k++) out[1 + k] += dv * s.cellFraction[c * nProduct + k];
    done += dv;
    left -= dv;
    if (dv >= V) {
      s.cellCount[p]--;
      if (!atTo) s.cellFirst[p] = slot(heat, s, p, 1) - heat.cellStart[p];
    } else {
      if (!atTo) s.cellExcess_K[c] *= exp((log * dv) / V);
      s.cellLog[c] = log * (1 - dv / V);
      s.cellVolume_m3[c] = V - dv;
    }
  }
  if (done <= 0) return;
  out[0] = excess / done;
  for (let k = 1; k < out.length; k++) out[k] /= done;
}

/** Lets all of a pipe's cells cool by exp(−cooling). */
export function coolCells(model: NetworkModel, s: HeatState, p: number, cooling: number): void {
  const heat = model.heat as HeatModel;
  const keep = Math.exp(-cooling);
  const { cellExcess_K } = s;
  // the ring in its two runs
  const start = heat.cellStart[p];
  const end = heat.cellStart[p + 1];
  const from = start + s.cellFirst[p];
  const to = from + s.cellCount[p];
  for (let c = from; c < Math.min(to, end); c++) cellExcess_K[c] *= keep;
  for (let c = start; c < start + to - end; c++) cellExcess_K[c] *= keep;
}

/** Brings liquid in at one end, evenly over the time in which it cools by `cooling`. */
export function pushCells(
  model: NetworkModel,
  s: HeatState,
  p: number,
  atTo: boolean,
  volume_m3: number,
  cooling: number,
  excess_K: number,
  fraction: Float64Array,
  fractionAt: number,
): void {
  const heat = model.heat as HeatModel;
  const nProduct = heat.products.length;
  const full = fullCell(model, heat, p);
  const room = heat.cellStart[p + 1] - heat.cellStart[p];
  const total = Math.min(volume_m3, heat.pipeVolume_m3[p]);
  let done = 0;
  while (total - done > 1e-15 * full) {
    let c = s.cellCount[p] > 0 ? slot(heat, s, p, atTo ? s.cellCount[p] - 1 : 0) : -1;
    if (c < 0 || (s.cellVolume_m3[c] >= full * (1 - 1e-9) && s.cellCount[p] < room)) {
      if (!atTo) s.cellFirst[p] = slot(heat, s, p, -1) - heat.cellStart[p];
      s.cellCount[p]++;
      c = slot(heat, s, p, atTo ? s.cellCount[p] - 1 : 0);
      s.cellVolume_m3[c] = 0;
      s.cellExcess_K[c] = 0;
      s.cellLog[c] = 0;
    }
    const V = s.cellVolume_m3[c];
    const dv = V < full * (1 - 1e-9) ? Math.min(total - done, full - V) : total - done;
    // from the outer edge inwards: this piece's own ages, then the cell's
    const own = (cooling * dv) / total;
    const youngest = cooling * (1 - (done + dv) / total);
    const log = atTo ? -s.cellLog[c] : s.cellLog[c];
    const outer = atTo ? s.cellExcess_K[c] * exp(s.cellLog[c]) : s.cellExcess_K[c];
    const heatIn = dv * excess_K * exp(-youngest) * meanExp(-own);
    const sum = V * outer * meanExp(log) + heatIn;
    const newLog = log - own;
    const newOuter = sum / ((V + dv) * meanExp(newLog));
    s.cellVolume_m3[c] = V + dv;
    s.cellExcess_K[c] = atTo ? newOuter * exp(newLog) : newOuter;
    s.cellLog[c] = atTo ? -newLog : newLog;
    if (nProduct > 1)
      for (let k = 0; k < nProduct; k++) {
        const at = c * nProduct + k;
        s.cellFraction[at] = (V * s.cellFraction[at] + dv * fraction[fractionAt + k]) / (V + dv);
      }
    done += dv;
  }
}

/** Excess at one end of a pipe [K], and the fractions there, to out as in `popCells`. */
export function edgeOfPipe(model: NetworkModel, s: HeatState, p: number, atTo: boolean, out: Float64Array): void {
  const heat = model.heat as HeatModel;
  const nProduct = heat.products.length;
  const c = slot(heat, s, p, atTo ? s.cellCount[p] - 1 : 0);
  out[0] = atTo ? s.cellExcess_K[c] * exp(s.cellLog[c]) : s.cellExcess_K[c];
  if (nProduct > 1) for (let k = 0; k < nProduct; k++) out[1 + k] = s.cellFraction[c * nProduct + k];
}

/** Mean temperature and fractions of every reach of pipe p, by exact overlap of cells and reaches. */
export function spreadOverReaches(model: NetworkModel, state: NetworkState, p: number): void {
  const heat = model.heat as HeatModel;
  const s = state.heat;
  const nProduct = heat.products.length;
  const many = nProduct > 1;
  const { cellVolume_m3, cellExcess_K, cellLog, cellFraction, reachFraction, reachTemperature_K } = s;
  const base = heat.pipeGround_K[p] + s.pipeOffset_K[p];
  const full = fullCell(model, heat, p);
  const reaches = model.pipeReaches[p];
  const first = model.sectionStart[p];
  const count = s.cellCount[p];
  const start = heat.cellStart[p];
  const room = heat.cellStart[p + 1] - start;
  let k = 0;
  let c = slot(heat, s, p, 0);
  let used = 0; // of cell k
  for (let j = 0; j < reaches; j++) {
    const r = first + j;
    const at = r * nProduct;
    let need = full;
    let got = 0;
    let sum = 0;
    if (many) for (let f = 0; f < nProduct; f++) reachFraction[at + f] = 0;
    while (k < count) {
      const V = cellVolume_m3[c];
      const rest = V - used;
      const dv = Math.min(rest, need);
      if (dv > 0) {
        const log = cellLog[c];
        const share = dv / V;
        sum += dv * cellExcess_K[c] * exp((log * used) / V) * meanExp(log * share);
        if (many) for (let f = 0; f < nProduct; f++) reachFraction[at + f] += dv * cellFraction[c * nProduct + f];
        got += dv;
      }
      need -= dv;
      if (rest > dv) {
        used += dv;
        break;
      }
      k++;
      used = 0;
      c = c + 1 === start + room ? start : c + 1;
      if (need <= 1e-12 * full) break;
    }
    if (got > 0) {
      reachTemperature_K[r] = base + sum / got;
      if (many) for (let f = 0; f < nProduct; f++) reachFraction[at + f] /= got;
    } else if (j > 0) {
      reachTemperature_K[r] = reachTemperature_K[r - 1];
      if (many) for (let f = 0; f < nProduct; f++) reachFraction[at + f] = reachFraction[at - nProduct + f];
    }
  }
}

/**
 * Fills pipe p as after long steady flow of `volumeRate_m3_s` (positive from `from` to `to`) that brings `excess_K`; at rest
 * the liquid has the ground's temperature.
 */
export function fillSteady(
  model: NetworkModel,
  s: HeatState,
  p: number,
  volumeRate_m3_s: number,
  excess_K: number,
  fraction: Float64Array,
  fractionAt: number,
): void {
  const heat = model.heat as HeatModel;
  const nProduct = heat.products.length;
  const reaches = model.pipeReaches[p];
  const full = fullCell(model, heat, p);
  const rate = Math.abs(volumeRate_m3_s);
  const step = rate > 1e-12 ? full / (rate * heat.pipeCoolingTime_s[p]) : Number.POSITIVE_INFINITY;
  s.cellFirst[p] = 0;
  s.cellCount[p] = reaches;
  for (let j = 0; j < reaches; j++) {
    const c = heat.cellStart[p] + j;
    const upstream = volumeRate_m3_s >= 0 ? j : reaches - j;
    s.cellVolume_m3[c] = full;
    if (Number.isFinite(step)) {
      s.cellExcess_K[c] = excess_K * Math.exp(-upstream * step);
      s.cellLog[c] = volumeRate_m3_s >= 0 ? -step : step;
    } else {
      s.cellExcess_K[c] = 0;
      s.cellLog[c] = 0;
    }
    if (nProduct > 1) for (let k = 0; k < nProduct; k++) s.cellFraction[c * nProduct + k] = fraction[fractionAt + k];
  }
}
