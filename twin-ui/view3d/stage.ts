/**
 * The plant in three dimensions, drawn when something has changed: at most once a frame, and not at all while nothing moves.
 * It is handed what to show; it knows no player. Its own time on the main thread per frame is measured for the bench.
 */
import {
  AmbientLight,
  BufferGeometry,
  Color,
  DirectionalLight,
  DoubleSide,
  GridHelper,
  Group,
  Line,
  LineBasicMaterial,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  PerspectiveCamera,
  PlaneGeometry,
  Raycaster,
  Scene,
  Spherical,
  SRGBColorSpace,
  Vector2,
  type Vector3,
  WebGLRenderer,
} from 'three';
import { MapControls } from 'three/examples/jsm/controls/MapControls.js';
import type { Plume, PlumeSpecies, Quantity, ScenePlace } from '../../models/contract/index.ts';
import { ramp, rampStops, rgb, type Theme, TOKENS } from '../design/tokens.ts';
import type { Camera, Layer } from '../state/address.ts';
import type { Estimate, TrueLeak } from '../state/leakPlaces.ts';
import type { Readings } from '../state/readings.ts';
import { type FrameOf, frameOf } from './frameOf.ts';
import { type LeakView, makeLeaks } from './leaks.ts';
import {
  type Arrows,
  instrumentGeometry,
  type Machine,
  makeArrows,
  makeMachine,
  makePipes,
  makeSolids,
  makeTank,
  type Pipes,
  type Tank,
} from './parts.ts';
import { makePlume, type PlumeView } from './plume.ts';

export interface StageOptions {
  readonly canvas: HTMLCanvasElement;
  readonly place: ScenePlace;
  readonly quantityOf: (tag: string) => Quantity;
  readonly camera?: Camera;
  readonly calm: boolean;
  onCamera(camera: Camera): void;
  onPick(tag: string | undefined): void;
  onHover(tag: string | undefined): void;
  /** After a frame: labels follow. */
  onDrawn(): void;
}

export interface Look {
  readonly theme: Theme;
  readonly layers: readonly Layer[];
  readonly muted: boolean;
  readonly selected?: string;
  readonly alarmed: ReadonlySet<string>;
  readonly readings: Readings;
  readonly estimates: readonly Estimate[];
  readonly leaks: readonly TrueLeak[];
  readonly plume?: Plume;
  readonly species: readonly PlumeSpecies[];
  readonly playing: boolean;
}

const UNKNOWN = 0.55;
const HOME = { line: 1.16, network: 0.75, site: 0.95 } as const;

export class Stage {
  readonly frame: FrameOf;
  readonly place: ScenePlace;
  /** Milliseconds of the main thread that the last frames took, newest last. */
  readonly frames_ms: number[] = [];
  readonly #options: StageOptions;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera(38, 1, 0.1, 2000);
  readonly #controls: MapControls;
  readonly #pipes: Pipes;
  readonly #arrows: Arrows;
  readonly #machines: readonly Machine[];
  readonly #tanks: readonly Tank[];
  readonly #instruments: readonly { tag: string; mesh: Mesh<BufferGeometry, MeshLambertMaterial>; extra: Group }[];
  readonly #sensors = new Group();
  readonly #leaks: LeakView;
  readonly #plume: PlumeView;
  readonly #sun: DirectionalLight;
  #solids = new Group();
  #ground: Mesh | undefined;
  #grid: GridHelper | undefined;
  #theme: Theme | undefined;
  #look: Look | undefined;
  #raf = 0;
  #last_ms = 0;
  #phase = 0;
  #dirty = true;
  #width = 1;
  #height = 1;

  constructor(options: StageOptions) {
    this.#options = options;
    const { canvas, place } = options;
    this.place = place;
    this.frame = frameOf(place);
    this.#renderer = new WebGLRenderer({
      canvas,
      antialias: devicePixelRatio <= 1.5,
      alpha: false,
      powerPreference: 'low-power',
    });
    this.#renderer.outputColorSpace = SRGBColorSpace;
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.#sun = new DirectionalLight('#ffffff', 1.6);
    this.#sun.position.set(40, 80, 30);
    this.#scene.add(new AmbientLight('#ffffff', 1.7), this.#sun);
    this.#pipes = makePipes(place, this.frame);
    this.#arrows = makeArrows(place, this.frame);
    this.#machines = place.machines.map((m) => makeMachine(m, this.frame));
    this.#tanks = place.tanks.map((t) => makeTank(t, place, this.frame));
    this.#scene.add(this.#pipes.mesh, this.#arrows.mesh);
    for (const m of this.#machines) this.#scene.add(m.group);
    for (const t of this.#tanks) this.#scene.add(t.group);
    this.#instruments = place.instruments.map((i) => {
      const beam = i.to_m !== undefined;
      const mesh = new Mesh<BufferGeometry, MeshLambertMaterial>(
        instrumentGeometry(options.quantityOf(i.tag), beam),
        new MeshLambertMaterial(),
      );
      mesh.scale.setScalar(this.frame.symbol * 0.75);
      this.frame.to(i.place_m, mesh.position);
      mesh.userData['tag'] = i.tag;
      const extra = new Group();
      if (i.to_m) {
        const end = mesh.clone();
        this.frame.to(i.to_m, end.position);
        const line = new Line(
          new BufferGeometry().setFromPoints([mesh.position, end.position]),
          new LineBasicMaterial({ transparent: true, opacity: 0.8 }),
        );
        extra.add(end, line);
      }
      this.#sensors.add(mesh, extra);
      return { tag: i.tag, mesh, extra };
    });
    this.#scene.add(this.#sensors);
    this.#leaks = makeLeaks(this.frame);
    this.#plume = makePlume(place, this.frame);
    this.#scene.add(this.#leaks.group, this.#plume.group);
    this.#controls = new MapControls(this.#camera, canvas);
    this.#controls.maxPolarAngle = Math.PI * 0.49;
    this.#controls.enableDamping = false;
    this.#controls.minDistance = 4;
    this.#controls.maxDistance = 400;
    // Keys belong to the one table.
    if (options.camera) this.setCamera(options.camera);
    else this.home();
    this.#controls.addEventListener('change', () => this.touch());
    this.#controls.addEventListener('end', () => options.onCamera(this.camera));
    this.#listen(canvas);
    this.#raf = requestAnimationFrame(this.#turn);
  }

  get camera(): Camera {
    const at = new Spherical().setFromVector3(this.#camera.position.clone().sub(this.#controls.target));
    const { x, y, z } = this.#controls.target;
    return [at.theta, at.phi, at.radius, x, y, z];
  }

  setCamera([theta, phi, radius, x, y, z]: Camera): void {
    this.#controls.target.set(x, y, z);
    this.#camera.position.setFromSpherical(new Spherical(radius, phi, theta)).add(this.#controls.target);
    this.#controls.update();
    this.touch();
  }

  /** All of the place in the picture. */
  home(): void {
    const { id } = this.place;
    const distance = id === 'line' ? 80 : id === 'network' ? 84 : 92;
    this.setCamera([id === 'line' ? 0 : -0.55, HOME[id], distance, 0, id === 'line' ? 2 : 0, id === 'line' ? 1.5 : 2]);
  }

  get highest(): number {
    return this.#plume.highest;
  }

  /** Metres to a pixel at what the camera looks at. */
  get metresPerPixel(): number {
    const across =
      2 * Math.tan((this.#camera.fov * Math.PI) / 360) * this.#camera.position.distanceTo(this.#controls.target);
    return across / this.#height / this.frame.plan;
  }

  /** Which way north is on the screen, clockwise from up [rad]. */
  get north_rad(): number {
    return this.#controls.getAzimuthalAngle();
  }

  resize(width: number, height: number): void {
    if (width < 2 || height < 2 || (width === this.#width && height === this.#height)) return;
    this.#width = width;
    this.#height = height;
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    this.#camera.updateProjectionMatrix();
    this.touch();
  }

  show(look: Look): void {
    this.#look = look;
    this.#paint(look);
    this.touch();
  }

  touch(): void {
    this.#dirty = true;
  }

  /** Where on the canvas a place is [CSS px]; undefined behind the camera. */
  project(p: readonly [number, number, number], into: Vector3): Vector3 | undefined {
    this.frame.to(p as [number, number, number], into).project(this.#camera);
    if (into.z > 1) return undefined;
    into.set(((into.x + 1) / 2) * this.#width, ((1 - into.y) / 2) * this.#height, into.z);
    return into;
  }

  dispose(): void {
    cancelAnimationFrame(this.#raf);
    this.#controls.dispose();
    this.#scene.traverse((o) => {
      if (!(o instanceof Mesh || o instanceof Line)) return;
      o.geometry.dispose();
      for (const m of [o.material].flat()) m.dispose();
    });
    this.#renderer.dispose();
  }

  readonly #turn = (now_ms: number): void => {
    this.#raf = requestAnimationFrame(this.#turn);
    const dt_s = Math.min(0.1, (now_ms - this.#last_ms) / 1000);
    this.#last_ms = now_ms;
    const look = this.#look;
    const moves = look !== undefined && !this.#options.calm && (look.playing || look.estimates.some((e) => e.fresh));
    if (!this.#dirty && !moves) return;
    this.#dirty = false;
    const from_ms = performance.now();
    if (look && moves) this.#animate(look, dt_s);
    this.#renderer.render(this.#scene, this.#camera);
    this.#options.onDrawn();
    this.frames_ms.push(performance.now() - from_ms);
    if (this.frames_ms.length > 240) this.frames_ms.shift();
  };

  #animate(look: Look, dt_s: number): void {
    this.#phase += dt_s;
    const { readings } = look;
    if (look.playing) {
      for (const m of this.#machines)
        if (m.wheel !== undefined && readings.running(m.spec.id) === 1 && !isValve(m)) m.wheel.rotation.z -= 4 * dt_s;
      const pipes = this.place.pipes;
      this.#arrows.move(this.#phase * 0.25, (i) => readings.flow(pipes[i]!));
    }
    this.#leaks.breathe(this.#phase * 0.8);
  }

  #paint(look: Look): void {
    const tokens = TOKENS[look.theme];
    if (this.#theme !== look.theme) this.#dress(look.theme);
    const has = (layer: Layer) => look.layers.includes(layer);
    const { readings } = look;
    const what = has('residual') ? 'residual' : 'pressure';
    const scale = readings.scale(what);
    const coloured = !look.muted && scale !== undefined && (has('pressure') || has('residual'));
    const colour = new Color();
    const steel = new Color(tokens.steel);
    this.#pipes.pieces.forEach((piece, i) => {
      const v = coloured ? readings.at(piece.middle_m, what) : Number.NaN;
      if (Number.isFinite(v))
        colour.setRGB(
          ...ramp(look.theme, (v - scale!.low) / (scale!.high - scale!.low || 1), what === 'residual'),
          SRGBColorSpace,
        );
      else colour.copy(steel).multiplyScalar(UNKNOWN + 0.3);
      this.#pipes.mesh.setColorAt(i, colour);
    });
    if (this.#pipes.mesh.instanceColor) this.#pipes.mesh.instanceColor.needsUpdate = true;
    if (!look.playing || this.#options.calm) this.#arrows.move(0.25, (i) => readings.flow(this.place.pipes[i]!));
    for (const m of this.#machines) {
      const valve = isValve(m);
      const on = valve ? readings.opening(m.spec.id) : readings.running(m.spec.id);
      const lit = Number.isFinite(on) ? (on > 0.02 ? tokens.text : tokens.line) : tokens.steel;
      m.body.material.color.set(lit);
      if (valve && Number.isFinite(on)) m.wheel.rotation.y = (1 - on) * (Math.PI / 2);
    }
    for (const t of this.#tanks) {
      const level = readings.level(t.spec.id, t.spec.height_m);
      t.liquid.visible = Number.isFinite(level) && level > 0.002;
      t.liquid.scale.y = Math.max(0.002, Number.isFinite(level) ? level : 0);
    }
    this.#sensors.visible = has('sensors');
    for (const { tag, mesh, extra } of this.#instruments) {
      const alarmed = look.alarmed.has(tag);
      const tone = alarmed ? tokens.alarm1 : tag === look.selected ? tokens.mark : tokens.muted;
      mesh.material.color.set(tone);
      mesh.scale.setScalar(this.frame.symbol * (tag === look.selected || alarmed ? 1.15 : 0.75));
      for (const o of extra.children) {
        const { material } = o as Mesh<BufferGeometry, MeshBasicMaterial>;
        material.color.set(tone);
      }
    }
    this.#solids.visible = has('buildings');
    this.#leaks.show(has('estimate') ? look.estimates : [], has('truth') ? look.leaks : [], tokens);
    const bands = rampStops(look.theme).map((hex) => rgb(hex).map((c) => Math.round(c * 255)));
    this.#plume.show(
      has('gas') && !look.muted && this.place.id === 'site' ? look.plume : undefined,
      look.species,
      bands,
      look.theme === 'light',
    );
  }

  /** Colours that change with the theme alone. */
  #dress(theme: Theme): void {
    this.#theme = theme;
    const tokens = TOKENS[theme];
    this.#scene.background = new Color(tokens.sky);
    this.#scene.remove(this.#solids);
    this.#solids = makeSolids(this.place, this.frame, tokens);
    this.#scene.add(this.#solids);
    if (this.#ground) this.#scene.remove(this.#ground);
    if (this.#grid) this.#scene.remove(this.#grid);
    this.#ground = new Mesh(
      new PlaneGeometry(1200, 1200).rotateX(-Math.PI / 2),
      new MeshBasicMaterial({
        color: tokens.soil,
        side: DoubleSide,
        transparent: this.place.id === 'line',
        opacity: 0.6,
      }),
    );
    this.#ground.position.y = this.place.id === 'line' ? -2.5 : -0.08;
    this.#scene.add(this.#ground);
    if (this.place.id !== 'line') {
      this.#grid = new GridHelper(240, 48, tokens.line, tokens.line);
      (this.#grid.material as LineBasicMaterial).transparent = true;
      (this.#grid.material as LineBasicMaterial).opacity = 0.22;
      this.#grid.position.y = -0.05;
      this.#scene.add(this.#grid);
    }
    (this.#arrows.mesh.material as MeshLambertMaterial).color.set(tokens.text);
    for (const m of this.#machines) (m.wheel.material as MeshLambertMaterial).color.set(tokens.text);
    for (const t of this.#tanks) {
      t.shell.material.color.set(tokens.glass);
      t.liquid.material.color.set(tokens.liquid);
      for (const o of t.group.children)
        if (o.name === 'rim') ((o as Line).material as LineBasicMaterial).color.set(tokens.glass);
    }
  }

  #listen(canvas: HTMLCanvasElement): void {
    const ray = new Raycaster();
    const at = new Vector2();
    const meshes = this.#instruments.map((i) => i.mesh);
    const under = (event: PointerEvent): string | undefined => {
      const box = canvas.getBoundingClientRect();
      at.set(((event.clientX - box.left) / box.width) * 2 - 1, 1 - ((event.clientY - box.top) / box.height) * 2);
      ray.setFromCamera(at, this.#camera);
      return this.#sensors.visible
        ? (ray.intersectObjects(meshes, false)[0]?.object.userData['tag'] as string)
        : undefined;
    };
    let down: { x: number; y: number } | undefined;
    canvas.addEventListener('pointermove', (e) => {
      if (e.buttons === 0) this.#options.onHover(under(e));
    });
    canvas.addEventListener('pointerleave', () => this.#options.onHover(undefined));
    canvas.addEventListener('pointerdown', (e) => {
      down = { x: e.clientX, y: e.clientY };
    });
    canvas.addEventListener('pointerup', (e) => {
      // A drag moves the camera; it picks nothing.
      if (down && Math.hypot(e.clientX - down.x, e.clientY - down.y) < 4) this.#options.onPick(under(e));
    });
  }
}

function isValve({ spec: { kind } }: Machine): boolean {
  return kind === 'valve' || kind === 'regulator' || kind === 'check-valve';
}

/** Whether this browser can draw in three dimensions at all. */
export function hasWebGl(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}
