import { describe, expect, it } from 'vitest';
import { readDocument } from '../../models/document/index.ts';
import { seeded } from '../../models/kernel/index.ts';
import {
  blowArea_m2,
  checkBeam,
  checkPlace,
  checkSite,
  compilePatrol,
  compileScene,
  createColliders,
  diggingForce_N,
  punctureResistance_N,
  siteSchema,
} from '../../sim/site/index.ts';

const YAML = `
buildings:
  - { id: PUMPHOUSE, x: 0 m, y: 0 m, length: 20 m, width: 8 m, height: 5 m, heading-deg: 30 }
tanks:
  - { id: T1, x: 40 m, y: 10 m, diameter: 20 m, height: 12 m }
racks:
  - { id: RACK, from: { x: 10 m, y: -20 m }, to: { x: 60 m, y: -20 m }, width: 4 m, bottom: 4 m, top: 6 m }
fences:
  - { id: FENCE, from: { x: -40 m, y: -40 m }, to: { x: -40 m, y: 40 m }, height: 2 m }
bunds:
  - { id: BUND, x: 40 m, y: 10 m, length: 40 m, width: 40 m, height: 1.2 m }
patrols:
  - { id: ROBOT, speed: 1 m/s, pause: 5 s, route: [{ x: -20 m, y: -30 m }, { x: 50 m, y: -30 m }] }
  - { id: BAD, speed: 1 m/s, route: [{ x: -20 m, y: 0 m }, { x: 12 m, y: 0 m }] }
`;

function site() {
  const read = readDocument('site.yaml', YAML, siteSchema);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return { doc: read.value, scene: compileScene(read.value.value) };
}

describe('a site', () => {
  it('says where a sensor, a source, a beam or a round is wrong', () => {
    const { doc, scene } = site();
    const problems = checkSite(doc, [], doc.value, scene);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((p) => p.path.startsWith('patrols[1]') || p.path.includes('patrols'))).toBe(true);
    expect(problems[0]!.found).toContain('PUMPHOUSE');
    expect(problems[0]!.line).toBe(14);
    const place = (x: number, y: number, z: number) =>
      checkPlace(scene, doc.problemAt, ['tanks', 0], 'a sensor', x, y, z);
    expect(place(40, 10, 5)!.found).toContain('inside "T1"');
    expect(place(40, 10, -1)!.found).toContain('under ground');
    expect(place(40, 10, 13)).toBeUndefined();
    expect(checkBeam(scene, doc.problemAt, [], [20, 10, 5], [60, 10, 5])!.found).toContain('T1');
    expect(checkBeam(scene, doc.problemAt, [], [20, 10, 13], [60, 10, 13])).toBeUndefined();
    // Below a rack is open, and chain-link stops no light.
    expect(scene.blocked(35, -30, 2, 35, -10, 2)).toBeUndefined();
    expect(scene.blocked(35, -30, 5, 35, -10, 5)).toBe('RACK');
    expect(scene.blocked(-50, 0, 1, -30, 0, 1)).toBeUndefined();
  });

  it('the flat arrays and Rapier see the same', async () => {
    const { scene } = site();
    const colliders = await createColliders(scene.solids);
    const chance = seeded(11).stream('rays');
    let n = 0;
    const draw = (span: number, from: number) => from + span * chance.uniform(n++);
    let hits = 0;
    for (let i = 0; i < 3000; i += 1) {
      const a = [draw(120, -50), draw(100, -50), draw(16, 0)] as const;
      const b = [draw(120, -50), draw(100, -50), draw(16, 0)] as const;
      expect(scene.inside(...a)).toBe(colliders.inside(...a));
      if (scene.inside(...a)) continue;
      const ours = scene.cast(...a, ...b);
      const theirs = colliders.cast(...a, ...b);
      if (ours > 1) expect(theirs).toBeGreaterThan(1);
      else {
        hits += 1;
        // Rapier casts cylinders by iteration: fractions to 2e-4, normals to some per cent (more at a rim). Boxes are exact, and
        // our cylinders are held against the radius itself.
        const round = scene.solids.list[scene.solids.hit[0]!]!;
        expect(Math.abs(ours - theirs)).toBeLessThan(round.kind === 'box' ? 5e-6 : 1e-3);
        if (round.kind === 'box')
          for (let k = 0; k < 3; k += 1) expect(Math.abs(scene.normal[k]! - colliders.normal[k]!)).toBeLessThan(1e-5);
        else if (scene.normal[2] === 0) {
          expect(scene.normal[0]).toBeCloseTo((a[0] + ours * (b[0] - a[0]) - round.x_m) / round.radius_m, 9);
          expect(scene.normal[1]).toBeCloseTo((a[1] + ours * (b[1] - a[1]) - round.y_m) / round.radius_m, 9);
        }
      }
    }
    expect(hits).toBeGreaterThan(500);
    colliders.free();
  });

  it('a robot is where its round says', () => {
    const { doc } = site();
    const robot = compilePatrol(doc.value.patrols[0]!);
    const at = new Float64Array(3);
    expect(robot.period_s).toBe(150);
    robot.position(5 + 35, at);
    expect([...at]).toEqual([15, -30, 1]);
    robot.position(150 + 2, at);
    expect([...at]).toEqual([-20, -30, 1]);
    robot.position(80 + 70, at);
    expect(at[0]).toBeCloseTo(-20, 9);
  });

  it("an excavator's blow opens a hole by its energy", () => {
    const pipe = { diameter_m: 0.5, wall_m: 0.008, strength_Pa: 480e6 };
    const tooth = { length_m: 0.08, width_m: 0.02 };
    // (1.17 − 0.0029·62.5)·100 mm·8 mm·480 N/mm²
    expect(punctureResistance_N(pipe, tooth)).toBeCloseTo(0.98875 * 100 * 8 * 480, 3);
    expect(diggingForce_N(30_000)).toBeCloseTo(14.2e3 * 30 ** 0.928, 6);
    expect(blowArea_m2({ energy_J: 30e3 }, pipe, tooth)).toBe(0);
    const [less, more] = [40e3, 50e3].map((energy_J) => blowArea_m2({ energy_J }, pipe, tooth));
    expect(less).toBeGreaterThan(0);
    expect(more).toBeGreaterThan(less!);
    expect(blowArea_m2({ energy_J: 1e6 }, pipe, tooth)).toBeCloseTo(0.0016, 12);
  });
});
