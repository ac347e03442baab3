/** What can be wrong with a gas network, said in sentences and all at once. What passes here can be compiled. */
import type { GasLinkSpec, GasNetworkSpec, GasPipeSpec, GasSpec } from './spec.ts';

type Say = (sentence: string) => void;

/** All problems of a spec; empty when it can be compiled. */
export function checkGasNetwork(spec: GasNetworkSpec): string[] {
  const problems: string[] = [];
  const say: Say = (sentence) => problems.push(sentence);
  const nodes = new Map(spec.nodes.map((n) => [n.id, n]));
  duplicates(spec.nodes, 'node', say);
  duplicates([...spec.pipes, ...(spec.links ?? [])], 'pipe or link', say);
  duplicates(spec.leaks ?? [], 'leak', say);
  if (spec.nodes.length === 0) say('The network has no nodes.');
  checkGas(spec.gas ?? {}, say);
  if (spec.temperature_K !== undefined) positive(spec.temperature_K, 'The temperature_K of the network', say);

  for (const node of spec.nodes) {
    const name = `Node "${node.id}"`;
    finite(node.elevation_m ?? 0, `${name}: elevation_m`, say);
    if (node.temperature_K !== undefined) positive(node.temperature_K, `${name}: temperature_K`, say);
    if (node.kind === 'pressure') positive(node.pressure_Pa, `${name}: pressure_Pa`, say);
    else {
      finite(node.withdrawal_kg_s ?? 0, `${name}: withdrawal_kg_s`, say);
      if (node.initialPressure_Pa !== undefined) positive(node.initialPressure_Pa, `${name}: initialPressure_Pa`, say);
      if (node.volume_m3 !== undefined && !(node.volume_m3 >= 0))
        say(`${name}: volume_m3 ${node.volume_m3} is negative.`);
    }
  }
  const ends = (e: GasPipeSpec | GasLinkSpec, name: string) => {
    for (const end of [e.from, e.to]) if (!nodes.has(end)) say(`${name} ends at "${end}", which is no node.`);
    if (e.from === e.to) say(`${name} starts and ends at the same node "${e.from}".`);
  };
  for (const pipe of spec.pipes) {
    ends(pipe, `Pipe "${pipe.id}"`);
    checkPipe(pipe, `Pipe "${pipe.id}"`, say);
  }
  for (const link of spec.links ?? []) {
    const name = `${link.kind} "${link.id}"`;
    ends(link, name);
    checkLink(link, name, say);
  }
  const pipes = new Map(spec.pipes.map((p) => [p.id, p]));
  for (const leak of spec.leaks ?? []) {
    const name = `Leak "${leak.id}"`;
    const pipe = leak.pipe === undefined ? undefined : pipes.get(leak.pipe);
    if ((leak.pipe === undefined) === (leak.node === undefined)) say(`${name} needs either a pipe or a node.`);
    if (leak.pipe !== undefined && !pipe) say(`${name} is on "${leak.pipe}", which is no pipe.`);
    if (leak.pipe !== undefined && !(leak.at !== undefined && leak.at >= 0 && leak.at <= 1))
      say(`${name}: at ${leak.at}; expected a fraction of the pipe, 0 … 1.`);
    if (leak.node !== undefined && nodes.get(leak.node)?.kind !== 'junction')
      say(`${name} is at "${leak.node}", which is no junction.`);
    const area = leak.area_m2 ?? 0;
    if (!(area >= 0 && Number.isFinite(area))) say(`${name}: area_m2 ${area}; expected 0 or more.`);
    if (pipe && area > (Math.PI / 4) * pipe.diameter_m ** 2)
      say(
        `${name}: area_m2 ${area} is more than the pipe's own ${((Math.PI / 4) * pipe.diameter_m ** 2).toPrecision(4)}.`,
      );
    if (leak.dischargeCoefficient !== undefined)
      positive(leak.dischargeCoefficient, `${name}: dischargeCoefficient`, say);
    if (leak.backPressure_Pa !== undefined) positive(leak.backPressure_Pa, `${name}: backPressure_Pa`, say);
  }
  if (problems.length === 0) floating(spec, say);
  return problems;
}

function checkGas(gas: GasSpec, say: Say): void {
  for (const key of [
    'specificGravity',
    'molarMass_kg_kmol',
    'gasConstant_J_kmolK',
    'criticalPressure_Pa',
    'criticalTemperature_K',
    'viscosity_Pa_s',
    'specificHeat_J_kgK',
  ] as const)
    if (gas[key] !== undefined) positive(gas[key], `The gas's ${key}`, say);
  if (gas.heatCapacityRatio !== undefined && !(gas.heatCapacityRatio > 1 && gas.heatCapacityRatio < 2))
    say(`The gas's heatCapacityRatio is ${gas.heatCapacityRatio}; expected between 1 and 2.`);
}

function checkPipe(pipe: GasPipeSpec, name: string, say: Say): void {
  positive(pipe.length_m, `${name}: length_m`, say);
  positive(pipe.diameter_m, `${name}: diameter_m`, say);
  const f = pipe.friction;
  if (f.kind === 'darcy' && !(f.factor >= 0 && Number.isFinite(f.factor)))
    say(`${name}: Darcy factor ${f.factor}; expected 0 or more.`);
  if (f.kind !== 'darcy' && !(f.roughness_m >= 0 && f.roughness_m < pipe.diameter_m))
    say(`${name}: roughness_m ${f.roughness_m}; expected 0 or more and less than the diameter.`);
  if (f.kind === 'aga' && !(f.roughness_m > 0)) say(`${name}: the AGA law needs a positive roughness_m.`);
  if (f.kind === 'aga' && f.dragFactor !== undefined && !(f.dragFactor > 0 && f.dragFactor <= 1))
    say(`${name}: dragFactor ${f.dragFactor}; expected more than 0 and at most 1.`);
  if (pipe.cells !== undefined && !(Number.isInteger(pipe.cells) && pipe.cells >= 1))
    say(`${name}: cells ${pipe.cells}; expected a whole number of at least 1.`);
  if (pipe.groundTemperature_K !== undefined) positive(pipe.groundTemperature_K, `${name}: groundTemperature_K`, say);
  if (pipe.heatTransfer_W_m2K !== undefined && !(pipe.heatTransfer_W_m2K >= 0))
    say(`${name}: heatTransfer_W_m2K ${pipe.heatTransfer_W_m2K}; expected 0 or more.`);
  for (const [list, what, low, high] of [
    [pipe.elevations ?? [], 'elevations', 0, 1],
    [pipe.temperatures ?? [], 'temperatures', 0, 1],
  ] as const)
    if (list.some((p, i) => !(p.at >= low && p.at <= high) || (i > 0 && p.at <= list[i - 1].at)))
      say(
        `${name}: the fractions of its ${what} are ${list.map((p) => p.at).join(', ')}; expected rising within 0 … 1.`,
      );
  for (const p of pipe.elevations ?? []) finite(p.elevation_m, `${name}: an elevation_m`, say);
  for (const p of pipe.temperatures ?? []) positive(p.temperature_K, `${name}: a temperature_K`, say);
}

function checkLink(link: GasLinkSpec, name: string, say: Say): void {
  if (link.kind === 'short-pipe') return;
  if (link.kind !== 'compressor') {
    positive(link.diameter_m, `${name}: diameter_m`, say);
    if (link.lossCoefficient !== undefined && !(link.lossCoefficient >= 0))
      say(`${name}: lossCoefficient ${link.lossCoefficient}; expected 0 or more.`);
  }
  if (link.kind === 'valve') {
    if (link.opening !== undefined && !(link.opening >= 0 && link.opening <= 1))
      say(`${name}: opening ${link.opening}; expected 0 … 1.`);
    if (link.strokeTime_s !== undefined && !(link.strokeTime_s >= 0))
      say(`${name}: strokeTime_s ${link.strokeTime_s}; expected 0 or more.`);
  }
  if (link.kind === 'regulator') positive(link.setting, `${name}: setting`, say);
  if (link.kind === 'compressor') {
    positive(link.setting, `${name}: setting`, say);
    if (link.mode === 'ratio' && link.setting < 1) say(`${name}: a ratio of ${link.setting}; expected 1 or more.`);
    if (link.maxRatio !== undefined && !(link.maxRatio >= 1))
      say(`${name}: maxRatio ${link.maxRatio}; expected 1 or more.`);
    if (link.maxPower_W !== undefined) positive(link.maxPower_W, `${name}: maxPower_W`, say);
    if (link.efficiency !== undefined && !(link.efficiency > 0 && link.efficiency <= 1))
      say(`${name}: efficiency ${link.efficiency}; expected more than 0 and at most 1.`);
    for (const key of ['rampTime_s', 'tripTime_s'] as const)
      if (link[key] !== undefined && !(link[key] >= 0)) say(`${name}: ${key} ${link[key]}; expected 0 or more.`);
  }
}

/** Every node must be reachable from a given pressure, or its pressure would be anything. */
function floating(spec: GasNetworkSpec, say: Say): void {
  const near = new Map<string, string[]>(spec.nodes.map((n) => [n.id, []]));
  for (const e of [...spec.pipes, ...(spec.links ?? [])]) {
    near.get(e.from)?.push(e.to);
    near.get(e.to)?.push(e.from);
  }
  const stack = spec.nodes.filter((n) => n.kind === 'pressure').map((n) => n.id);
  if (stack.length === 0) {
    // A closed vessel is a network too, if everything says where its pressure starts.
    const without = spec.nodes.filter((n) => n.kind === 'junction' && n.initialPressure_Pa === undefined);
    if (without.length > 0)
      say(
        'No node has a given pressure; expected at least one node of kind "pressure", or initialPressure_Pa at every node.',
      );
    return;
  }
  const seen = new Set(stack);
  while (stack.length > 0) {
    for (const next of near.get(stack.pop() as string) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      stack.push(next);
    }
  }
  const lost = spec.nodes.filter((n) => !seen.has(n.id)).map((n) => `"${n.id}"`);
  if (lost.length > 0)
    say(
      `No node of given pressure is connected to ${lost.slice(0, 5).join(', ')}${lost.length > 5 ? ` and ${lost.length - 5} more` : ''}.`,
    );
}

function duplicates(list: readonly { readonly id: string }[], what: string, say: Say): void {
  const seen = new Set<string>();
  for (const { id } of list) {
    if (seen.has(id)) say(`Two ${what}s are called "${id}".`);
    seen.add(id);
  }
}

function finite(x: number, what: string, say: Say): void {
  if (!Number.isFinite(x)) say(`${what} is ${x}; expected a number.`);
}

function positive(x: number, what: string, say: Say): void {
  if (!(x > 0 && Number.isFinite(x))) say(`${what} is ${x}; expected a positive number.`);
}
