/** The solid parts of a place as meshes: pipes in pieces that take a colour each, machines, tanks, buildings, instruments. */
import {
  BoxGeometry,
  BufferGeometry,
  Color,
  ConeGeometry,
  CylinderGeometry,
  DoubleSide,
  EdgesGeometry,
  ExtrudeGeometry,
  Float32BufferAttribute,
  Group,
  IcosahedronGeometry,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshLambertMaterial,
  OctahedronGeometry,
  Quaternion,
  Shape,
  SphereGeometry,
  TetrahedronGeometry,
  TorusGeometry,
  Vector3,
} from 'three';
import type { Quantity, SceneMachine, ScenePlace, ScenePoint, SceneTank } from '../../models/contract/index.ts';
import type { Tokens } from '../design/tokens.ts';
import { onPath } from '../state/readings.ts';
import type { FrameOf } from './frameOf.ts';

/** A straight bit of pipe: it has one colour. */
export interface Piece {
  readonly pipe: number;
  readonly middle_m: ScenePoint;
}

export interface Pipes {
  readonly mesh: InstancedMesh;
  readonly pieces: readonly Piece[];
}

const Y = new Vector3(0, 1, 0);
/** Pieces of a line's pipe, so that its colour can change along it. */
const LINE_PIECES = 24;

export function makePipes(place: ScenePlace, frame: FrameOf): Pipes {
  const pieces: Piece[] = [];
  const matrices: Matrix4[] = [];
  const radius = frame.symbol * (place.id === 'site' ? 0.22 : place.id === 'line' ? 0.28 : 0.2);
  const widest = Math.max(...place.pipes.map((p) => p.insideDiameter_m), 1e-3);
  place.pipes.forEach((pipe, i) => {
    const n = place.id === 'line' ? LINE_PIECES : 1;
    const points = n === 1 ? pipe.path_m : Array.from({ length: n + 1 }, (_, k) => onPath(pipe.path_m, k / n));
    const r = radius * (0.5 + 0.5 * Math.sqrt(pipe.insideDiameter_m / widest));
    for (let k = 1; k < points.length; k += 1) {
      const a = frame.to(points[k - 1]!);
      const b = frame.to(points[k]!);
      const along = b.clone().sub(a);
      const length = along.length();
      if (length < 1e-6) continue;
      const turn = new Quaternion().setFromUnitVectors(Y, along.normalize());
      matrices.push(new Matrix4().compose(a.add(b).multiplyScalar(0.5), turn, new Vector3(r, length, r)));
      const [p, q] = [points[k - 1]!, points[k]!];
      pieces.push({ pipe: i, middle_m: [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2, (p[2] + q[2]) / 2] });
    }
  });
  const mesh = new InstancedMesh(
    new CylinderGeometry(1, 1, 1, 10, 1),
    new MeshLambertMaterial(),
    Math.max(1, matrices.length),
  );
  mesh.count = matrices.length;
  matrices.forEach((m, i) => {
    mesh.setMatrixAt(i, m);
    mesh.setColorAt(i, new Color('#888'));
  });
  mesh.name = 'pipes';
  return { mesh, pieces };
}

/** Arrows that move along a pipe the way it flows. */
export interface Arrows {
  readonly mesh: InstancedMesh;
  /** Moves all by a share of their spacing; `sign` by pipe: 0 and NaN hide a pipe's. */
  move(phase: number, sign: (pipe: number) => number): void;
}

export function makeArrows(place: ScenePlace, frame: FrameOf): Arrows {
  const per = place.id === 'line' ? 8 : place.id === 'network' ? 1 : 3;
  const ways = place.pipes.map((p) => p.path_m);
  const mesh = new InstancedMesh(
    new ConeGeometry(0.5, 1.25, 10),
    new MeshLambertMaterial(),
    Math.max(1, ways.length * per),
  );
  const matrix = new Matrix4();
  const hidden = new Matrix4().makeScale(0, 0, 0);
  const scale = new Vector3(frame.symbol, frame.symbol, frame.symbol).multiplyScalar(place.id === 'site' ? 0.7 : 0.9);
  const turn = new Quaternion();
  const a = new Vector3();
  const b = new Vector3();
  mesh.name = 'arrows';
  return {
    mesh,
    move(phase, sign) {
      ways.forEach((way, i) => {
        const s = sign(i);
        for (let k = 0; k < per; k += 1) {
          const at = i * per + k;
          if (!(Math.abs(s) > 0)) {
            mesh.setMatrixAt(at, hidden);
            continue;
          }
          const share = ((k + (((s > 0 ? phase : 1 - phase) % 1) + 1)) % per) / per;
          frame.to(onPath(way, share), a);
          frame.to(onPath(way, Math.min(1, share + 0.01)), b);
          b.sub(a);
          if (b.lengthSq() < 1e-12) {
            mesh.setMatrixAt(at, hidden);
            continue;
          }
          turn.setFromUnitVectors(Y, b.normalize().multiplyScalar(s));
          mesh.setMatrixAt(at, matrix.compose(a, turn, scale));
        }
      });
      mesh.instanceMatrix.needsUpdate = true;
    },
  };
}

export interface Machine {
  readonly group: Group;
  readonly spec: SceneMachine;
  /** Turns with the machine. */
  readonly wheel: Mesh;
  readonly body: Mesh<BufferGeometry, MeshLambertMaterial>;
}

export function makeMachine(spec: SceneMachine, frame: FrameOf): Machine {
  const s = frame.symbol * 1.5;
  const group = new Group();
  frame.to(spec.place_m, group.position);
  group.rotation.y = spec.heading_rad;
  const valve = spec.kind === 'valve' || spec.kind === 'regulator' || spec.kind === 'check-valve';
  const material = new MeshLambertMaterial({ side: DoubleSide });
  let body: Mesh<BufferGeometry, MeshLambertMaterial>;
  let wheel: Mesh;
  if (valve) {
    body = new Mesh(bowTie(0.62 * s, 0.42 * s), material);
    // The stem's wheel stands across the pipe when shut and along it when open.
    wheel = new Mesh(new BoxGeometry(0.9 * s, 0.12 * s, 0.16 * s), material);
    wheel.position.y = 0.62 * s;
  } else {
    body = new Mesh(new TorusGeometry(0.55 * s, 0.12 * s, 8, 28), material);
    wheel = new Mesh(blades(0.46 * s), material);
    body.rotation.y = 0;
  }
  group.add(body, wheel);
  group.name = spec.id;
  return { group, spec, wheel, body };
}

/** Two cones, point to point: the sign of a valve. */
function bowTie(length: number, radius: number): BufferGeometry {
  const a = new ConeGeometry(radius, length, 14, 1).rotateZ(-Math.PI / 2).translate(-length / 2, 0, 0);
  const b = new ConeGeometry(radius, length, 14, 1).rotateZ(Math.PI / 2).translate(length / 2, 0, 0);
  return merged([a, b]);
}

function blades(radius: number): BufferGeometry {
  return merged(
    [0, 1, 2].map((i) => new BoxGeometry(radius * 1.9, radius * 0.28, radius * 0.18).rotateZ((i * Math.PI) / 3)),
  );
}

function merged(parts: readonly BufferGeometry[]): BufferGeometry {
  const position: number[] = [];
  const normal: number[] = [];
  for (const part of parts) {
    const flat = part.toNonIndexed();
    position.push(...(flat.getAttribute('position').array as Float32Array));
    normal.push(...(flat.getAttribute('normal').array as Float32Array));
  }
  const out = new BufferGeometry();
  out.setAttribute('position', new Float32BufferAttribute(position, 3));
  out.setAttribute('normal', new Float32BufferAttribute(normal, 3));
  return out;
}

export interface Tank {
  readonly group: Group;
  readonly spec: SceneTank;
  readonly liquid: Mesh<BufferGeometry, MeshLambertMaterial>;
  readonly shell: Mesh<BufferGeometry, MeshLambertMaterial>;
  readonly height: number;
}

export function makeTank(spec: SceneTank, place: ScenePlace, frame: FrameOf): Tank {
  const real = place.id === 'site';
  const r = real ? (spec.diameter_m / 2) * frame.plan : 1.6 * frame.symbol;
  const h = real ? spec.height_m * frame.up : 3.2 * frame.symbol;
  const group = new Group();
  frame.to(spec.place_m, group.position);
  const shell = new Mesh(
    new CylinderGeometry(r, r, h, 36, 1, true).translate(0, h / 2, 0),
    new MeshLambertMaterial({ transparent: true, opacity: 0.28, side: DoubleSide, depthWrite: false }),
  );
  const liquid = new Mesh(
    new CylinderGeometry(r * 0.97, r * 0.97, h, 36).translate(0, h / 2, 0),
    new MeshLambertMaterial(),
  );
  const rim = new LineSegments(
    new EdgesGeometry(new CylinderGeometry(r, r, h, 36).translate(0, h / 2, 0), 40),
    new LineBasicMaterial(),
  );
  rim.name = 'rim';
  group.add(liquid, shell, rim);
  group.name = spec.id;
  return { group, spec, liquid, shell, height: h };
}

export function makeSolids(place: ScenePlace, frame: FrameOf, tokens: Tokens): Group {
  const group = new Group();
  for (const s of place.solids) {
    const height = Math.max(0.02, (s.top_m - s.bottom_m) * frame.up);
    let geometry: BufferGeometry;
    if (s.radius_m !== undefined && s.corners_m.length === 1)
      geometry = new CylinderGeometry(s.radius_m * frame.plan, s.radius_m * frame.plan, height, 28).translate(
        0,
        height / 2,
        0,
      );
    else {
      const outline = new Shape();
      const [x0, y0] = s.corners_m[0]!;
      s.corners_m.forEach(([x, y], i) => {
        const [u, v] = [(x - x0) * frame.plan, (y - y0) * frame.plan];
        if (i === 0) outline.moveTo(u, v);
        else outline.lineTo(u, v);
      });
      geometry = new ExtrudeGeometry(outline, { depth: height, bevelEnabled: false }).rotateX(-Math.PI / 2);
    }
    const low = s.kind === 'bund' || s.kind === 'room';
    const seeThrough = low || s.kind === 'fence' || s.kind === 'rack';
    const mesh = new Mesh(
      geometry,
      new MeshLambertMaterial({
        color: s.kind === 'road' ? tokens.ground : tokens.steel,
        transparent: seeThrough,
        opacity: seeThrough ? 0.22 : 1,
        depthWrite: !seeThrough,
      }),
    );
    frame.to([...s.corners_m[0]!, s.bottom_m], mesh.position);
    if (s.kind === 'road') mesh.position.y -= 0.02;
    group.add(mesh);
    if (s.kind !== 'road') {
      const edges = new LineSegments(new EdgesGeometry(geometry, 30), new LineBasicMaterial({ color: tokens.line }));
      edges.position.copy(mesh.position);
      group.add(edges);
    }
    mesh.userData['id'] = s.id;
  }
  group.name = 'solids';
  return group;
}

/** A shape by what is measured, so that kinds are told apart without colour. */
export function instrumentGeometry(quantity: Quantity, beam: boolean): BufferGeometry {
  if (beam) return new BoxGeometry(1, 1.4, 1);
  switch (quantity) {
    case 'pressure':
    case 'air-pressure':
      return new SphereGeometry(0.62, 14, 10);
    case 'flow':
      return new ConeGeometry(0.62, 1.2, 4);
    case 'temperature':
      return new CylinderGeometry(0.3, 0.3, 1.4, 10);
    case 'level':
      return new BoxGeometry(1.2, 0.4, 1.2);
    case 'concentration':
    case 'column':
      return new IcosahedronGeometry(0.75, 0);
    case 'sound':
      return new TorusGeometry(0.5, 0.2, 8, 16);
    case 'wind-speed':
    case 'wind-direction':
      return new TetrahedronGeometry(0.8);
    case 'density':
      return new OctahedronGeometry(0.7);
    default:
      return new BoxGeometry(0.8, 0.8, 0.8);
  }
}
