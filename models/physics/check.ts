/**
 * What can be wrong with a network, said in sentences and all at once: each names the element, what was found and what was
 * expected. What passes here can be compiled and solved.
 */
import { checkHeat } from './heat/compile.ts';
import type { LinkSpec, NetworkSpec, PipeSpec } from './spec.ts';
import { checkSurge } from './surgeSpec.ts';

/** All problems of a spec; empty when it can be compiled. */
export function checkNetwork(spec: NetworkSpec): string[] {
  const problems: string[] = [];
  const say = (sentence: string) => problems.push(sentence);
  const kinds = new Map(spec.nodes.map((n) => [n.id, n.kind]));

  duplicates(spec.nodes, 'node', say);
  duplicates([...spec.pipes, ...(spec.links ?? [])], 'pipe or link', say);
  duplicates([...(spec.orifices ?? []), ...(spec.surge ?? [])], spec.surge ? 'orifice or device' : 'orifice', say);
  if (spec.nodes.length === 0) say('The network has no nodes.');

  for (const node of spec.nodes) {
    const name = `Node "${node.id}"`;
    if (node.kind === 'reservoir') finite(node.head_m, `${name}: head_m`, say);
    else finite(node.elevation_m, `${name}: elevation_m`, say);
    if (node.kind === 'junction') {
      const demand = node.demand;
      if (demand)
        finite(demand.kind === 'constant' ? demand.flow_m3_s : demand.coefficient, `${name}: its demand`, say);
      if (demand?.kind === 'pressure' && demand.coefficient < 0)
        say(
          `${name}: a pressure-dependent demand coefficient of ${demand.coefficient} is negative; expected 0 or more.`,
        );
      if (node.outflow_m3_s !== undefined) finite(node.outflow_m3_s, `${name}: outflow_m3_s`, say);
    }
    if (node.kind === 'tank') {
      positive(node.area_m2, `${name}: area_m2`, say);
      const low = node.minLevel_m ?? 0;
      const high = node.maxLevel_m ?? Number.POSITIVE_INFINITY;
      if (!(low < high)) say(`${name}: minLevel_m ${low} is not below maxLevel_m ${high}.`);
      if (!(node.level_m >= low && node.level_m <= high))
        say(`${name}: level_m ${node.level_m} lies outside ${low} … ${high}.`);
    }
  }
  const ends = (e: PipeSpec | LinkSpec, name: string) => {
    for (const end of [e.from, e.to]) if (!kinds.has(end)) say(`${name} ends at "${end}", which is no node.`);
    if (e.from === e.to) say(`${name} starts and ends at the same node "${e.from}".`);
  };
  for (const pipe of spec.pipes) {
    const name = `Pipe "${pipe.id}"`;
    ends(pipe, name);
    positive(pipe.length_m, `${name}: length_m`, say);
    positive(pipe.diameter_m, `${name}: diameter_m`, say);
    positive(pipe.waveSpeed_m_s, `${name}: waveSpeed_m_s`, say);
    if ((pipe.minorLoss ?? 0) < 0) say(`${name}: minorLoss ${pipe.minorLoss} is negative.`);
    if (pipe.reaches !== undefined && !(Number.isInteger(pipe.reaches) && pipe.reaches >= 1))
      say(`${name}: reaches ${pipe.reaches}; expected a whole number of at least 1.`);
    const f = pipe.friction;
    if (f.kind === 'darcy' && !(f.factor >= 0)) say(`${name}: Darcy factor ${f.factor}; expected 0 or more.`);
    if (f.kind === 'roughness' && !(f.roughness_m >= 0 && f.roughness_m < pipe.diameter_m))
      say(`${name}: roughness_m ${f.roughness_m}; expected 0 or more and less than the diameter.`);
    if ((f.kind === 'hazen-williams' || f.kind === 'manning') && !(f.coefficient > 0))
      say(`${name}: ${f.kind} coefficient ${f.coefficient}; expected a positive number.`);
    if (f.kind === 'haaland') finite(f.roughnessTerm, `${name}: roughnessTerm`, say);
  }
  for (const link of spec.links ?? []) {
    const name = `${link.kind} "${link.id}"`;
    ends(link, name);
    checkLink(link, name, say);
  }
  for (const orifice of spec.orifices ?? []) {
    const name = `Orifice "${orifice.id}"`;
    if (!kinds.has(orifice.node)) say(`${name} is at "${orifice.node}", which is no node.`);
    else if (kinds.get(orifice.node) === 'reservoir')
      say(`${name} is at reservoir "${orifice.node}"; expected a junction or tank.`);
    positive(orifice.dischargeCoefficient, `${name}: dischargeCoefficient`, say);
    if ((orifice.area_m2 ?? 0) < 0) say(`${name}: area_m2 ${orifice.area_m2} is negative.`);
    if (orifice.exponent !== undefined) positive(orifice.exponent, `${name}: exponent`, say);
  }
  const piped = new Set(spec.pipes.flatMap((p) => [p.from, p.to]));
  const linked = new Set((spec.links ?? []).flatMap((l) => [l.from, l.to]));
  checkSurge(spec.surge ?? [], kinds, piped, linked, say);
  problems.push(...checkHeat(spec));
  if (problems.length === 0) floating(spec, say);
  return problems;
}

function checkLink(link: LinkSpec, name: string, say: (s: string) => void): void {
  switch (link.kind) {
    case 'pump': {
      const curve = link.curve;
      if (curve.kind === 'coefficients') {
        if (!(curve.A > 0 && curve.B >= 0 && curve.C >= 1))
          say(`${name}: A ${curve.A}, B ${curve.B}, C ${curve.C}; expected A > 0, B ≥ 0 and C ≥ 1.`);
      } else if (curve.kind === 'power') positive(curve.power_W, `${name}: power_W`, say);
      else {
        if (curve.points.length === 0) say(`${name}: its curve has no points.`);
        rising(
          curve.points.map((p) => p.flow_m3_s),
          `${name}: flows of its curve`,
          say,
        );
        rising(
          curve.points.map((p) => -p.head_m),
          `${name}: heads of its curve (which must fall)`,
          say,
        );
      }
      if (link.inertia_kg_m2 !== undefined) positive(link.inertia_kg_m2, `${name}: inertia_kg_m2`, say);
      if (link.efficiency !== undefined && !(link.efficiency > 0 && link.efficiency <= 1))
        say(`${name}: efficiency ${link.efficiency}; expected more than 0 and at most 1.`);
      if (link.rampPerS !== undefined) positive(link.rampPerS, `${name}: rampPerS`, say);
      if (link.speed !== undefined && !(link.speed >= 0)) say(`${name}: speed ${link.speed}; expected 0 or more.`);
      return;
    }
    case 'valve': {
      positive(link.diameter_m, `${name}: diameter_m`, say);
      if (!(link.lossCoefficient >= 0)) say(`${name}: lossCoefficient ${link.lossCoefficient}; expected 0 or more.`);
      if (link.opening !== undefined && !(link.opening >= 0 && link.opening <= 1))
        say(`${name}: opening ${link.opening}; expected 0 … 1.`);
      if (link.strokeTime_s !== undefined && !(link.strokeTime_s >= 0))
        say(`${name}: strokeTime_s ${link.strokeTime_s}; expected 0 or more.`);
      const c = link.characteristic;
      if (c?.kind === 'relative-flow' || c?.kind === 'loss') {
        if (c.points.length < 2) say(`${name}: its characteristic has ${c.points.length} points; expected at least 2.`);
        rising(
          c.points.map((p) => p.opening),
          `${name}: openings of its characteristic`,
          say,
        );
        if (c.kind === 'loss' && !(link.lossCoefficient > 0))
          say(`${name}: a loss table needs a positive lossCoefficient for the open valve.`);
      }
      if (c?.kind === 'equal-percentage' && c.rangeability !== undefined && !(c.rangeability > 1))
        say(`${name}: rangeability ${c.rangeability}; expected more than 1.`);
      return;
    }
    case 'regulator':
      positive(link.diameter_m, `${name}: diameter_m`, say);
      finite(link.setting, `${name}: setting`, say);
      return;
    case 'check-valve':
      positive(link.diameter_m, `${name}: diameter_m`, say);
      return;
    case 'orifice':
      positive(link.area_m2, `${name}: area_m2`, say);
      positive(link.dischargeCoefficient, `${name}: dischargeCoefficient`, say);
      return;
    case 'loss-curve':
      if (link.points.length < 2) say(`${name}: its curve has ${link.points.length} points; expected at least 2.`);
      rising(
        link.points.map((p) => p.flow_m3_s),
        `${name}: flows of its curve`,
        say,
      );
  }
}

/** Every node must be reachable from a fixed head, or its head would be anything. */
function floating(spec: NetworkSpec, say: (s: string) => void): void {
  const neighbours = new Map<string, string[]>(spec.nodes.map((n) => [n.id, []]));
  for (const e of [...spec.pipes, ...(spec.links ?? [])]) {
    neighbours.get(e.from)?.push(e.to);
    neighbours.get(e.to)?.push(e.from);
  }
  const seen = new Set<string>();
  const stack = spec.nodes.filter((n) => n.kind !== 'junction').map((n) => n.id);
  for (const id of stack) seen.add(id);
  while (stack.length > 0) {
    for (const next of neighbours.get(stack.pop() as string) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      stack.push(next);
    }
  }
  const lost = spec.nodes.filter((n) => !seen.has(n.id)).map((n) => `"${n.id}"`);
  if (lost.length > 0)
    say(
      `No reservoir or tank is connected to ${lost.slice(0, 5).join(', ')}${lost.length > 5 ? ` and ${lost.length - 5} more` : ''}.`,
    );
}

function duplicates(list: readonly { readonly id: string }[], what: string, say: (s: string) => void): void {
  const seen = new Set<string>();
  for (const { id } of list) {
    if (seen.has(id)) say(`Two ${what}s are called "${id}".`);
    seen.add(id);
  }
}

function finite(x: number, what: string, say: (s: string) => void): void {
  if (!Number.isFinite(x)) say(`${what} is ${x}; expected a number.`);
}

function positive(x: number, what: string, say: (s: string) => void): void {
  if (!(x > 0 && Number.isFinite(x))) say(`${what} is ${x}; expected a positive number.`);
}

function rising(xs: readonly number[], what: string, say: (s: string) => void): void {
  if (xs.some((x, i) => !Number.isFinite(x) || (i > 0 && x <= xs[i - 1])))
    say(`${what} are ${xs.join(', ')}; expected rising numbers.`);
}
