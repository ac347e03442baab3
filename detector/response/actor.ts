/**
 * The detector's hand on the plant. It counts votes for every incident, and on a confirmed one makes the plan and walks its
 * shut-down: pumps tripped, valves shut, each when its time has come, its permissive holds and no person has the element.
 * A function of frames and events alone, so that the same run acts alike in process and over Modbus; what it does is in its
 * own journal, and nothing is done at all unless the response document says `automatic: true`.
 */
import {
  type ActionEvent,
  type AlarmEvent,
  type AsBuilt,
  type Control,
  type ControlWrite,
  type Frame,
  type FrameLayout,
  type Incident,
  incidentsOf,
  type ResponsePlan,
  UNUSABLE,
} from '../../models/contract/index.ts';
import { fromUnit } from '../../models/kernel/index.ts';
import type { ResponseDocument } from './document.ts';
import type { WindNow } from './hazard.ts';
import { planFor } from './plan.ts';

export interface ActorOptions {
  readonly response: ResponseDocument;
  readonly layout: FrameLayout;
  readonly asBuilt: AsBuilt;
  readonly controls: readonly Control[];
  /** When the plant's clock was 0, as an ISO date. */
  readonly epoch?: string;
}

/** One element that is to be moved. */
interface Move {
  readonly incident: string;
  readonly element: string;
  readonly action: 'stop' | 'close';
  readonly dueUs: number;
  /** Since when it has been due and not let; 0: not yet. */
  waitsUs: number;
  state: 'due' | 'held' | 'done';
}

interface State {
  journal: AlarmEvent[];
  plans: ResponsePlan[];
  confirmed: { incident: string; atUs: number; by: string[]; pressure_Pa?: number }[];
  moves: Move[];
  /** Elements that a person has taken, and who. */
  hands: Record<string, string>;
  /** Frame stepped last. */
  timeUs: number;
  seq: number;
}

export interface Actor {
  /** Events of the frame first, as the pipeline gave them. What is to be written now; mostly nothing. */
  step(frame: Frame, events: readonly AlarmEvent[]): readonly ControlWrite[];
  /** What became of the writes of the last step: a sentence for each that was refused, empty where it was taken. */
  answered(writes: readonly ControlWrite[], refusals: readonly string[]): void;
  /** A person takes an element: the sequence leaves it alone. */
  hold(element: string, who: string): void;
  /** Gives it back; what is due by then is done at the next scan. */
  release(element: string, who: string): void;
  /**
   * Ends the sequence of an incident without a jump: every shut valve is told to stay where it stands, so that whoever moves
   * it next begins there; pumps stay tripped until a person starts them. Refused with a sentence while an alarm of it stands.
   */
  giveBack(incident: string, who: string): { readonly writes: readonly ControlWrite[] } | { readonly refused: string };
  /** Plans that are new or have changed since this was asked last. */
  drainPlans(): readonly ResponsePlan[];
  drainActions(): readonly ActionEvent[];
  /** The newest plan of every confirmed incident. */
  plans(): readonly ResponsePlan[];
  save(): Uint8Array;
  load(bytes: Uint8Array): void;
}

const NOTHING: readonly ControlWrite[] = [];

export function createActor(options: ActorOptions): Actor {
  const { response, layout, asBuilt, controls, epoch } = options;
  const { spec } = response;
  let state: State = { journal: [], plans: [], confirmed: [], moves: [], hands: {}, timeUs: 0, seq: 0 };
  let freshPlans: ResponsePlan[] = [];
  let freshActions: ActionEvent[] = [];
  let latest: Frame | undefined;

  const note = (incident: string, event: Omit<ActionEvent, 'timeUs' | 'frameSeq' | 'incident'>) =>
    freshActions.push({ timeUs: state.timeUs, frameSeq: state.seq, incident, ...event });

  const read = (tag: string): number | undefined => {
    const t = layout.tags.findIndex((x) => x.id === tag);
    if (t < 0 || !latest || (latest.quality[t]! & UNUSABLE) !== 0) return undefined;
    return latest.value[layout.column[t]! + layout.tags[t]!.width - 1]!;
  };

  function look(): void {
    for (const incident of incidentsOf(state.journal)) {
      let confirmed = state.confirmed.find((c) => c.incident === incident.id);
      if (!confirmed) {
        const by = votes(incident, spec.confirm);
        if (by.length < spec.confirm.need) continue;
        const pressure_Pa = pressureAt(incident.where?.position_m);
        confirmed = {
          incident: incident.id,
          atUs: state.timeUs,
          by,
          ...(pressure_Pa === undefined ? {} : { pressure_Pa }),
        };
        state.confirmed.push(confirmed);
        note(incident.id, {
          what: 'confirmed',
          because: `${by.join(', ')} stand: ${by.length} of ${spec.confirm.of.length} are there and ${spec.confirm.need} are needed`,
        });
      }
      replan(incident, confirmed);
    }
  }

  function replan(incident: Incident, confirmed: State['confirmed'][number]): void {
    const at = state.plans.findIndex((p) => p.incident === incident.id);
    const before = state.plans[at];
    const weather = wind();
    const plan = planFor({
      incident,
      confirmed,
      asBuilt,
      response: spec,
      timeUs: state.timeUs,
      ...(epoch === undefined ? {} : { epoch }),
      ...(weather ? { weather } : {}),
      ...(confirmed.pressure_Pa === undefined ? {} : { pressure_Pa: confirmed.pressure_Pa }),
      ...(before ? { before } : {}),
    });
    if (plan === before) return;
    if (at < 0) state.plans.push(plan);
    else state.plans[at] = plan;
    freshPlans.push(plan);
    if (!spec.actions.automatic) return;
    for (const s of plan.shutdown.steps) {
      // What has been begun is not begun again: a better place may add an element, never take one back.
      if (state.moves.some((m) => m.element === s.element)) continue;
      const dueUs = Math.max(state.timeUs, confirmed.atUs + Math.round(s.at_s * 1e6));
      state.moves.push({
        incident: incident.id,
        element: s.element,
        action: s.action,
        dueUs,
        waitsUs: 0,
        state: 'due',
      });
    }
  }

  /** Gauge pressure at a place [Pa], between the transmitters beside it; undefined where there are none. */
  function pressureAt(position_m: number | undefined): number | undefined {
    if (position_m === undefined) return undefined;
    let up: { x: number; p: number } | undefined;
    let down: { x: number; p: number } | undefined;
    for (const tag of layout.tags) {
      if (tag.quantity !== 'pressure' || tag.position_m === undefined) continue;
      const v = read(tag.id);
      if (v === undefined) continue;
      const here = { x: tag.position_m, p: fromUnit(v, tag.unit) };
      if (here.x <= position_m && (!up || here.x >= up.x)) up = here;
      if (here.x >= position_m && (!down || here.x < down.x)) down = here;
    }
    if (!up || !down || down.x === up.x) return (up ?? down)?.p;
    return up.p + ((position_m - up.x) / (down.x - up.x)) * (down.p - up.p);
  }

  function wind(): WindNow | undefined {
    const mast = asBuilt.air?.wind;
    const speedTag = mast && layout.tags.find((t) => t.id === mast.speed);
    const directionTag = mast && layout.tags.find((t) => t.id === mast.direction);
    if (!mast || !speedTag || !directionTag) return undefined;
    const speed = read(mast.speed);
    const direction = read(mast.direction);
    if (speed === undefined || direction === undefined) return undefined;
    const angle = fromUnit(direction, directionTag.unit);
    return {
      wind_m_s: fromUnit(speed, speedTag.unit),
      from_rad: mast.reads === 'from-clockwise-of-north' ? angle : (3.5 * Math.PI - angle) % (2 * Math.PI),
      stability: spec.hazard?.weather.stability ?? 'D',
    };
  }

  /** Whether an element may be moved now; a sentence of what it waits for where not. */
  function permitted(move: Move): string | undefined {
    const p = spec.actions.permissives[move.element];
    if (!p) return undefined;
    const v = read(p.tag);
    const holds = v !== undefined && (p.below === undefined || v < p.below) && (p.above === undefined || v > p.above);
    if (holds || (move.waitsUs > 0 && state.timeUs - move.waitsUs >= p['or-after'] * 1e6)) return undefined;
    return `${p.tag} ${v === undefined ? 'cannot be read' : `is ${Number(v.toPrecision(4))}`}, it must be ${p.below === undefined ? `above ${p.above}` : `below ${p.below}`}`;
  }

  function writeOf(move: Move): ControlWrite | undefined {
    const has = (property: string) => controls.some((c) => c.element === move.element && c.property === property);
    if (move.action === 'close')
      return has('opening') ? { element: move.element, property: 'opening', value: 0 } : undefined;
    if (has('trip')) return { element: move.element, property: 'trip', value: 1 };
    return has('run') ? { element: move.element, property: 'run', value: 0 } : undefined;
  }

  function act(): ControlWrite[] {
    const writes: ControlWrite[] = [];
    for (const move of state.moves) {
      if (move.state === 'done' || state.timeUs < move.dueUs) continue;
      const { incident, element } = move;
      const who = state.hands[element];
      if (who !== undefined) {
        if (move.state !== 'held') note(incident, { what: 'held', element, who, because: `${who} has ${element}` });
        move.state = 'held';
        continue;
      }
      move.state = 'due';
      const lacks = permitted(move);
      if (lacks !== undefined) {
        if (move.waitsUs === 0) {
          move.waitsUs = state.timeUs;
          note(incident, { what: 'waits', element, because: lacks });
        }
        continue;
      }
      move.state = 'done';
      const write = writeOf(move);
      if (!write) {
        note(incident, {
          what: 'refused',
          element,
          because: `the plant offers no control to ${move.action} ${element}: by hand`,
        });
        continue;
      }
      writes.push(write);
      note(incident, {
        what: 'wrote',
        element,
        property: write.property,
        value: write.value,
        because: `${move.action} by the plan of ${incident}${permissiveText(move)}`,
      });
    }
    return writes;
  }

  const permissiveText = (move: Move) => {
    const p = spec.actions.permissives[move.element];
    if (!p || move.waitsUs === 0) return '';
    const waited = (state.timeUs - move.waitsUs) * 1e-6;
    return waited >= p['or-after']
      ? `; its permissive did not come within ${p['or-after']} s`
      : `, ${waited.toFixed(0)} s after it was due`;
  };

  return {
    step(frame, events) {
      state.timeUs = frame.timeUs;
      state.seq = frame.seq;
      latest = frame;
      if (events.length > 0) {
        // Once the line is being shut down, what it does says nothing of how much leaks.
        const moving = state.moves.some((m) => m.state === 'done');
        for (const e of events) {
          const { rate, ...rest } = e;
          state.journal.push(moving ? rest : e);
        }
        look();
      }
      return state.moves.length === 0 ? NOTHING : act();
    },
    answered(writes, refusals) {
      writes.forEach((w, i) => {
        const because = refusals[i];
        if (!because) return;
        const move = state.moves.find((m) => m.element === w.element);
        note(move?.incident ?? '', {
          what: 'refused',
          element: w.element,
          property: w.property,
          value: w.value,
          because,
        });
      });
    },
    hold(element, who) {
      state.hands[element] = who;
      note('', { what: 'held', element, who, because: `${who} takes ${element}` });
    },
    release(element, who) {
      delete state.hands[element];
      note('', { what: 'released', element, who, because: `${who} gives ${element} back` });
    },
    giveBack(incident, who) {
      const found = incidentsOf(state.journal).find((i) => i.id === incident);
      if (!found || !state.confirmed.some((c) => c.incident === incident))
        return { refused: `${incident} is no confirmed incident` };
      if (found.standing.length > 0) return { refused: `${found.standing.join(', ')} of ${incident} still stand` };
      const writes: ControlWrite[] = [];
      for (const move of state.moves) {
        if (move.incident !== incident || move.action !== 'close' || move.state !== 'done') continue;
        const tag = layout.tags.find((t) => t.quantity === 'opening' && t.element === move.element);
        const value = tag ? read(tag.id) : undefined;
        if (value !== undefined) writes.push({ element: move.element, property: 'opening', value: Math.max(0, value) });
        note(incident, {
          what: 'returned',
          element: move.element,
          ...(value === undefined ? {} : { property: 'opening', value: Math.max(0, value) }),
          who,
          because: `${move.element} stays where it stands until ${who} moves it`,
        });
      }
      state.moves = state.moves.filter((m) => m.incident !== incident);
      return { writes };
    },
    drainPlans: () => {
      const plans = freshPlans;
      freshPlans = [];
      return plans;
    },
    drainActions: () => {
      const actions = freshActions;
      freshActions = [];
      return actions;
    },
    plans: () => state.plans,
    save: () => new TextEncoder().encode(JSON.stringify(state)),
    load(bytes) {
      state = JSON.parse(new TextDecoder().decode(bytes)) as State;
    },
  };
}

/** Alarms that speak for an incident and stand, none longer before the newest than the window; in the order of the document. */
function votes(incident: Incident, confirm: { readonly of: readonly string[]; readonly within: number }): string[] {
  const standing = new Set(incident.standing);
  const voters = incident.evidence.filter((e) => standing.has(e.alarm) && confirm.of.includes(e.alarm));
  const newest = voters.reduce((t, e) => Math.max(t, e.timeUs), 0);
  const heard = new Set(voters.filter((e) => newest - e.timeUs <= confirm.within * 1e6).map((e) => e.alarm));
  return confirm.of.filter((a) => heard.has(a));
}
