/**
 * The cameras of a site. Each takes a picture at its own period and at no other time; between pictures its tags and its
 * picture stand. All of it lies in one buffer, so that a resumed run shows the same.
 */
import { bindArena, formatTime, type Stream, secondsToUs, seeded } from '../../models/kernel/index.ts';
import {
  type CameraView,
  compileReach,
  compileView,
  condensed_kg_m2,
  infraredPicture,
  PER_BOND,
  type Picture,
  SEEN,
  takeInfrared,
  takeVisible,
  veilOf,
  visiblePicture,
} from '../instruments/gas/camera/index.ts';
import { GASES, type Gas } from '../instruments/gas/index.ts';
import type { EmissionRates, Weather } from '../plant/index.ts';
import type { Scene } from '../site/index.ts';
import type { PlantAir } from './air.ts';
import type { CameraSpec } from './cameraSpec.ts';
import { tagsOf } from './cameraTags.ts';
import { columnAlong_kg_m2 } from './lineOfSight.ts';
import type { AirPlant } from './model.ts';

const GAS_CONSTANT = 8.314462618;
/** Colder than the air by this, gas brings its own fog. */
const COLD_K = 5;

/** A camera for those who look through it. */
export interface SiteCamera {
  readonly tag: string;
  readonly form: CameraSpec['form'];
  readonly width: number;
  readonly height: number;
  /** Pictures taken so far; 0 before the first. */
  readonly taken: number;
  /** When the newest was taken [µs]. */
  readonly takenUs: number;
  /** For people. */
  picture(): Picture;
  /** By pixel from the top left: columns of gas [ppm·m], or 0 to 255 as bright as it is. */
  values(): Float32Array;
}

interface Camera {
  readonly spec: CameraSpec;
  readonly gas: Gas | undefined;
  readonly view: CameraView;
  readonly periodUs: number;
  readonly chance: Stream;
  /** Of each placed source of liquid: the area at which each pixel's ground is wet [m²]. */
  readonly wetFrom: readonly { readonly sources: readonly number[]; readonly area_m2: Float64Array }[];
  readonly thermal_K: Float32Array;
  readonly column_part_m: Float32Array;
  readonly rgb: Uint8Array;
}

export class SiteCameras {
  readonly all: readonly SiteCamera[];
  readonly buffer: ArrayBuffer;
  readonly #plant: AirPlant;
  readonly #air: PlantAir;
  readonly #weather: Weather;
  readonly #cameras: readonly Camera[];
  /** Of each tag (cameras' tags, in their order): camera and which of its two readings. */
  readonly #tags: readonly { readonly camera: number; readonly column: boolean }[];
  readonly #taken: Float64Array; // (nCamera)
  readonly #takenUs: Float64Array; // (nCamera)
  readonly #pixels: Float64Array; // (nCamera)
  readonly #most_part_m: Float64Array; // (nCamera)
  // a picture's numbers are out one tick after it, so that no sample lies between two pictures
  readonly #shown_px: Float64Array; // (nCamera)
  readonly #shown_part_m: Float64Array; // (nCamera)
  readonly #coldest_K: Float64Array; // as it was last given to the air (nSpecies)
  // scratch of one picture
  readonly #sum: Float64Array;
  readonly #wet: Uint8Array;

  constructor(air: PlantAir, weather: Weather, scene: Scene | undefined, seed: number) {
    const { plant } = air;
    const specs = plant.spec.cameras;
    this.#plant = plant;
    this.#air = air;
    this.#weather = weather;
    const n = specs.length;
    const size = (c: CameraSpec) => c.pixels[0] * c.pixels[1];
    const { buffer, views } = bindArena((a) => ({
      taken: a.f64(n),
      takenUs: a.f64(n),
      pixels: a.f64(n),
      most: a.f64(n),
      shownPixels: a.f64(n),
      shownMost: a.f64(n),
      coldest: a.f64(plant.species.length),
      images: specs.map((c) => {
        const infrared = c.form === 'infrared-camera';
        return {
          thermal_K: a.f32(infrared ? size(c) : 0),
          column_part_m: a.f32(infrared ? size(c) : 0),
          rgb: a.u8(infrared ? 0 : 3 * size(c)),
        };
      }),
    }));
    this.buffer = buffer;
    this.#taken = views.taken;
    this.#takenUs = views.takenUs;
    this.#pixels = views.pixels;
    this.#most_part_m = views.most;
    this.#shown_px = views.shownPixels;
    this.#shown_part_m = views.shownMost;
    this.#coldest_K = views.coldest;
    this.#coldest_K.fill(Number.POSITIVE_INFINITY);
    this.#cameras = specs.map((spec, i): Camera => {
      const { place, 'look-at': look } = spec;
      const view = compileView(
        {
          place_m: [place.x, place.y, place.z],
          lookAt_m: [look.x, look.y, look.z],
          fieldOfView_rad: spec['field-of-view'],
          width: spec.pixels[0],
          height: spec.pixels[1],
          range_m: spec.sight,
        },
        scene?.solids,
      );
      return {
        spec,
        gas: spec.gas === undefined ? undefined : GASES[spec.gas]!,
        view,
        periodUs: secondsToUs(spec.period),
        chance: seeded(seed).stream(`${spec.tag}/pixels`),
        wetFrom: spec.form === 'visible-camera' ? wetGround(plant, view, scene) : [],
        ...views.images[i]!,
      };
    });
    this.#tags = specs.flatMap((c, camera) => tagsOf(c).map((_, k) => ({ camera, column: k === 1 })));
    const most = Math.max(0, ...specs.map(size));
    this.#sum = new Float64Array(most);
    this.#wet = new Uint8Array(most);
    this.all = this.#cameras.map((c, i) => this.#shown(c, i));
  }

  /** A picture by each before anything happens, so that its tags stand for something. */
  start(rates: EmissionRates): void {
    this.#step(0, rates, true);
  }

  /** At the end of a tick, behind the air. */
  step(timeUs: number, rates: EmissionRates): void {
    this.#step(timeUs, rates, false);
  }

  /** True value of the cameras' tag `k`, SI. */
  reading(k: number): number {
    const { camera, column } = this.#tags[k]!;
    return column ? this.#shown_part_m[camera]! : this.#shown_px[camera]!;
  }

  #step(timeUs: number, rates: EmissionRates, all: boolean): void {
    this.#shown_px.set(this.#pixels);
    this.#shown_part_m.set(this.#most_part_m);
    this.#notice(rates);
    for (let i = 0; i < this.#cameras.length; i += 1) {
      const camera = this.#cameras[i]!;
      if (!all && timeUs % camera.periodUs !== 0) continue;
      if (camera.spec.form === 'infrared-camera') this.#takeInfrared(camera, i);
      else this.#takeVisible(camera, i, rates);
      this.#taken[i] = this.#taken[i]! + 1;
      this.#takenUs[i] = timeUs;
    }
  }

  /** How cold each gas was when it left. */
  #notice(rates: EmissionRates): void {
    const { placed, sourceSpecies } = this.#plant;
    for (let k = 0; k < placed.length; k += 1) {
      const e = placed[k]!;
      if (!(rates.massRate_kg_s[e]! > 0)) continue;
      this.#coldest_K[sourceSpecies[k]!] = rates.temperature_K[e]!;
    }
  }

  #takeInfrared(camera: Camera, i: number): void {
    const { view, gas, thermal_K, column_part_m } = camera;
    const absorbance = this.#sum;
    absorbance.fill(0);
    this.#plant.species.forEach((s, k) => {
      if (s.bonds > 0) this.#addColumns(view, k, PER_BOND * s.bonds);
    });
    const image = { thermal_K, column_part_m };
    const perColumn = PER_BOND * gas!.bonds;
    const { air } = this.#weather;
    const seen = takeInfrared(view, air, absorbance, perColumn, camera.chance, this.#taken[i]!, image);
    this.#pixels[i] = seen.pixels;
    this.#most_part_m[i] = seen.column_part_m;
  }

  #takeVisible(camera: Camera, i: number, rates: EmissionRates): void {
    const { view } = camera;
    const { air } = this.#weather;
    const n = view.width * view.height;
    const veil = this.#sum;
    veil.fill(0);
    let coldest_K = Number.POSITIVE_INFINITY;
    this.#plant.species.forEach((_, k) => {
      if (!(this.#coldest_K[k]! < air.temperature_K - COLD_K)) return;
      coldest_K = Math.min(coldest_K, this.#coldest_K[k]!);
      this.#addColumns(view, k, 1);
    });
    if (coldest_K < Number.POSITIVE_INFINITY)
      for (let p = 0; p < n; p += 1) veil[p] = veilOf(condensed_kg_m2(veil[p]!, coldest_K, air));
    const wet = this.#wet;
    wet.fill(0);
    for (const { sources, area_m2 } of camera.wetFrom) {
      const pool_m2 = poolOf(sources, this.#plant, rates);
      if (pool_m2 > 0) for (let p = 0; p < n; p += 1) if (area_m2[p]! < pool_m2) wet[p] = 1;
    }
    this.#pixels[i] = takeVisible(view, air, veil, wet, camera.chance, this.#taken[i]!, camera.rgb);
  }

  /** Adds weight times the column of a species [part·m] along each pixel's ray, up to what it ends at. */
  #addColumns(view: CameraView, species: number, weight: number): void {
    const air = this.#air;
    const some = this.#plant.sourceSpecies.some((s, k) => s === species && air.lingers(k));
    if (!some && !(air.gas.mass_kg(species).aloft_kg > 0)) return;
    const { temperature_K, pressure_Pa } = this.#weather.air;
    const perMass =
      (weight * GAS_CONSTANT * temperature_K) / (pressure_Pa * this.#plant.species[species]!.molarMass_kg_mol);
    const { direction: d, end_m, place_m } = view;
    const n = view.width * view.height;
    for (let p = 0; p < n; p += 1) {
      const column = columnAlong_kg_m2(air, species, place_m, d[3 * p]!, d[3 * p + 1]!, d[3 * p + 2]!, end_m[p]!);
      this.#sum[p] = this.#sum[p]! + column * perMass;
    }
  }

  #shown(camera: Camera, i: number): SiteCamera {
    const { spec, view, column_part_m, thermal_K, rgb } = camera;
    const { width, height } = view;
    const taken = this.#taken;
    const takenUs = this.#takenUs;
    const pixels = this.#pixels;
    const most = this.#most_part_m;
    return {
      tag: spec.tag,
      form: spec.form,
      width,
      height,
      get taken() {
        return taken[i]!;
      },
      get takenUs() {
        return takenUs[i]!;
      },
      picture() {
        const left = `${spec.tag}  ${formatTime(takenUs[i]!).replace(/\.00$/, '')}`;
        if (spec.form === 'visible-camera')
          return visiblePicture(rgb, width, height, { left, right: `pool ${pixels[i]} px` });
        const gas = `${spec.gas}  ${pixels[i]} px  max ${Math.round(most[i]! * 1e6)} ppm·m`;
        return infraredPicture({ thermal_K, column_part_m }, width, height, { left, right: gas });
      },
      values: () =>
        spec.form === 'infrared-camera'
          ? Float32Array.from(column_part_m, (v) => v * 1e6)
          : Float32Array.from(
              { length: width * height },
              (_, p) => (rgb[3 * p]! + rgb[3 * p + 1]! + rgb[3 * p + 2]!) / 3,
            ),
    };
  }
}

/** The largest pool of those that lie at one place: what gives off vapour without being driven, from the ground [m²]. */
function poolOf(sources: readonly number[], { placed }: AirPlant, rates: EmissionRates): number {
  let area_m2 = 0;
  for (const k of sources) {
    const e = placed[k]!;
    if (rates.exitSpeed_m_s[e]! > 0 || rates.pressure_Pa[e]! > 0) continue;
    area_m2 = Math.max(area_m2, Math.PI * rates.radius_m[e]! ** 2);
  }
  return area_m2;
}

function wetGround(plant: AirPlant, view: CameraView, scene: Scene | undefined): Camera['wetFrom'] {
  const places = new Map<string, number[]>();
  plant.placed.forEach((e, k) => {
    if (plant.sources[e]!.height_m > 0) return;
    const [x, y] = plant.sourcePlace[k]!;
    const key = `${x}/${y}`;
    places.set(key, [...(places.get(key) ?? []), k]);
  });
  const n = view.width * view.height;
  return [...places.values()].map((sources) => {
    const [x, y] = plant.sourcePlace[sources[0]!]!;
    const reach = compileReach(scene?.solids, x, y);
    const area_m2 = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    for (let p = 0; p < n; p += 1) {
      if (view.kind[p] !== SEEN.ground) continue;
      const r = view.end_m[p]!;
      area_m2[p] = reach(
        view.place_m[0] + r * view.direction[3 * p]!,
        view.place_m[1] + r * view.direction[3 * p + 1]!,
      );
    }
    return { sources, area_m2 };
  });
}
