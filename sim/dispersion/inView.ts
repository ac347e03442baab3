/** A plant in the air, with cameras that look at it: their tags stand behind all others. Without cameras nothing is changed. */
import type { CompilePlantOptions, Physics } from '../plant/index.ts';
import { compileScene } from '../site/index.ts';
import type { PlantAir } from './air.ts';
import { SiteCameras } from './cameras.ts';
import type { InAir } from './spec.ts';

interface Aired extends Physics {
  readonly air?: PlantAir;
  readonly cameras?: SiteCameras;
}

/** @param first the cameras' first tag */
export function inView<P extends Aired>(spec: InAir, inner: P, first: number, options: CompilePlantOptions): P {
  const { air, weather } = inner;
  if (!air || !weather || air.plant.spec.cameras.length === 0) return inner;
  const scene = spec.site && compileScene(spec.site);
  const cameras = new SiteCameras(air, weather, scene, options.seed);
  cameras.start(air.rates);
  const mine = () => new Uint8Array(cameras.buffer.slice(0));
  const over: Partial<Aired> = {
    cameras,
    step(timeUs) {
      inner.step(timeUs);
      cameras.step(timeUs, air.rates);
    },
    trueValue: (tag) => (tag < first ? inner.trueValue(tag) : cameras.reading(tag - first)),
    fault(tag, form, size) {
      if (tag >= first) return `a camera: ${form} does not strike it`;
      return inner.fault?.(tag, form, size);
    },
    clearFault(tag) {
      if (tag < first) inner.clearFault?.(tag);
    },
    failed: (tag) => tag < first && (inner.failed?.(tag) ?? false),
    save: () => [...inner.save(), mine()],
    load(parts) {
      inner.load(parts.slice(0, -1));
      new Uint8Array(cameras.buffer).set(parts[parts.length - 1]!);
    },
    ...(inner.identity ? { identity: () => [...inner.identity!(), mine()] } : {}),
  };
  return Object.assign(Object.create(inner), over) as P;
}
