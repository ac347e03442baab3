/** Alarm halos with the region that a leak is thought to be in, and the true leak beside, for who may know. */
import {
  type BufferGeometry,
  CurvePath,
  BufferGeometry as Geometry,
  Group,
  Line,
  LineBasicMaterial,
  LineCurve3,
  LineLoop,
  Mesh,
  MeshBasicMaterial,
  OctahedronGeometry,
  TorusGeometry,
  TubeGeometry,
  Vector3,
} from 'three';
import type { Tokens } from '../design/tokens.ts';
import type { Estimate, TrueLeak } from '../state/leakPlaces.ts';
import type { FrameOf } from './frameOf.ts';

export interface LeakView {
  readonly group: Group;
  show(estimates: readonly Estimate[], leaks: readonly TrueLeak[], tokens: Tokens): void;
  /** Halos of what is not acknowledged breathe. */
  breathe(phase: number): void;
}

export function makeLeaks(frame: FrameOf): LeakView {
  const group = new Group();
  let halos: Mesh<BufferGeometry, MeshBasicMaterial>[] = [];
  let shown = '';
  const s = frame.symbol;
  return {
    group,
    show(estimates, leaks, tokens) {
      const key = JSON.stringify([estimates, leaks, tokens.alarm1]);
      if (key === shown) return;
      shown = key;
      group.clear();
      halos = [];
      for (const e of estimates) {
        const colour = tokens[`alarm${e.priority}`];
        const at = frame.to(e.place);
        const halo = new Mesh(
          new TorusGeometry(1.7 * s, 0.16 * s, 8, 40).rotateX(Math.PI / 2),
          new MeshBasicMaterial({ color: colour, transparent: true, depthTest: false }),
        );
        halo.position.copy(at);
        halo.userData['fresh'] = e.fresh;
        halo.renderOrder = 5;
        halos.push(halo);
        const top = at.clone().add(new Vector3(0, 6 * s, 0));
        const pin = new Line(
          new Geometry().setFromPoints([at, top]),
          new LineBasicMaterial({ color: colour, depthTest: false }),
        );
        group.add(halo, pin);
        if (e.reach) {
          const way = new CurvePath<Vector3>();
          const points = e.reach.map((p) => frame.to(p));
          for (let i = 1; i < points.length; i += 1) way.add(new LineCurve3(points[i - 1]!, points[i]!));
          const bar = new Mesh(
            new TubeGeometry(way, 48, 0.6 * s, 8),
            new MeshBasicMaterial({ color: colour, transparent: true, opacity: 0.4, depthTest: false }),
          );
          group.add(bar);
        }
        if (e.region) {
          const { middle, axes, angle_rad } = e.region;
          const points = Array.from({ length: 64 }, (_, i) => {
            const t = (2 * Math.PI * i) / 64;
            const [u, v] = [axes[0] * Math.cos(t), axes[1] * Math.sin(t)];
            return frame.to([
              middle[0] + u * Math.cos(angle_rad) - v * Math.sin(angle_rad),
              middle[1] + u * Math.sin(angle_rad) + v * Math.cos(angle_rad),
              0.3,
            ]);
          });
          group.add(
            new LineLoop(
              new Geometry().setFromPoints(points),
              new LineBasicMaterial({ color: colour, depthTest: false }),
            ),
          );
        }
      }
      for (const l of leaks) {
        const mark = new Mesh(
          new OctahedronGeometry(0.9 * s),
          new MeshBasicMaterial({ color: tokens.truth, wireframe: true, depthTest: false }),
        );
        frame.to(l.place, mark.position);
        mark.renderOrder = 6;
        group.add(mark);
      }
    },
    breathe(phase) {
      for (const halo of halos) {
        const k = halo.userData['fresh'] ? 1 + 0.25 * Math.sin(2 * Math.PI * phase) : 1;
        halo.scale.setScalar(k);
        halo.material.opacity = halo.userData['fresh'] ? 0.95 : 0.6;
      }
    },
  };
}
