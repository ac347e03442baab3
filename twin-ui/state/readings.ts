/**
 * What the instruments say of each part of the picture at the shown time. Between gauges the hydraulic head of a line is taken
 * to fall evenly; in a network the nearest gauges speak for a place. Nothing here knows more than the frames do.
 */
import type { FrameLayout, PlantScene, ScenePipe, ScenePlace, ScenePoint } from '../../models/contract/index.ts';
import { fromUnit, toUnit } from '../../models/kernel/index.ts';
import type { Shown } from '../player/index.ts';

const G = 9.80665;
const WATER_kg_m3 = 1000;
/** Of the mean from which a departure is counted, and how many scans of it are looked at. */
const BEFORE_s = 900;
const LOOKS = 60;
/** Departures are shown up to so many standard deviations. */
export const MOST_SIGMAS = 8;
/** Gauges that speak for a place of a network. */
const NEAREST = 3;

interface Gauge {
  readonly tag: number;
  readonly place: ScenePoint;
  readonly unit: string;
}

export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}

export class Readings {
  readonly place: ScenePlace;
  readonly #layout: FrameLayout;
  readonly #gauges: readonly Gauge[];
  readonly #straight: boolean;
  readonly #density_kg_m3: number;
  readonly #unit: string;
  readonly #byElement = new Map<string, Map<string, number>>();
  #values: { readonly place: ScenePoint; readonly value: number }[] = [];
  #shown: Shown | undefined;
  #seq = 0;

  constructor(scene: PlantScene, place: ScenePlace, layout: FrameLayout) {
    this.place = place;
    this.#layout = layout;
    this.#straight = place.id === 'line';
    const gas = scene.kind === 'gas';
    this.#density_kg_m3 = scene.density_kg_m3 ?? (gas ? 0 : WATER_kg_m3);
    const at = new Map<string, ScenePoint>(place.nodes.map((n) => [n.id, n.place_m]));
    for (const i of place.instruments) if (!at.has(i.tag)) at.set(i.tag, i.place_m);
    this.#gauges = layout.tags
      .flatMap((tag, i): Gauge[] => {
        const spot = at.get(tag.element) ?? (place.id === 'site' ? undefined : at.get(tag.id));
        return tag.quantity === 'pressure' && spot ? [{ tag: i, place: spot, unit: tag.unit }] : [];
      })
      .sort((a, b) => a.place[0] - b.place[0]);
    this.#unit = this.#gauges[0]?.unit ?? '';
    layout.tags.forEach((tag, i) => {
      const element = this.#byElement.get(tag.element) ?? new Map<string, number>();
      if (!element.has(tag.quantity)) element.set(tag.quantity, i);
      this.#byElement.set(tag.element, element);
    });
  }

  /** Looks at a moment: values between gauges are made from it. */
  look(shown: Shown, what: 'pressure' | 'residual'): void {
    this.#shown = shown;
    this.#seq = shown.store.seqAt(shown.timeUs);
    this.#values = this.#gauges.flatMap(({ tag, place }) => {
      const value = shown.store.usable(tag, this.#seq);
      if (!Number.isFinite(value)) return [];
      if (what === 'residual') return [{ place, value: this.#departure(shown, tag, value) }];
      return [{ place, value: this.#head(fromUnit(value, this.#layout.tags[tag]!.unit), place[2]) }];
    });
  }

  /** What stands at the ends of the ramp. */
  scale(what: 'pressure' | 'residual'): Scale | undefined {
    if (what === 'residual') return { low: -MOST_SIGMAS, high: MOST_SIGMAS, unit: 'σ' };
    if (this.#values.length === 0) return undefined;
    const all = this.#values.map((v) => this.#pressure(v.value, v.place[2]));
    const low = Math.min(...all);
    const high = Math.max(...all);
    const step = 10 ** Math.floor(Math.log10(Math.max(1e-6, high - low, Math.abs(high) * 0.02)));
    return { low: Math.floor(low / step) * step, high: Math.ceil(high / step) * step || step, unit: this.#unit };
  }

  /** Pressure in the gauges' unit, or departure in standard deviations; NaN where no gauge speaks. */
  at(point: ScenePoint, what: 'pressure' | 'residual'): number {
    const value = this.#straight ? this.#along(point[0]) : this.#near(point);
    return what === 'residual' ? value : this.#pressure(value, point[2]);
  }

  /** Hydraulic head along a line: distance and head [m], of the gauges. */
  get heads(): readonly { readonly place: ScenePoint; readonly value: number }[] {
    return this.#values;
  }

  /** Of an element, in the tag's unit; NaN where it is not measured. */
  of(element: string, quantity: string): number {
    const tag = this.#byElement.get(element)?.get(quantity);
    return tag === undefined || !this.#shown ? Number.NaN : this.#shown.store.usable(tag, this.#seq);
  }

  tagOf(element: string): number | undefined {
    return this.#byElement.get(element)?.values().next().value;
  }

  /** 1 runs, 0 stands, NaN: nobody measures it. */
  running(element: string): number {
    const contact = this.of(element, 'running');
    if (Number.isFinite(contact)) return contact >= 0.5 ? 1 : 0;
    const speed = this.of(element, 'speed');
    if (Number.isFinite(speed)) return speed > 1 ? 1 : 0;
    const flow = this.of(element, 'flow');
    return Number.isFinite(flow) ? (Math.abs(flow) > 1e-6 ? 1 : 0) : Number.NaN;
  }

  /** Share of the stroke; NaN where it is not measured. */
  opening(element: string): number {
    const percent = this.of(element, 'opening');
    return Number.isFinite(percent) ? Math.min(1, Math.max(0, percent / 100)) : Number.NaN;
  }

  /** Share of the height. */
  level(element: string, height_m: number): number {
    const tag = this.#byElement.get(element)?.get('level');
    const value = this.of(element, 'level');
    if (tag === undefined || !Number.isFinite(value)) return Number.NaN;
    return Math.min(1, Math.max(0, fromUnit(value, this.#layout.tags[tag]!.unit) / height_m));
  }

  /** Which way it flows: 1 from `from` to `to`, -1 back, 0 stands, NaN: no meter speaks for it. */
  flow(pipe: ScenePipe): number {
    let value = this.of(pipe.id, 'flow');
    if (!Number.isFinite(value)) value = this.of(`${pipe.id}/end`, 'flow');
    if (!Number.isFinite(value) && this.#straight) {
      // What passes one meter of a line passes the next pipe too, as far as anybody knows.
      const meters = this.place.pipes
        .map((p) => ({ at: Math.abs(p.path_m[0]![0] - pipe.path_m[0]![0]), v: this.of(p.id, 'flow') }))
        .filter((m) => Number.isFinite(m.v))
        .sort((a, b) => a.at - b.at);
      value = meters[0]?.v ?? Number.NaN;
    }
    if (!Number.isFinite(value)) value = this.of(pipe.id.replace(/\/line$/, ''), 'flow');
    return Number.isFinite(value) ? Math.sign(Math.abs(value) < 1e-6 ? 0 : value) : Number.NaN;
  }

  #head(pressure_Pa: number, elevation_m: number): number {
    return this.#density_kg_m3 > 0 ? pressure_Pa / (this.#density_kg_m3 * G) + elevation_m : pressure_Pa;
  }

  #pressure(head: number, elevation_m: number): number {
    if (!Number.isFinite(head) || this.#unit === '') return Number.NaN;
    return toUnit(this.#density_kg_m3 > 0 ? (head - elevation_m) * this.#density_kg_m3 * G : head, this.#unit);
  }

  #departure(shown: Shown, tag: number, value: number): number {
    const { store } = shown;
    const { scanUs } = store.layout;
    const every = Math.max(1, Math.round((BEFORE_s * 1e6) / scanUs / LOOKS));
    let n = 0;
    let sum = 0;
    let squares = 0;
    for (let k = 1; k <= LOOKS; k += 1) {
      const v = store.usable(tag, this.#seq - k * every);
      if (!Number.isFinite(v)) continue;
      n += 1;
      sum += v;
      squares += v * v;
    }
    if (n < 3) return 0;
    const mean = sum / n;
    const spread = Math.sqrt(Math.max(0, squares / n - mean * mean));
    const { noise, range } = store.layout.tags[tag]!;
    return (value - mean) / Math.max(spread, noise, (range[1] - range[0]) * 1e-5);
  }

  #along(x: number): number {
    const all = this.#values;
    if (all.length === 0) return Number.NaN;
    let k = 0;
    while (k < all.length && all[k]!.place[0] < x) k += 1;
    const b = all[Math.min(k, all.length - 1)]!;
    const a = all[Math.max(0, k - 1)]!;
    const width = b.place[0] - a.place[0];
    return width <= 0 ? b.value : a.value + ((x - a.place[0]) / width) * (b.value - a.value);
  }

  #near(point: ScenePoint): number {
    const nearest = this.#values
      .map((v) => ({ v: v.value, d: Math.hypot(v.place[0] - point[0], v.place[1] - point[1]) }))
      .sort((a, b) => a.d - b.d)
      .slice(0, NEAREST);
    if (nearest.length === 0) return Number.NaN;
    let sum = 0;
    let weight = 0;
    for (const { v, d } of nearest) {
      const w = 1 / (d + 1) ** 2;
      sum += v * w;
      weight += w;
    }
    return sum / weight;
  }
}

/** Where on a place a distance along its line is; undefined where it has none. */
export function pointAt(place: ScenePlace, position_m: number): ScenePoint | undefined {
  for (const pipe of place.pipes) {
    if (pipe.start_m === undefined) continue;
    const share = (position_m - pipe.start_m) / pipe.length_m;
    if (share < -1e-6 || share > 1 + 1e-6) continue;
    return onPath(pipe.path_m, Math.min(1, Math.max(0, share)));
  }
  return undefined;
}

/** A share of a way, by its horizontal length. */
export function onPath(path: readonly ScenePoint[], share: number): ScenePoint {
  const lengths = path.slice(1).map((p, i) => Math.hypot(p[0] - path[i]![0], p[1] - path[i]![1]) || 1e-9);
  let left = share * lengths.reduce((a, b) => a + b, 0);
  for (let i = 0; i < lengths.length; i += 1) {
    if (left <= lengths[i]! || i === lengths.length - 1) {
      const f = Math.min(1, left / lengths[i]!);
      const a = path[i]!;
      const b = path[i + 1]!;
      return [a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2])];
    }
    left -= lengths[i]!;
  }
  return path[path.length - 1]!;
}
