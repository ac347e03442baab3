/**
 * Heat of a liquid network, compiled (read-only) and its state. Shapes as in ../model.ts; nProduct products, nCell cells,
 * `fractions` arrays hold nProduct numbers per element, or none where there is one product. Reach j of pipe p, between its
 * sections j and j + 1, stands at index sectionStart[p] + j. Densities are ratios to ρ0, the density of the model's heads.
 */
import type { Product, ProductSpec } from './products.ts';

/** What a network needs to know of heat. Pipes carry their own part (`PipeSpec.heat`). */
export interface HeatSpec {
  /** The first is the one whose density at 15 °C is the network's fluid density ρ0. */
  readonly products: readonly ProductSpec[];
  /** Temperature and product of what enters from tanks, reservoirs and inflows at the start. */
  readonly inlet_K: number;
  readonly sources?: readonly { readonly node: string; readonly product: string }[];
  /** Time between two refreshes of the temperature field [s], default 5; rounded to refreshes of friction. */
  readonly refresh_s?: number;
}

export interface PipeHeatSpec {
  /** Time in which the liquid's excess over the ground's temperature falls to 1/e [s]: ρ cp D/(4 U); Infinity: insulated. */
  readonly coolingTime_s: number;
  readonly ground_K: number;
  /** Compliance of the wall D c1/(E e) [1/Pa]. The pipe's wave speed is then the fastest that may occur in it. */
  readonly wall_per_Pa: number;
}

export interface HeatModel {
  readonly products: readonly Product[];
  readonly refreshSteps: number;
  readonly inlet_K: number;
  readonly nodeProduct: Int32Array; // product that a node gives at the start (nNode)
  readonly pipeCoolingTime_s: Float64Array; // (nPipe)
  readonly pipeGround_K: Float64Array; // (nPipe)
  readonly pipeWall_per_Pa: Float64Array; // (nPipe)
  readonly pipeVolume_m3: Float64Array; // A L (nPipe)
  readonly cellStart: Int32Array; // first slot of a pipe's ring of cells (nPipe + 1)
  readonly passes: number; // of mixing through links: enough for the longest chain
}

export interface HeatState {
  // set from outside
  readonly sourceTemperature_K: Float64Array; // of what tanks, reservoirs and inflows bring (nNode)
  readonly sourceFraction: Float64Array; // its products (nNode·nProduct)
  readonly groundOffset_K: Float64Array; // of the ground everywhere, now (1)

  // nodes and links, by refreshHeat
  readonly nodeTemperature_K: Float64Array; // (nNode)
  readonly nodeFraction: Float64Array; // fractions (nNode·nProduct)
  readonly nodeDensity: Float64Array; // at its temperature and pressure (nNode)
  readonly linkDensity: Float64Array; // of the liquid that enters a link (nLink)
  readonly inflow_m3: Float64Array; // scratch: what pipes brought (nNode)
  readonly inflowHeat: Float64Array; // scratch: times temperature (nNode)
  readonly inflowFraction: Float64Array; // scratch: times fractions (nNode·nProduct)
  readonly popped: Float64Array; // scratch: what left a pipe, excess and fractions (1 + nProduct)
  readonly mixed: Float64Array; // scratch: fractions of a node (nProduct)
  readonly nextConductance: Float64Array; // scratch of a pipe (longest pipe's sections)
  readonly nextPack_m3: Float64Array; // scratch of a pipe (longest pipe's sections)

  // plug flow, by refreshHeat
  readonly pipeMoved_m3: Float64Array; // standard volume through since the last refresh (nPipe)
  readonly pipeOffset_K: Float64Array; // ground's swing as the liquid follows it (nPipe)
  readonly cellFirst: Int32Array; // ring position of the cell at the `from` end (nPipe)
  readonly cellCount: Int32Array; // (nPipe)
  readonly cellVolume_m3: Float64Array; // (nCell)
  readonly cellExcess_K: Float64Array; // over ground and offset, at the cell's `from` side (nCell)
  readonly cellLog: Float64Array; // ln of the excess at the `to` side over that (nCell)
  readonly cellFraction: Float64Array; // fractions (nCell·nProduct)

  // reaches, by refreshHeat
  readonly reachTemperature_K: Float64Array; // mean (nSection)
  readonly reachFraction: Float64Array; // fractions (nSection·nProduct)
  readonly reachDensity: Float64Array; // at its temperature and pressure (nSection)
  readonly reachPack_m3: Float64Array; // standard volume at no gauge pressure (nSection)
  readonly reachViscosity_m2_s: Float64Array; // (nSection)
  readonly reachSoftness_per_Pa: Float64Array; // 1/K (nSection)
  readonly reachJudged_K: Float64Array; // temperature, and mixture as one, at which viscosity, softness and weight were last worked out (nSection)
  readonly reachRise_m: Float64Array; // head that its weight costs from `from` to `to`: (ρ/ρ0 − 1) Δz (nSection)
  readonly reachWeight: Float64Array; // its resistance over the pipe's mean one (nSection)
  readonly reachResistance_s2_m5: Float64Array; // by refreshHeatFriction (nSection)
  readonly pipeViscosity_m2_s: Float64Array; // mean (nPipe)
  readonly pipeSpecificVolume: Float64Array; // mean of ρ0/ρ (nPipe)
  readonly pipeWeight: Float64Array; // mean of reachWeight (nPipe)
  readonly pipeJudged_m3_s: Float64Array; // flow at which its reaches were last weighed (nPipe)
  readonly pipeRise_m: Float64Array; // Σ reachRise (nPipe)

  // stubs of the inner sections
  readonly sectionFlowOut_m3_s: Float64Array; // what leaves on the `to` side; `sectionFlow` arrives (nSection)
  readonly stubConductance: Float64Array; // 2κ/Δt [m²/s] (nSection)
  readonly stubInverse: Float64Array; // 1/(2 + B·conductance) (nSection)
  readonly stubMemory_m: Float64Array; // F of sweep.ts (nSection)
  readonly source_m3_s: Float64Array; // what the liquid's expansion pushes out, until the next refresh (nSection)
  readonly ledger_m3: Float64Array; // [Σ pack at no pressure as the sources have brought it, Σ source m³/s] (2)
}
