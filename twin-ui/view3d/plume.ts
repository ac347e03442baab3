/**
 * The gas in the air: every puff as a soft ball, and its concentration at breathing height as bands on the ground, reckoned
 * from the puffs by Gauss's formula with reflection at the ground: C = Σ m/((2π)^1.5 σh² σz) exp(−r²/2σh²)
 * [exp(−(z−h)²/2σz²) + exp(−(z+h)²/2σz²)].
 */
import {
  AdditiveBlending,
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  DynamicDrawUsage,
  Group,
  LinearFilter,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Points,
  ShaderMaterial,
  SRGBColorSpace,
} from 'three';
import {
  MOST_PUFFS,
  type Plume,
  type PlumeSpecies,
  PUFF_FLOATS,
  type ScenePlace,
} from '../../models/contract/index.ts';
import type { FrameOf } from './frameOf.ts';

const GRID = 128;
const BREATH_m = 1.5;
/** Beyond so many σ a puff is not felt. */
const CUT = 3.5;
const MOLAR_VOLUME_m3 = 0.024;
/** Edges of the bands: shares of the explosive limit, or ppm where the gas does not burn. */
export const LEL_BANDS = [0.01, 0.05, 0.2, 0.5, 1] as const;
export const PPM_BANDS = [0.1, 0.5, 2, 10, 50] as const;

export interface PlumeView {
  readonly group: Group;
  /** @param colours of the bands, low to high, 0 to 255 each */
  show(
    plume: Plume | undefined,
    species: readonly PlumeSpecies[],
    colours: readonly (readonly number[])[],
    light: boolean,
  ): void;
  /** Largest share by volume at breathing height. */
  readonly highest: number;
}

/** Edges of the bands as shares by volume. */
export function bandsOf(lowerLimit: number | undefined): readonly number[] {
  return lowerLimit === undefined ? PPM_BANDS.map((p) => p * 1e-6) : LEL_BANDS.map((l) => l * lowerLimit);
}

export function makePlume(place: ScenePlace, frame: FrameOf): PlumeView {
  const group = new Group();
  const centre = new Float32Array(MOST_PUFFS * 3);
  const spread = new Float32Array(MOST_PUFFS);
  const strength = new Float32Array(MOST_PUFFS);
  const geometry = new BufferGeometry();
  const attribute = (name: string, array: Float32Array, size: number) => {
    const made = new BufferAttribute(array, size);
    made.setUsage(DynamicDrawUsage);
    geometry.setAttribute(name, made);
    return made;
  };
  const attributes = [
    attribute('position', centre, 3),
    attribute('spread', spread, 1),
    attribute('strength', strength, 1),
  ];
  const material = new ShaderMaterial({
    transparent: true,
    depthWrite: false,
    blending: AdditiveBlending,
    uniforms: { tone: { value: [0.8, 0.85, 0.8] } },
    vertexShader: `attribute float spread; attribute float strength; varying float a;
      void main() { vec4 p = modelViewMatrix * vec4(position, 1.0); gl_Position = projectionMatrix * p; a = strength;
      gl_PointSize = clamp(spread * projectionMatrix[1][1] * 420.0 / -p.z, 2.0, 400.0); }`,
    fragmentShader: `uniform vec3 tone; varying float a;
      void main() { float r = length(gl_PointCoord - 0.5) * 2.0; float k = exp(-4.0 * r * r) - 0.018;
      if (k <= 0.0) discard; gl_FragColor = vec4(tone, a * k); }`,
  });
  const puffs = new Points(geometry, material);
  puffs.frustumCulled = false;
  const [west, south, , east, north] = place.bounds_m;
  const reach = Math.max(east - west, north - south) * 1.2;
  const cx = (west + east) / 2;
  const cy = (south + north) / 2;
  const cells = new Float32Array(GRID * GRID);
  const pixels = new Uint8Array(GRID * GRID * 4);
  const texture = new DataTexture(pixels, GRID, GRID);
  texture.colorSpace = SRGBColorSpace;
  texture.magFilter = LinearFilter;
  const sheet = new Mesh(
    new PlaneGeometry(reach * frame.plan, reach * frame.plan).rotateX(-Math.PI / 2),
    new MeshBasicMaterial({ map: texture, transparent: true, depthWrite: false }),
  );
  frame.to([cx, cy, 0.1], sheet.position);
  group.add(sheet, puffs);
  let highest = 0;
  return {
    group,
    get highest() {
      return highest;
    },
    show(plume, species, colours, light) {
      const n = plume?.count ?? 0;
      group.visible = n > 0;
      highest = 0;
      if (!plume || n === 0) return;
      cells.fill(0);
      const cell = reach / GRID;
      const { puffs: p } = plume;
      for (let i = 0; i < n; i += 1) {
        const at = i * PUFF_FLOATS;
        const x = p[at]!;
        const y = p[at + 1]!;
        const h = p[at + 2]!;
        const sh = Math.max(p[at + 3]!, 0.3 * cell);
        const sz = Math.max(p[at + 4]!, 0.2);
        const molar = species[p[at + 6]!]?.molarMass_kg_mol ?? 0.03;
        const volume_m3 = (p[at + 5]! / molar) * MOLAR_VOLUME_m3;
        const vertical =
          Math.exp(-((BREATH_m - h) ** 2) / (2 * sz * sz)) + Math.exp(-((BREATH_m + h) ** 2) / (2 * sz * sz));
        const peak = (volume_m3 / ((2 * Math.PI) ** 1.5 * sh * sh * sz)) * vertical;
        frame.to([x, y, h]).toArray(centre, i * 3);
        spread[i] = 2 * sh * frame.plan;
        strength[i] = Math.min(0.25, 0.02 + 0.04 * Math.log10(1 + peak * 1e6));
        const limit = CUT * sh;
        const x0 = Math.max(0, Math.floor((x - limit - cx + reach / 2) / cell));
        const x1 = Math.min(GRID - 1, Math.ceil((x + limit - cx + reach / 2) / cell));
        const y0 = Math.max(0, Math.floor((y - limit - cy + reach / 2) / cell));
        const y1 = Math.min(GRID - 1, Math.ceil((y + limit - cy + reach / 2) / cell));
        for (let r = y0; r <= y1; r += 1) {
          const dy = cy - reach / 2 + (r + 0.5) * cell - y;
          for (let c = x0; c <= x1; c += 1) {
            const dx = cx - reach / 2 + (c + 0.5) * cell - x;
            cells[r * GRID + c] = cells[r * GRID + c]! + peak * Math.exp(-(dx * dx + dy * dy) / (2 * sh * sh));
          }
        }
      }
      geometry.setDrawRange(0, n);
      for (const a of attributes) a.needsUpdate = true;
      material.uniforms['tone']!.value = light ? [0.25, 0.28, 0.3] : [0.8, 0.85, 0.8];
      material.blending = light ? 1 : AdditiveBlending;
      const bands = bandsOf(species[0]?.lowerLimit);
      for (let i = 0; i < cells.length; i += 1) {
        const c = cells[i]!;
        if (c > highest) highest = c;
        let band = -1;
        while (band + 1 < bands.length && c >= bands[band + 1]!) band += 1;
        const to = i * 4;
        if (band < 0) pixels[to + 3] = 0;
        else {
          const colour = colours[band]!;
          pixels[to] = colour[0]!;
          pixels[to + 1] = colour[1]!;
          pixels[to + 2] = colour[2]!;
          pixels[to + 3] = 130 + 20 * band;
        }
      }
      texture.needsUpdate = true;
    },
  };
}
