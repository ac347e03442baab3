/**
 * A looped town network for benchmarks: streets on a grid with lengths and diameters drawn by a seed, pumps from a works, tanks
 * on the edge, throttle and pressure valves between quarters.
 */
import { seeded } from '../models/kernel/index.ts';
import type { LinkSpec, NetworkSpec, NodeSpec, PipeSpec } from '../models/physics/index.ts';

const ROWS = 22;
const COLUMNS = 24;
/** Streets of the grid, and three pipes to tanks: 1,000. */
const STREETS = 997;

/** 1,000 pipes of 60 to 420 m, 528 crossings, 3 tanks, 2 pumps at a works, 8 throttle and 3 pressure valves. */
export function town(seed = 1): NetworkSpec {
  const chance = seeded(seed).stream('town');
  const uniform = (name: string, from: number, to: number) => from + (to - from) * chance.stream(name).uniform(0);
  const nodes: NodeSpec[] = [];
  const pipes: PipeSpec[] = [];
  const links: LinkSpec[] = [];
  const crossing = (i: number, j: number) => `${i}-${j}`;
  const pipe = (id: string, from: string, to: string, diameter_m: number) =>
    pipes.push({
      id,
      from,
      to,
      length_m: uniform(`${id}/length`, 60, 420),
      diameter_m,
      waveSpeed_m_s: uniform(`${id}/wave`, 950, 1250),
      friction: { kind: 'roughness', roughness_m: 2e-4 },
    });
  for (let i = 0; i < ROWS; i++)
    for (let j = 0; j < COLUMNS; j++)
      nodes.push({
        id: crossing(i, j),
        kind: 'junction',
        elevation_m: uniform(`${i}-${j}/elevation`, 5, 25),
        demand: { kind: 'constant', flow_m3_s: uniform(`${i}-${j}/demand`, 5e-5, 3e-4) },
      });
  // Every seventh row and column is a main. Where a street meets one, some hang on a valve.
  let valves = 0;
  const street = (from: string, to: string, main: boolean, i: number, j: number) => {
    if (pipes.length === STREETS) return;
    const id = `${from}>${to}`;
    const diameter_m = main ? 0.4 : 0.15;
    if (main || valves === 11 || (i * COLUMNS + j) % 41 !== 17) return void pipe(id, from, to, diameter_m);
    const end = `${id}/end`;
    const holds = valves % 4 === 3 ? 'downstream-head' : undefined;
    nodes.push({ id: end, kind: 'junction', elevation_m: 15 });
    pipe(id, from, end, diameter_m);
    const link = { id: `${id}/valve`, from: end, to, diameter_m, lossCoefficient: 5 };
    links.push(holds ? { ...link, kind: 'regulator', holds, setting: 60 } : { ...link, kind: 'valve', opening: 0.5 });
    valves++;
  };
  for (let i = 1; i < ROWS; i++)
    for (let j = 0; j < COLUMNS; j++) street(crossing(i - 1, j), crossing(i, j), j % 7 === 0, i, j);
  for (let i = 0; i < ROWS; i++)
    for (let j = 1; j < COLUMNS; j++) street(crossing(i, j - 1), crossing(i, j), i % 7 === 0, i, j);
  for (const [k, at] of [crossing(0, 7), crossing(7, 21), crossing(14, 0)].entries()) {
    nodes.push({ id: `tank-${k}`, kind: 'tank', elevation_m: 66, area_m2: 300, level_m: 3, maxLevel_m: 6 });
    pipe(`tank-${k}/main`, at, `tank-${k}`, 0.4);
  }
  nodes.push({ id: 'works', kind: 'reservoir', head_m: 10 });
  for (const id of ['pump-1', 'pump-2'])
    links.push({
      id,
      kind: 'pump',
      from: 'works',
      to: crossing(0, 0),
      curve: { kind: 'coefficients', A: 75, B: 3000, C: 2 },
    });
  return { nodes, pipes, links };
}
