/**
 * What can be wrong with a tank farm, said in sentences and all at once: each names the element, what was found and what was
 * expected. What passes here can be compiled and stepped.
 */

import type { EndSpec, HoleSpec, PoolSpec, ShapeSpec, SubstanceSpec, TankFarmSpec, TankSpec } from './spec.ts';
import { strappingTable, tableArea, tableVolume } from './strapping.ts';

type Say = (sentence: string) => void;

/** All problems of a spec; empty when it can be compiled. */
export function checkTankFarm(spec: TankFarmSpec): string[] {
  const problems: string[] = [];
  const say = (sentence: string) => problems.push(sentence);
  if (spec.tanks.length === 0 && (spec.pools ?? []).length === 0) say('The farm has no tanks and no pools.');
  duplicates(spec.substances, 'substances', say);
  duplicates(spec.tanks, 'tanks', say);
  duplicates(spec.holes ?? [], 'holes', say);
  duplicates(spec.lines ?? [], 'lines', say);
  duplicates(spec.pools ?? [], 'pools', say);
  for (const s of spec.substances) checkSubstance(s, say);
  for (const t of spec.tanks) checkTank(t, spec, say);
  for (const h of spec.holes ?? []) checkHole(h, spec, say);
  for (const l of spec.lines ?? []) checkLine(l, spec, say);
  for (const p of spec.pools ?? []) checkPool(p, spec, say);
  loops(spec.pools ?? [], say);
  const w = spec.weather ?? {};
  for (const key of ['airTemperature_K', 'groundTemperature_K', 'skyTemperature_K', 'pressure_Pa'] as const)
    if (w[key] !== undefined) positive(w[key], `Weather: ${key}`, say);
  for (const key of ['wind_m_s', 'sun_W_m2'] as const)
    if (w[key] !== undefined) notNegative(w[key], `Weather: ${key}`, say);
  return problems;
}

function checkSubstance(s: SubstanceSpec, say: Say): void {
  const name = `Substance "${s.id}"`;
  positive(s.density15_kg_m3, `${name}: density15_kg_m3`, say);
  positive(s.heatCapacity_J_kgK, `${name}: heatCapacity_J_kgK`, say);
  positive(s.molarMass_kg_mol, `${name}: molarMass_kg_mol`, say);
  if (s.molarMass_kg_mol > 2)
    say(`${name}: molarMass_kg_mol is ${s.molarMass_kg_mol}; expected kg/mol (0.018 for water), not g/mol.`);
  for (const key of ['kinematicViscosity_m2_s', 'latentHeat_J_kg', 'diffusivity_m2_s'] as const)
    if (s[key] !== undefined) positive(s[key], `${name}: ${key}`, say);
  const e = s.expansion;
  if (e.kind === 'constant' && !(Math.abs(e.coefficient_per_K) < 0.01))
    say(`${name}: expansion of ${e.coefficient_per_K} per K; expected between −0.01 and 0.01.`);
  if (e.kind === 'api-54' && !(s.density15_kg_m3 >= 610 && s.density15_kg_m3 <= 1165))
    say(`${name}: Table 54 covers 610 to 1165 kg/m³ at 15 °C, and the density is ${s.density15_kg_m3}.`);
  const a = s.antoine;
  if (a && !(Number.isFinite(a.A) && a.B > 0 && Number.isFinite(a.C)))
    say(`${name}: Antoine A ${a.A}, B ${a.B}, C ${a.C}; expected numbers with B above 0.`);
}

/** True when the shape can be tabulated. */
function checkShape(shape: ShapeSpec, name: string, say: Say): boolean {
  const count = { n: 0 };
  const tell = (s: string) => {
    count.n++;
    say(s);
  };
  if (shape.kind === 'table') {
    const p = shape.points;
    if (p.length < 2) tell(`${name}: its strapping table has ${p.length} points; expected at least 2.`);
    if (p.length > 0 && p[0].level_m !== 0)
      tell(`${name}: its strapping table starts at level ${p[0].level_m} m; expected 0.`);
    if (p.length > 0 && !(p[0].volume_m3 >= 0))
      tell(`${name}: its strapping table starts at ${p[0].volume_m3} m³; expected 0 or more.`);
    for (let i = 1; i < p.length; i++) {
      if (!(p[i].level_m > p[i - 1].level_m))
        tell(
          `${name}: strapping levels must rise, but point ${i + 1} (${p[i].level_m} m) follows ${p[i - 1].level_m} m.`,
        );
      if (!(p[i].volume_m3 > p[i - 1].volume_m3))
        tell(
          `${name}: strapping volumes must rise, but point ${i + 1} (${p[i].volume_m3} m³ at ${p[i].level_m} m) follows ${p[i - 1].volume_m3} m³.`,
        );
    }
    return count.n === 0;
  }
  positive(shape.diameter_m, `${name}: diameter_m`, tell);
  const end = (e: EndSpec | undefined, which: string, upright: boolean) => {
    if (e === undefined || e.kind === 'flat') return;
    positive(e.depth_m, `${name}: depth_m of its ${which}`, tell);
    if (e.kind === 'spherical' && e.depth_m > shape.diameter_m / 2)
      tell(
        `${name}: a spherical ${which} of depth ${e.depth_m} m is deeper than its radius ${shape.diameter_m / 2} m.`,
      );
    if (!upright && e.kind === 'cone') tell(`${name}: conical ends are for vertical cylinders.`);
  };
  if (shape.kind === 'vertical-cylinder') {
    positive(shape.height_m, `${name}: height_m`, tell);
    end(shape.bottom, 'bottom', true);
    end(shape.top, 'top', true);
  } else {
    positive(shape.length_m, `${name}: length_m`, tell);
    end(shape.ends, 'end', false);
  }
  return count.n === 0;
}

function checkTank(t: TankSpec, spec: TankFarmSpec, say: Say): void {
  const name = `Tank "${t.id}"`;
  if (!spec.substances.some((s) => s.id === t.substance))
    say(`${name} holds "${t.substance}", which is no substance here.`);
  if (t.pool !== undefined && !(spec.pools ?? []).some((p) => p.id === t.pool))
    say(`${name} stands in "${t.pool}", which is no pool.`);
  positive(t.temperature_K, `${name}: temperature_K`, say);
  notNegative(t.level_m, `${name}: level_m`, say);
  for (const key of ['suctionLevel_m', 'footprint_m2', 'base_m'] as const)
    if (t[key] !== undefined) notNegative(t[key], `${name}: ${key}`, say);
  if (t.tableTemperature_K !== undefined) positive(t.tableTemperature_K, `${name}: tableTemperature_K`, say);
  if (t.shellExpansion_per_K !== undefined && !(Math.abs(t.shellExpansion_per_K) < 1e-3))
    say(`${name}: shellExpansion_per_K is ${t.shellExpansion_per_K}; expected less than 0.001.`);
  for (const [key, value] of Object.entries(t.heat ?? {})) notNegative(value, `${name}: heat.${key}`, say);
  if (!checkShape(t.shape, name, say)) return;
  const { level_m: levels } = strappingTable(t.shape);
  const top = levels[levels.length - 1];
  const max = t.maxLevel_m ?? top;
  if (!(max > 0 && max <= top * (1 + 1e-12)))
    say(`${name}: maxLevel_m is ${max}; expected above 0 and at most the top of its table, ${top} m.`);
  else if (t.level_m > max) say(`${name}: level_m ${t.level_m} is above its maximum level ${max} m.`);
  if (t.suctionLevel_m !== undefined && t.suctionLevel_m >= max)
    say(`${name}: suctionLevel_m ${t.suctionLevel_m} is not below its maximum level ${max} m.`);
  if (t.roof?.kind === 'floating') {
    positive(t.roof.mass_kg, `${name}: mass_kg of its roof`, say);
    notNegative(t.roof.legs_m, `${name}: legs_m of its roof`, say);
    const share = t.roof.areaFraction ?? 0.98;
    if (!(share > 0 && share < 1)) say(`${name}: areaFraction of its roof is ${share}; expected between 0 and 1.`);
    if (t.roof.legs_m >= max) say(`${name}: its roof stands at ${t.roof.legs_m} m, above its maximum level ${max} m.`);
  }
  if (t.roof?.kind === 'vented' && t.roof.productFactor !== undefined)
    if (!(t.roof.productFactor > 0 && t.roof.productFactor <= 1))
      say(`${name}: productFactor is ${t.roof.productFactor}; expected above 0 and at most 1.`);
}

function checkHole(h: HoleSpec, spec: TankFarmSpec, say: Say): void {
  const name = `Hole "${h.id}"`;
  notNegative(h.height_m ?? 0, `${name}: height_m`, say);
  notNegative(h.area_m2 ?? 0, `${name}: area_m2`, say);
  notNegative(h.growth_m2_s ?? 0, `${name}: growth_m2_s`, say);
  positive(h.maxArea_m2 ?? 0.01, `${name}: maxArea_m2`, say);
  const cd = h.dischargeCoefficient ?? 0.61;
  if (!(cd > 0 && cd <= 1)) say(`${name}: dischargeCoefficient is ${cd}; expected above 0 and at most 1.`);
  if ((h.area_m2 ?? 0) > (h.maxArea_m2 ?? 0.01))
    say(`${name}: area_m2 ${h.area_m2} is above maxArea_m2 ${h.maxArea_m2 ?? 0.01}.`);
  const tank = spec.tanks.find((t) => t.id === h.tank);
  if (!tank) {
    say(`${name} is in "${h.tank}", which is no tank.`);
    return;
  }
  if (!checkShape(tank.shape, '', () => {})) return;
  const table = strappingTable(tank.shape);
  const { level_m, volume_m3, area_m2 } = table;
  const n = level_m.length;
  const top = level_m[n - 1];
  if ((h.height_m ?? 0) >= top)
    say(`${name}: height_m ${h.height_m} is not below the top of tank "${tank.id}", ${top} m.`);
  const widest = Math.max(...Array.from(level_m, (x) => tableArea(level_m, volume_m3, area_m2, 0, n, x)));
  const total = tableVolume(level_m, volume_m3, area_m2, 0, n, top);
  const section = Math.min(widest, total / top);
  if ((h.maxArea_m2 ?? 0.01) > section || (h.area_m2 ?? 0) > section)
    say(
      `${name}: a hole of ${Math.max(h.maxArea_m2 ?? 0.01, h.area_m2 ?? 0)} m² is larger than the cross-section of tank "${tank.id}", ${section.toPrecision(4)} m².`,
    );
}

function checkLine(l: NonNullable<TankFarmSpec['lines']>[number], spec: TankFarmSpec, say: Say): void {
  const name = `Line "${l.id}"`;
  const from = spec.tanks.find((t) => t.id === l.from);
  const to = spec.tanks.find((t) => t.id === l.to);
  if (l.from === undefined && l.to === undefined) say(`${name} joins no tank; expected from, to or both.`);
  if (l.from !== undefined && !from) say(`${name} comes from "${l.from}", which is no tank.`);
  if (l.to !== undefined && !to) say(`${name} goes to "${l.to}", which is no tank.`);
  if (l.from !== undefined && l.from === l.to) say(`${name} starts and ends at the same tank "${l.from}".`);
  if (from && to && from !== to && from.substance !== to.substance)
    say(`${name} carries "${from.substance}" into tank "${to.id}" of "${to.substance}"; a tank holds one substance.`);
  notNegative(l.rate_m3_s ?? 0, `${name}: rate_m3_s`, say);
  if (l.maxRate_m3_s !== undefined && !(l.maxRate_m3_s > 0))
    say(`${name}: maxRate_m3_s is ${l.maxRate_m3_s}; expected a positive number.`);
  if ((l.rate_m3_s ?? 0) > (l.maxRate_m3_s ?? Number.POSITIVE_INFINITY))
    say(`${name}: rate_m3_s ${l.rate_m3_s} is above maxRate_m3_s ${l.maxRate_m3_s}.`);
  if (l.sourceTemperature_K !== undefined) positive(l.sourceTemperature_K, `${name}: sourceTemperature_K`, say);
}

function checkPool(p: PoolSpec, spec: TankFarmSpec, say: Say): void {
  const name = `Pool "${p.id}"`;
  if (p.floorArea_m2 !== undefined) positive(p.floorArea_m2, `${name}: floorArea_m2`, say);
  if (p.surface === 'bund') {
    if (p.floorArea_m2 === undefined) say(`${name} is a bund without floorArea_m2.`);
    if (p.wallHeight_m === undefined) say(`${name} is a bund without wallHeight_m.`);
    else positive(p.wallHeight_m, `${name}: wallHeight_m`, say);
    const taken = spec.tanks.filter((t) => t.pool === p.id).reduce((sum, t) => sum + footprint_m2(t), 0);
    if (p.floorArea_m2 !== undefined && taken >= p.floorArea_m2)
      say(`${name}: its tanks take ${taken.toPrecision(4)} m² of a floor of ${p.floorArea_m2} m².`);
  } else {
    if (p.wallHeight_m !== undefined) say(`${name}: wallHeight_m is for bunds, and its surface is ${p.surface}.`);
    if (p.drain) say(`${name}: a drain is for bunds, and its surface is ${p.surface}.`);
  }
  if (p.surface === 'water' && p.soak) say(`${name}: liquid does not soak into water.`);
  if (p.drain) {
    positive(p.drain.area_m2, `${name}: area_m2 of its drain`, say);
    const cd = p.drain.dischargeCoefficient ?? 0.61;
    if (!(cd > 0 && cd <= 1)) say(`${name}: dischargeCoefficient of its drain is ${cd}; expected above 0 to 1.`);
  }
  if (p.overflowTo !== undefined && !(spec.pools ?? []).some((q) => q.id === p.overflowTo))
    say(`${name} runs over into "${p.overflowTo}", which is no pool.`);
  if (p.soak) {
    positive(p.soak.conductivity_m_s, `${name}: conductivity_m_s of its soak`, say);
    notNegative(p.soak.suction_m, `${name}: suction_m of its soak`, say);
    if (!(p.soak.porosity > 0 && p.soak.porosity < 1))
      say(`${name}: porosity is ${p.soak.porosity}; expected between 0 and 1.`);
  }
  for (const key of ['minThickness_m', 'groundConductivity_W_mK', 'waterHeatTransfer_W_m2K'] as const)
    if (p[key] !== undefined) notNegative(p[key], `${name}: ${key}`, say);
  if (p.groundDiffusivity_m2_s !== undefined)
    positive(p.groundDiffusivity_m2_s, `${name}: groundDiffusivity_m2_s`, say);
  if (p.albedo !== undefined && !(p.albedo >= 0 && p.albedo <= 1))
    say(`${name}: albedo is ${p.albedo}; expected 0 to 1.`);
}

/** Floor that a tank takes from its bund [m²]. */
export function footprint_m2(t: TankSpec): number {
  if (t.footprint_m2 !== undefined) return t.footprint_m2;
  return t.shape.kind === 'vertical-cylinder' ? (Math.PI / 4) * t.shape.diameter_m ** 2 : 0;
}

/** Overflow must end somewhere, or liquid would run in a ring within one step. */
function loops(pools: readonly PoolSpec[], say: Say): void {
  const next = new Map(pools.map((p) => [p.id, p.overflowTo]));
  for (const p of pools) {
    const seen = new Set<string>();
    let at: string | undefined = p.id;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      at = next.get(at);
    }
    if (at === p.id) say(`Pool "${p.id}" runs over into itself: ${[...seen, p.id].join(' → ')}.`);
  }
}

function duplicates(list: readonly { readonly id: string }[], what: string, say: Say): void {
  const seen = new Set<string>();
  for (const { id } of list) {
    if (seen.has(id)) say(`Two ${what} are called "${id}".`);
    seen.add(id);
  }
}

function positive(x: number, what: string, say: Say): void {
  if (!(x > 0 && Number.isFinite(x))) say(`${what} is ${x}; expected a positive number.`);
}

function notNegative(x: number, what: string, say: Say): void {
  if (!(x >= 0 && Number.isFinite(x))) say(`${what} is ${x}; expected 0 or more.`);
}
