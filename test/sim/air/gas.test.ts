/** A gas line's block-valve site in the air: the jet of a hole is heard at once and smelt downwind; without air nothing changes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createFrame, unwrap } from '../../../models/contract/index.ts';
import { createSim, type InAirPhysics, parsePlant } from '../../../sim/index.ts';

const PLANT = fileURLToPath(new URL('../../../models/plants/gas-line.yaml', import.meta.url));
// Without the site of its own.
const TEXT = readFileSync(PLANT, 'utf8').replace(/\n# The block-valve site[\s\S]*$/, '');
const BARE = unwrap(parsePlant('gas-line.yaml', TEXT)).value;
const PIPE = 'pipes' in BARE ? BARE.pipes[0]!.id : '';
const STATION = BARE.stations[0]!.id;
const AIR = `
air:
  gas: methane
  step: ${BARE.time.step} s
  weather: { wind: 3 m/s, from: 270 deg }
  bounds: { west: -100 m, south: -100 m, east: 200 m, north: 100 m }
  background: { methane: 2 ppm }
  places:
    ${PIPE}: { x: 0 m, y: 0 m, z: 1 m }
  instruments:
    - { tag: UT-1, station: ${STATION}, form: ultrasonic, place: { x: 0 m, y: 8 m, z: 3 m }, unit: dB, range: [40, 130] }
    - { tag: AT-1, station: ${STATION}, form: infrared, gas: methane, place: { x: 20 m, y: 0 m, z: 1 m }, unit: "%LEL", range: [-5, 100] }
`;
const LEAK = { id: 'leak-1', pipe: PIPE, fraction: 0.5, dischargeCoefficient: 0.8 };

function run(text: string, area_m2: number, seconds: number) {
  const spec = unwrap(parsePlant('gas-line.yaml', text)).value;
  const sim = createSim(spec, { seed: 1, leaks: [LEAK] });
  const frame = createFrame(sim.layout);
  if (area_m2 > 0) expect(sim.apply([{ kind: 'leak.open', leak: 'leak-1', area_m2, growth_s: 0 }])).toEqual([]);
  while (sim.timeUs < seconds * 1e6) sim.scan(frame);
  const shown = (tag: string) => frame.value[sim.layout.column[sim.model.tagIndex.get(tag)!]!]!;
  return { sim, frame, shown };
}

describe('a hole at a block valve', () => {
  it('is heard and smelt, and its gas is all accounted for', () => {
    const quiet = run(TEXT + AIR, 0, 120);
    const { sim, shown } = run(TEXT + AIR, 2e-5, 120);
    const { air } = sim.physics as unknown as InAirPhysics;
    const { emitted_kg } = air!.gas.mass_kg(0);
    console.log(
      `${(emitted_kg / 120).toFixed(3)} kg/s: ${quiet.shown('UT-1').toFixed(0)} to ${shown('UT-1').toFixed(0)} dB, ${shown('AT-1').toFixed(1)} %LEL at 20 m`,
    );
    expect(quiet.shown('UT-1')).toBeCloseTo(60, 0);
    expect(shown('UT-1')).toBeGreaterThan(75);
    expect(shown('AT-1')).toBeGreaterThan(quiet.shown('AT-1') + 1);
    expect(sim.violations()).toEqual([]);
  });

  it('leaves the line itself as it is without air, to the bit', () => {
    const [a, b] = [run(TEXT, 2e-5, 30), run(TEXT + AIR, 2e-5, 30)];
    expect([...b.frame.value].slice(0, a.frame.value.length)).toEqual([...a.frame.value]);
  });
});
