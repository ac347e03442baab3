/**
 * The scene of a plant of any kind: its line, its network, its site, whichever it has. Made from as-built data and what is no
 * secret of the plant's file, because whoever looks may be a trainee.
 */
import type { AsBuilt, Control, FrameLayout, PlantScene, ScenePlace, ScenePoint } from '../../models/contract/index.ts';
import type { PlantSpec } from '../kinds.ts';
import { linePlace } from './line.ts';
import { networkPlace } from './network.ts';
import { bounded, type Draft } from './place.ts';
import { elementOf, sitePlace } from './site.ts';

/** What a picture is made from; a recording of a plant whose file is gone has no spec, and shows what its as-built data say. */
export interface Pictured {
  readonly asBuilt: AsBuilt;
  readonly layout: FrameLayout;
  readonly controls?: readonly Control[];
  readonly spec?: PlantSpec;
}

export function plantScene({ asBuilt, layout, controls = [], spec }: Pictured): PlantScene {
  const profiled = spec && 'profile' in spec ? spec : undefined;
  const line = linePlace(asBuilt, profiled);
  if (line) addLineParts(line, layout, spec);
  const floors = new Map((asBuilt.tanks ?? []).map((t) => [t.id, t.diameter_m]));
  const site = sitePlace(asBuilt, layout, spec, floors);
  // A few lines on a site are drawn there; only a network needs a plan of its own.
  const inp = spec?.kind === 'water' ? spec.network.text : undefined;
  const network = line || (site && inp === undefined) ? undefined : networkPlace(asBuilt, inp);
  if (network) hangInstruments(network, layout, 0.02);
  const places: ScenePlace[] = [line, network, site].flatMap((p) => (p ? [bounded(p)] : []));
  return {
    plant: layout.plant,
    about: spec?.about ?? '',
    kind: spec?.kind ?? 'recording',
    places: places.length > 0 ? places : [bounded(shelf(layout))],
    ...(profiled?.profile ? { profile_m: profiled.profile.map((p) => [p.kp, p.elevation]) } : {}),
    ...(asBuilt.fluid ? { density_kg_m3: asBuilt.fluid.density_kg_m3 } : {}),
    ...(asBuilt.air
      ? {
          gas: asBuilt.air.gas,
          ...(asBuilt.air.wind
            ? {
                wind: {
                  speed: asBuilt.air.wind.speed,
                  direction: asBuilt.air.wind.direction,
                  reads: asBuilt.air.wind.reads,
                },
              }
            : {}),
        }
      : {}),
    controls: controls.map(({ station, element, property, unit, description }) => ({
      station,
      element,
      property,
      unit,
      description,
    })),
  };
}

/** Tanks and instruments of a line. */
function addLineParts(line: Draft, layout: FrameLayout, spec: PlantSpec | undefined): void {
  const at = new Map(line.nodes.map((n) => [n.id, n.place_m]));
  if (spec?.kind === 'liquid')
    line.tanks = spec.tanks.flatMap((t) => {
      const place_m = at.get(t.id);
      return place_m ? [{ id: t.id, place_m, diameter_m: t.diameter, height_m: t['max-level'] }] : [];
    });
  hangInstruments(line, layout, 0.01);
}

/** Instruments on the element that they measure; several beside each other. */
function hangInstruments(place: Draft, layout: FrameLayout, step: number): void {
  const at = new Map<string, ScenePoint>(place.nodes.map((n) => [n.id, n.place_m]));
  for (const m of place.machines) at.set(m.id, m.place_m);
  for (const p of place.pipes) {
    at.set(p.id, p.path_m[0]!);
    at.set(`${p.id}/end`, p.path_m[p.path_m.length - 1]!);
  }
  const xs = [...at.values()].map((p) => p[0]);
  const reach = xs.length > 0 ? Math.max(1, Math.max(...xs) - Math.min(...xs)) : 1;
  const hung = new Map<string, number>();
  place.instruments = layout.tags.flatMap((tag) => {
    const spot = at.get(tag.element) ?? at.get(elementOf(tag.element));
    if (!spot) return [];
    const key = spot.join(',');
    const n = hung.get(key) ?? 0;
    hung.set(key, n + 1);
    // Up in a column: neighbours of a station must not cover each other.
    return [{ tag: tag.id, place_m: [spot[0], spot[1] - (n + 1) * step * reach, spot[2]] satisfies ScenePoint }];
  });
}

/** Nothing is known of where anything stands: the instruments in a row. */
function shelf(layout: FrameLayout): Draft {
  return {
    id: 'site',
    nodes: [],
    pipes: [],
    machines: [],
    tanks: [],
    solids: [],
    cameras: [],
    instruments: layout.tags.map((t, i) => ({ tag: t.id, place_m: [3 * (i % 8), -3 * Math.floor(i / 8), 1] })),
  };
}
