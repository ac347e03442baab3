/**
 * The plan for one confirmed leak: a pure function of incident, as-built data, weather and response document. It is made
 * anew whenever the estimate moves, and has a new revision only where something in it has changed.
 */
import {
  type AsBuilt,
  type HazardZone,
  type Incident,
  RESPONSE_PLAN_FORMAT,
  type ResponsePlan,
} from '../../models/contract/index.ts';
import { canonicalJson } from '../../models/kernel/index.ts';
import type { ResponseSpec } from './document.ts';
import { hazardZones, vapourSource_kg_s, type WindNow } from './hazard.ts';
import { enclose, type Isolation, isolate } from './isolation.ts';
import { networkOf, type PlantNetwork, withLeak } from './network.ts';
import { type LeakPlace, placeOf } from './place.ts';
import { dispatch, notifications } from './roster.ts';
import { pieceOf, SHUTDOWN_RULE, SHUTDOWN_SOURCE, shutdownOrder } from './shutdown.ts';
import { expectedSpill, type Spill } from './spill.ts';

export interface PlanInputs {
  readonly incident: Incident;
  readonly confirmed: { readonly atUs: number; readonly by: readonly string[] };
  readonly asBuilt: AsBuilt;
  readonly response: ResponseSpec;
  /** Now, of the plant's clock. */
  readonly timeUs: number;
  /** When the plant's clock was 0, as an ISO date; absent: duties cannot be looked up. */
  readonly epoch?: string;
  /** As the plant's mast has it; absent: what the response document assumes. */
  readonly weather?: WindNow;
  /** Gauge pressure at the leak before the shut-down [Pa], as the transmitters beside it say. */
  readonly pressure_Pa?: number;
  /** The plan of this incident before; its revision counts on. */
  readonly before?: ResponsePlan;
}

/** The plan as it stands now. The same object as `before` where nothing but the time has changed. */
export function planFor(inputs: PlanInputs): ResponsePlan {
  const plan = makePlan(inputs);
  const { before } = inputs;
  if (!before) return plan;
  return canonicalJson(content(plan)) === canonicalJson(content(before))
    ? before
    : { ...plan, revision: before.revision + 1 };
}

function content({ revision, timeUs, time, spill, ...rest }: ResponsePlan): unknown {
  return { ...rest, spill: spill && { ...spill, soFar_m3: 0, untilIsolation_m3: 0 } };
}

function makePlan(inputs: PlanInputs): ResponsePlan {
  const { incident, confirmed, asBuilt, response, timeUs } = inputs;
  const warnings: string[] = [];
  const place = placeOf(incident, asBuilt, response);
  const cut = cutOff(inputs, place);
  if (!cut) warnings.push('The leak has no place in a network of pipes, so no valves can be named for it.');
  else if (!cut.isolation.possible)
    warnings.push(
      `It cannot be cut off: ${cut.isolation.openSources.join(', ')} reach it with nothing to shut between.`,
    );
  const shutdown = cut
    ? shutdownOrder(cut.network, cut.leak, cut.isolation, asBuilt, {
        pumpInterval_s: response.actions['pump-interval'],
        stroke_s: response.isolation.stroke,
        strokes_s: response.isolation.strokes,
      })
    : [];
  const isolatedAfter_s = shutdown.reduce((t, s) => Math.max(t, s.at_s + s.takes_s), 0);
  const density = asBuilt.fluid?.density_kg_m3;
  const massRate_kg_s = incident.rate?.massRate_kg_s;
  const soFar_s = Math.max(0, timeUs - (incident.onsetUs ?? incident.first.timeUs)) * 1e-6;
  let spill: Spill | undefined;
  if (cut && density !== undefined && massRate_kg_s !== undefined && massRate_kg_s >= 0) {
    spill = expectedSpill({
      asBuilt,
      isolation: cut.isolation,
      place,
      ...(response.profile ? { profile: response.profile } : {}),
      rate_m3_s: massRate_kg_s / density,
      soFar_s,
      isolatedAfter_s,
      ...(inputs.pressure_Pa === undefined ? {} : { pressure_Pa: inputs.pressure_Pa }),
    });
  } else warnings.push('The rate of the leak is not known, so neither is the spill.');
  const spilled_m3 = spill ? spill.untilIsolation_m3 + spill.afterIsolation_m3 : 0;
  const hazard = hazardOf(inputs, place, massRate_kg_s, spill);
  if (response.hazard && !hazard) warnings.push('Without a rate no hazard zone can be drawn.');
  const { resources, warnings: missing } = dispatch(response.roster, place.at, minuteOf(inputs), spilled_m3);
  warnings.push(...missing);
  const widest = hazard?.zones.at(-1);
  const where = incident.where;
  return {
    format: RESPONSE_PLAN_FORMAT,
    plant: asBuilt.plant,
    incident: incident.id,
    revision: 1,
    timeUs,
    ...(inputs.epoch === undefined ? {} : { time: calendar(inputs.epoch, timeUs) }),
    confirmed: { atUs: confirmed.atUs, by: [...confirmed.by], need: response.confirm.need },
    leak: {
      ...(where?.position_m === undefined ? {} : { position_m: where.position_m }),
      ...(where?.sigma_m === undefined ? {} : { sigma_m: where.sigma_m }),
      ...(where?.place_m === undefined ? {} : { place_m: where.place_m }),
      ...(place.at ? { at: place.at } : {}),
      ...(place.element === undefined ? {} : { element: place.element }),
      ...(incident.rate
        ? { massRate_kg_s: Math.max(0, incident.rate.massRate_kg_s), sigma_kg_s: incident.rate.sigma_kg_s }
        : {}),
      ...(incident.onsetUs === undefined ? {} : { onsetUs: incident.onsetUs }),
    },
    ...(cut ? { isolation: isolationOf(cut, asBuilt) } : {}),
    shutdown: {
      steps: shutdown,
      isolatedAfter_s,
      rule: SHUTDOWN_RULE,
      source: SHUTDOWN_SOURCE,
      automatic: response.actions.automatic,
    },
    ...(spill ? { spill } : {}),
    ...(hazard ? { hazard } : {}),
    resources,
    notify: notifications(response.roster, {
      peopleInside: widest?.people ?? 0,
      spill_m3: spilled_m3,
      losesSupply: cut?.isolation.losesSupply.length ?? 0,
    }),
    checklist: checklist(inputs, shutdown, isolatedAfter_s, resources, widest),
    restart: [
      ...(cut
        ? [
            `${cut.isolation.close.join(', ')} are opened again one after the other, slower than they were shut, with the pumps at rest.`,
          ]
        : []),
      `Incident ${incident.id} is acknowledged and no alarm of it stands.`,
      ...response.restart,
    ],
    warnings,
  };
}

interface Cut {
  readonly network: PlantNetwork;
  readonly leak: string;
  readonly isolation: Isolation;
  readonly enclosing: Isolation;
}

function cutOff({ asBuilt, response }: PlanInputs, place: LeakPlace): Cut | undefined {
  if (!place.on) return undefined;
  const { sources, unavailable, set } = response.isolation;
  const whole = networkOf(asBuilt, {
    unavailable,
    checkValvesHold: response.isolation['check-valves-hold'],
    ...(sources ? { sources } : {}),
  });
  const { network, leak } = withLeak(whole, place.on);
  const smallest = isolate(network, leak);
  const enclosing = enclose(network, leak);
  return { network, leak, isolation: set === 'enclosing' && enclosing.possible ? enclosing : smallest, enclosing };
}

function isolationOf({ isolation, enclosing }: Cut, asBuilt: AsBuilt): NonNullable<ResponsePlan['isolation']> {
  return {
    possible: isolation.possible,
    close: [...isolation.close],
    isolatedVolume_m3: isolation.isolatedVolume_m3,
    isolatedLength_m: pieceOf(isolation, asBuilt).length_m,
    losesSupply: [...isolation.losesSupply],
    openSources: [...isolation.openSources],
    enclosing: { close: [...enclosing.close], isolatedVolume_m3: enclosing.isolatedVolume_m3 },
  };
}

function hazardOf(
  { response, weather }: PlanInputs,
  place: LeakPlace,
  massRate_kg_s: number | undefined,
  spill: Spill | undefined,
): ResponsePlan['hazard'] {
  const { hazard, roster } = response;
  if (!hazard || massRate_kg_s === undefined) return undefined;
  const { wind, from, stability } = hazard.weather;
  const now: WindNow = weather ?? { wind_m_s: wind, from_rad: from, stability };
  const source_kg_s = vapourSource_kg_s(hazard, massRate_kg_s, spill?.untilIsolation_m3 ?? 0, now.wind_m_s);
  return {
    substance: hazard.substance,
    source_kg_s,
    ...now,
    weather: weather ? 'measured' : 'assumed',
    zones: hazardZones(hazard, source_kg_s, now, place.at, roster.places),
  };
}

function checklist(
  { response }: PlanInputs,
  steps: ResponsePlan['shutdown']['steps'],
  isolatedAfter_s: number,
  resources: ResponsePlan['resources'],
  widest: HazardZone | undefined,
): ResponsePlan['checklist'] {
  const by = response.actions.automatic ? 'the detector; the control room watches' : 'the control room';
  return [
    { at_s: 0, what: 'Acknowledge the incident, and say so on the open line.', who: 'the control room' },
    ...steps.map((s) => ({ at_s: s.at_s, what: `${s.action === 'stop' ? 'Stop' : 'Shut'} ${s.element}.`, who: by })),
    {
      at_s: isolatedAfter_s,
      what: 'Compare valves and pressures: shut, at rest, and the pressure of the piece falls no more than the leak explains.',
      who: 'the control room',
    },
    ...(widest && widest.people > 0
      ? [
          {
            at_s: 60,
            what: `Warn ${widest.people} people in ${widest.inside.join(', ')}: indoors, windows shut, no flame.`,
            who: 'civil protection',
          },
        ]
      : []),
    ...resources.map((r) => ({ at_s: r.arrives_s ?? 0, what: `${r.id} (${r.kind}) is at the place.`, who: r.contact })),
  ].sort((a, b) => a.at_s - b.at_s);
}

function minuteOf({ epoch, timeUs }: PlanInputs): number | undefined {
  if (epoch === undefined) return undefined;
  const at = calendar(epoch, timeUs);
  return Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16));
}

const MINUTE_US = 60e6;

/** Date and time by the calendar, to the second, in the epoch's own zone written as Z. */
function calendar(epoch: string, timeUs: number): string {
  const [date, clock = '00:00:00'] = epoch.replace(/Z$|[+-]\d\d:\d\d$/, '').split('T') as [string, string?];
  const [y, m, d] = date.split('-').map(Number) as [number, number, number];
  const [hh = 0, mm = 0, ss = 0] = clock.split(':').map(Number);
  const total =
    dayNumber(y, m, d) * 86_400 + hh * 3600 + mm * 60 + Math.floor(ss) + Math.floor((timeUs / MINUTE_US) * 60);
  const day = Math.floor(total / 86_400);
  const rest = total - day * 86_400;
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  return `${dateOf(day)}T${two(rest / 3600)}:${two((rest % 3600) / 60)}:${two(rest % 60)}Z`;
}

/** Days since 1970-01-01 of the Gregorian calendar (Fliegel & Van Flandern 1968, shifted). */
function dayNumber(y: number, m: number, d: number): number {
  const a = m <= 2 ? y - 1 : y;
  const era = Math.floor(a / 400);
  const yearOfEra = a - era * 400;
  const dayOfYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

function dateOf(day: number): string {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const d = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const m = mp < 10 ? mp + 3 : mp - 9;
  const y = yoe + era * 400 + (m <= 2 ? 1 : 0);
  return `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
}
