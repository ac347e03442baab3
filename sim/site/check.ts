/**
 * What the schema of a site cannot see, and what any document that places things on it may ask: is a point inside a wall or
 * under ground, is a beam's way free?
 */
import type { Problem } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import { legBlocked } from './patrol.ts';
import type { Scene } from './scene.ts';
import type { SiteSpec } from './spec.ts';

type Say = (path: readonly PropertyKey[], found: string, expected: string, hint?: string) => void;

const named = (x: number, y: number, z: number) => `(${[x, y, z].map((v) => Number(v.toPrecision(4))).join(', ')}) m`;

/** The site under `base` of a document: names, sizes, and rounds that run into things. */
export function checkSite(
  doc: Located<unknown>,
  base: readonly PropertyKey[],
  spec: SiteSpec,
  scene: Scene,
): Problem[] {
  const problems: Problem[] = [];
  const say: Say = (path, found, expected, hint) =>
    problems.push(doc.problemAt([...base, ...path], found, expected, hint));
  const seen = new Map<string, string>();
  for (const key of ['buildings', 'tanks', 'racks', 'fences', 'bunds', 'roads', 'patrols'] as const)
    spec[key].forEach((part, i) => {
      const before = seen.get(part.id);
      if (before !== undefined) say([key, i, 'id'], `"${part.id}"`, 'a new name', `${before} already bears it`);
      seen.set(part.id, `${key}[${i}]`);
    });
  for (const key of ['racks', 'fences', 'roads'] as const)
    spec[key].forEach((part, i) => {
      if (part.from.x === part.to.x && part.from.y === part.to.y)
        say([key, i, 'to'], 'the place that it comes from', 'another place than "from"');
    });
  spec.racks.forEach((r, i) => {
    if (r.top <= r.bottom) say(['racks', i, 'top'], `${r.top} m`, `more than the bottom, ${r.bottom} m`);
  });
  spec.bunds.forEach((b, i) => {
    if (2 * b.thickness >= Math.min(b.length, b.width))
      say(['bunds', i, 'thickness'], `${b.thickness} m`, 'walls that leave room between them');
  });
  spec.patrols.forEach((p, i) => {
    for (let leg = 0; leg < p.route.length; leg += 1) {
      const name = legBlocked(p, leg, scene);
      if (name === undefined) continue;
      const next = (leg + 1) % p.route.length;
      const on = next === 0 ? 'back to the first stop' : `to stop ${next}`;
      say(
        ['patrols', i, 'route', leg],
        `a way ${on} through "${name}"`,
        'a way that is free',
        `add a stop that leads around it (the vehicle is ${2 * p.radius} m wide)`,
      );
    }
  });
  return problems;
}

/** Says what is wrong with the place of a sensor or a source, if anything. */
export function checkPlace(
  scene: Scene,
  problemAt: Located<unknown>['problemAt'],
  path: readonly PropertyKey[],
  what: string,
  x_m: number,
  y_m: number,
  z_m: number,
): Problem | undefined {
  if (z_m < 0) return problemAt(path, `${what} at ${named(x_m, y_m, z_m)}, under ground`, 'a height of at least 0 m');
  const name = scene.holder(x_m, y_m, z_m);
  if (name === undefined) return undefined;
  return problemAt(
    path,
    `${what} at ${named(x_m, y_m, z_m)}, inside "${name}"`,
    'a place in the open',
    `move it off "${name}"`,
  );
}

/** Says what stands in a beam's way, if anything. */
export function checkBeam(
  scene: Scene,
  problemAt: Located<unknown>['problemAt'],
  path: readonly PropertyKey[],
  from: readonly [number, number, number],
  to: readonly [number, number, number],
): Problem | undefined {
  const name = scene.blocked(...from, ...to);
  if (name === undefined) return undefined;
  return problemAt(
    path,
    `a beam through "${name}"`,
    'a free line of sight',
    `raise the beam above "${name}", or move an end`,
  );
}
