/**
 * A leak from a buried low-pressure main: gas through porous soil to the surface, and into a vault beside it.
 *
 *   θ ∂c/∂t + ∇·(q c) = ∇·(D_e ∇c) + source,  D_e = D θ^(10/3)/φ²        soil gas; c [kg/m³ of pore gas]
 *   q = V/(4π) (r̂/r² ∓ r̂'/r'²)                                           Darcy flow of a point source V [m³/s] and its image
 *   surface open: image −, c = 0 outside;  sealed (pavement, frost): image +, nothing passes, gas leaves far away
 *   flux through a ring at h above the source, r_1 … r_2:  (V/2)(h/√(r_1² + h²) − h/√(r_2² + h²))
 *   flux through a cylinder at r, h_1 … h_2:               (V/2)(h_2/√(r² + h_2²) − h_1/√(r² + h_1²))
 *   vault  W dc_v/dt = J − n c_v,  J = (D_e/δ) a (c − c_v) + |q| a c      well mixed, n ventilation [m³/s], wall a [m²]
 *
 * θ air-filled and φ total porosity, D diffusivity in air, δ half a cell. Finite volumes in r and z about the leak, upwind,
 * explicit in substeps; the flow is incompressible (city gas at mbar), so its fluxes are exact and c stays below that of pure
 * gas. Closed form of pure diffusion from a point under an open surface: c = m/(4π D_e) (1/r − 1/r').
 * Source: R. J. Millington, J. P. Quirk, Trans. Faraday Soc. 57 (1961) 1200; J. Bear, Dynamics of Fluids in Porous Media
 * (1972) §5; H. Okamoto, Y. Gomi, J. Loss Prev. Process Ind. 24 (2011) 703 (the problem and its measured extents).
 */
import { type Arena, bindArena } from '../../kernel/index.ts';

export interface SoilSpec {
  /** Of the leak under the surface [m]. */
  readonly depth_m: number;
  readonly airPorosity: number;
  readonly porosity: number;
  /** Of the gas in free air [m²/s]. */
  readonly diffusivity_m2_s: number;
  /** Of pure gas at the soil's temperature [kg/m³]. */
  readonly gasDensity_kg_m3: number;
  readonly surface: 'open' | 'sealed';
  /** Side of a cell [m], default a quarter of the depth. */
  readonly cell_m?: number;
  /** Cells outwards and down, default 24 and 12. */
  readonly rings?: number;
  readonly layers?: number;
  readonly vault?: VaultSpec;
}

/** A room in the ground: a manhole, a cable vault, a cellar. */
export interface VaultSpec {
  /** Of its wall from the leak [m], and of the wall's middle under the surface [m]. */
  readonly distance_m: number;
  readonly depth_m: number;
  readonly wallArea_m2: number;
  readonly volume_m3: number;
  readonly ventilation_m3_s: number;
}

export interface SoilModel {
  readonly spec: SoilSpec;
  readonly rings: number;
  readonly layers: number;
  readonly cell_m: number;
  readonly source: number; // cell of the leak
  readonly vaultCell: number; // −1: none
  readonly poreVolume_m3: Float64Array; // θ × volume (cells: layer × rings + ring)
  /** Flow out of a cell through its outer face, and through its upper face, per V of the leak (cells). */
  readonly outward: Float64Array;
  readonly upward: Float64Array;
  /** D_e × area/distance of those faces [m³/s] (cells). */
  readonly outwardDiffusion_m3_s: Float64Array;
  readonly upwardDiffusion_m3_s: Float64Array;
  /** Darcy speed at the vault's wall per V [1/m²]. */
  readonly vaultSpeed: number;
  readonly effectiveDiffusivity_m2_s: number;
}

/** What changes. */
export interface SoilState {
  readonly buffer: ArrayBuffer;
  readonly gas_kg: Float64Array; // in a cell's pores (cells)
  readonly change_kg: Float64Array; // scratch of a substep (cells)
  /** Of the last step [kg/s]: leaked, out of the surface, into the vault, out of the vault, out at the sides. */
  readonly rates_kg_s: Float64Array;
  /** Since the start [kg], in the same order, and then gas now in the vault [kg]. */
  readonly ledger_kg: Float64Array;
}

/** Indices into `rates_kg_s` and `ledger_kg`. */
export const SOIL = { leaked: 0, surface: 1, intoVault: 2, outOfVault: 3, sides: 4, inVault: 5 } as const;

/** Compiles a soil; throws a sentence on impossible figures. */
export function compileSoil(spec: SoilSpec): SoilModel {
  const positive = [spec.depth_m, spec.airPorosity, spec.diffusivity_m2_s, spec.gasDensity_kg_m3, spec.cell_m ?? 1];
  if (positive.some((x) => !(x > 0)))
    throw new Error('soil: depth, porosity, diffusivity, density and cell are above 0');
  if (!(spec.airPorosity <= spec.porosity && spec.porosity < 1))
    throw new Error(`soil: air-filled porosity ${spec.airPorosity} ≤ porosity ${spec.porosity} < 1 was expected`);
  const rings = spec.rings ?? 24;
  const layers = spec.layers ?? 12;
  // The leak lies in the middle of a layer.
  const above = Math.max(1, Math.round(spec.depth_m / (spec.cell_m ?? spec.depth_m / 4.5) - 0.5));
  const cell = spec.depth_m / (above + 0.5);
  if (above >= layers) throw new Error(`soil: ${layers} layers of ${cell} m end above the leak at ${spec.depth_m} m`);
  const n = rings * layers;
  const effective = (spec.diffusivity_m2_s * spec.airPorosity ** (10 / 3)) / spec.porosity ** 2;
  const column = () => new Float64Array(n);
  const [poreVolume_m3, outward, upward, outD, upD] = [column(), column(), column(), column(), column()];
  const sign = spec.surface === 'open' ? -1 : 1;
  // Heights above the leak; its image stands as far above the surface.
  const ring = (r1: number, r2: number, h: number) => (h / Math.hypot(r1, h) || Math.sign(h)) - h / Math.hypot(r2, h);
  const wall = (r: number, h1: number, h2: number) => h2 / Math.hypot(r, h2) - h1 / Math.hypot(r, h1);
  for (let k = 0; k < layers; k++) {
    const top = spec.depth_m - k * cell;
    for (let j = 0; j < rings; j++) {
      const i = k * rings + j;
      const [r1, r2] = [j * cell, (j + 1) * cell];
      const face = Math.PI * (r2 * r2 - r1 * r1);
      poreVolume_m3[i] = spec.airPorosity * face * cell;
      const image = top - 2 * spec.depth_m;
      outward[i] = (wall(r2, top - cell, top) + sign * wall(r2, image - cell, image)) / 2;
      upward[i] = (ring(r1, r2, top) + sign * ring(r1, r2, image)) / 2;
      if (k === 0 && spec.surface === 'sealed') upward[i] = 0;
      outD[i] = j + 1 < rings ? (effective * 2 * Math.PI * r2 * cell) / cell : 0;
      upD[i] = k > 0 ? (effective * face) / cell : spec.surface === 'open' ? (effective * face) / (cell / 2) : 0;
    }
  }
  const { vault } = spec;
  const at = (x: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(x / cell)));
  return {
    spec,
    rings,
    layers,
    cell_m: cell,
    source: above * rings,
    vaultCell: vault === undefined ? -1 : at(vault.depth_m, layers) * rings + at(vault.distance_m, rings),
    poreVolume_m3,
    outward,
    upward,
    outwardDiffusion_m3_s: outD,
    upwardDiffusion_m3_s: upD,
    vaultSpeed:
      vault === undefined ? 0 : outwardSpeed(vault.distance_m, spec.depth_m - vault.depth_m, spec.depth_m, sign),
    effectiveDiffusivity_m2_s: effective,
  };
}

/** Radial Darcy speed per V at r, height h above the leak. */
function outwardSpeed(r: number, h: number, depth: number, sign: number): number {
  const image = h - 2 * depth;
  return (r / Math.hypot(r, h) ** 3 + (sign * r) / Math.hypot(r, image) ** 3) / (4 * Math.PI);
}

/** A state of clean soil; an arena binds it into a greater buffer. */
export function createSoilState(model: SoilModel): SoilState {
  const { buffer, views } = bindArena((a) => soilArrays(model, a));
  return { buffer, ...views };
}

/** The arrays of a soil's state out of an arena. */
export function soilArrays(model: SoilModel, a: Arena): Omit<SoilState, 'buffer'> {
  const n = model.rings * model.layers;
  return { gas_kg: a.f64(n), change_kg: a.f64(n), rates_kg_s: a.f64(5), ledger_kg: a.f64(6) };
}

/** Moves the gas in the ground by dt [s] while the main leaks `leak_kg_s`. */
export function stepSoil(model: SoilModel, state: SoilState, leak_kg_s: number, dt_s: number): void {
  const flow = Math.max(0, leak_kg_s) / model.spec.gasDensity_kg_m3;
  const steps = Math.max(1, Math.ceil(dt_s / stableStep_s(model, flow)));
  const dt = dt_s / steps;
  const before = state.rates_kg_s;
  before.fill(0);
  for (let k = 0; k < steps; k++) substep(model, state, flow, Math.max(0, leak_kg_s), dt);
  for (let i = 0; i < before.length; i++) {
    state.ledger_kg[i] += before[i];
    before[i] /= dt_s;
  }
}

/** Longest step in which no cell loses more than half of its gas [s]. */
function stableStep_s(model: SoilModel, flow: number): number {
  const { rings, layers } = model;
  let fastest = 0;
  for (let i = 0; i < rings * layers; i++) {
    const left = i % rings > 0 ? i - 1 : -1;
    const below = i + rings < rings * layers ? i + rings : -1;
    let out = flow * (Math.max(0, model.outward[i]) + Math.max(0, model.upward[i]));
    if (left >= 0) out += flow * Math.max(0, -model.outward[left]) + model.outwardDiffusion_m3_s[left];
    if (below >= 0) out += flow * Math.max(0, -model.upward[below]) + model.upwardDiffusion_m3_s[below];
    else out += flow; // downwards out of the grid, at most
    out += model.outwardDiffusion_m3_s[i] + model.upwardDiffusion_m3_s[i];
    fastest = Math.max(fastest, out / model.poreVolume_m3[i]);
  }
  return 0.5 / fastest;
}

function substep(model: SoilModel, state: SoilState, flow: number, leak: number, dt: number): void {
  const { rings, layers } = model;
  const { gas_kg: gas, change_kg: change, rates_kg_s: booked } = state;
  const n = rings * layers;
  change.fill(0);
  for (let i = 0; i < n; i++) {
    const c = gas[i] / model.poreVolume_m3[i];
    // Outwards; clean air comes back in at the side.
    const q = flow * model.outward[i];
    if ((i % rings) + 1 < rings) {
      const other = gas[i + 1] / model.poreVolume_m3[i + 1];
      const j = dt * (q > 0 ? q * c : q * other) + dt * model.outwardDiffusion_m3_s[i] * (c - other);
      change[i] -= j;
      change[i + 1] += j;
    } else if (q > 0) {
      change[i] -= dt * q * c;
      booked[SOIL.sides] += dt * q * c;
    }
    // Upwards.
    const u = flow * model.upward[i];
    const upper = i >= rings ? gas[i - rings] / model.poreVolume_m3[i - rings] : 0;
    const j = dt * (u > 0 ? u * c : u * upper) + dt * model.upwardDiffusion_m3_s[i] * (c - upper);
    change[i] -= j;
    if (i >= rings) change[i - rings] += j;
    else booked[SOIL.surface] += j;
  }
  // Out of the lowest layer: what the flow balance of its cells leaves.
  for (let i = n - rings; i < n; i++) {
    const left = i % rings > 0 ? model.outward[i - 1] : 0;
    const down = flow * (left - model.outward[i] - model.upward[i] + (i === model.source ? 1 : 0));
    if (down <= 0) continue;
    const j = (dt * down * gas[i]) / model.poreVolume_m3[i];
    change[i] -= j;
    booked[SOIL.sides] += j;
  }
  change[model.source] += leak * dt;
  booked[SOIL.leaked] += leak * dt;
  for (let i = 0; i < n; i++) gas[i] += change[i];
  if (model.vaultCell >= 0) breathe(model, state, flow, dt);
}

/** Gas through the vault's wall, and out with its ventilation; both exact for constant neighbours. */
function breathe(model: SoilModel, state: SoilState, flow: number, dt: number): void {
  const vault = model.spec.vault!;
  const { gas_kg: gas, ledger_kg: ledger, rates_kg_s: booked } = state;
  const i = model.vaultCell;
  const c = gas[i] / model.poreVolume_m3[i];
  const wall = (model.effectiveDiffusivity_m2_s * vault.wallArea_m2) / (model.cell_m / 2);
  const wind = flow * Math.max(0, model.vaultSpeed) * vault.wallArea_m2;
  const inside = ledger[SOIL.inVault];
  const out = wall + vault.ventilation_m3_s;
  const level = out > 0 ? ((wall + wind) * c) / out : 0;
  const decay = Math.exp((-out * dt) / vault.volume_m3);
  const before = inside / vault.volume_m3;
  const after = out > 0 ? level + (before - level) * decay : before + ((wind * c) / vault.volume_m3) * dt;
  // Mean over the step, for what left with the ventilation; the rest of the balance came through the wall.
  const mean = out > 0 ? level + ((before - level) * (1 - decay) * vault.volume_m3) / (out * dt) : (before + after) / 2;
  const vented = vault.ventilation_m3_s * mean * dt;
  const entered = Math.min(gas[i], (after - before) * vault.volume_m3 + vented);
  gas[i] -= entered;
  ledger[SOIL.inVault] = inside + entered - vented;
  booked[SOIL.intoVault] += entered;
  booked[SOIL.outOfVault] += vented;
}

/** Concentration in the soil's pores [kg/m³] at r from the leak's vertical and a depth [m]; 0 outside the grid. */
export function soilConcentration_kg_m3(model: SoilModel, state: SoilState, r_m: number, depth_m: number): number {
  const j = Math.floor(r_m / model.cell_m);
  const k = Math.floor(depth_m / model.cell_m);
  if (j < 0 || k < 0 || j >= model.rings || k >= model.layers) return 0;
  const i = k * model.rings + j;
  return state.gas_kg[i] / model.poreVolume_m3[i];
}

/** Concentration in the vault [kg/m³]. */
export function vaultConcentration_kg_m3(model: SoilModel, state: SoilState): number {
  return model.spec.vault === undefined ? 0 : state.ledger_kg[SOIL.inVault] / model.spec.vault.volume_m3;
}

/** Leaked − what is in soil and vault − what went [kg]: rounding. */
export function soilBalance_kg(state: SoilState): number {
  const l = state.ledger_kg;
  let held = l[SOIL.inVault] + l[SOIL.surface] + l[SOIL.outOfVault] + l[SOIL.sides];
  for (const m of state.gas_kg) held += m;
  return l[SOIL.leaked] - held;
}
