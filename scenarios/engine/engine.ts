/**
 * Plays a resolved scenario on a plant: every command is given before the tick in which it is due, `when` looks at what
 * was published (what a control room sees, never the truth), `after` counts from the instant of what it follows.
 *
 * The size of a leak given as a rate is Q = Cd A √(2 g h) solved for A, h the pressure head over its place at the start.
 */
import {
  type AsBuilt,
  type Command,
  type Control,
  type Frame,
  type FrameLayout,
  type PlantScene,
  type TruthEvent,
  UNUSABLE,
} from '../../models/contract/index.ts';
import { formatTime, toUnit } from '../../models/kernel/index.ts';
import {
  createSim,
  type InAirPhysics,
  type PlantSpec,
  plantScene,
  type Sim,
  type SiteCamera,
  type SitePlume,
  sitePlume,
} from '../../sim/index.ts';
import type { Action, LeakSize, ResolvedScenario, TimelineEvent, Trigger } from './resolve.ts';

export interface EngineOptions {
  /** As-built data equal the simulator's own. */
  readonly exact?: boolean;
  /** The twin: the same run, in which no leak ever opens, or all but the one named. */
  readonly twin?: boolean | { readonly without: string };
  /** Instruments without noise. */
  readonly noiseless?: boolean;
}

interface Due {
  readonly atUs: number;
  readonly order: number;
  readonly commands: readonly Command[];
  readonly event?: TimelineEvent;
  readonly move?: Extract<Action, { kind: 'move' }>;
}

interface Watch {
  readonly event: TimelineEvent;
  readonly trigger: Extract<Trigger, { kind: 'when' }>;
  readonly tag: number;
  readonly column: number;
  sinceUs: number;
}

const RAMP_US = 1_000_000;

export class ScenarioEngine {
  readonly sim: Sim;
  readonly layout: FrameLayout;
  readonly controls: readonly Control[];
  readonly asBuilt: AsBuilt;
  readonly durationUs: number;
  /** Sentences about commands of the scenario that the plant refused: such a run is invalid. */
  readonly refusals: string[] = [];
  /** Areas that leaks given as a rate came to [m2]. */
  readonly leakArea_m2: ReadonlyMap<string, number>;
  private readonly plant: PlantSpec;
  private readonly twin: boolean | { readonly without: string };
  private readonly tickUs: number;
  /** By time, then by the order in which they became known. */
  private readonly queue: Due[] = [];
  private readonly watches: Watch[] = [];
  private readonly followers = new Map<string, TimelineEvent[]>();
  private readonly faultTargets = new Map<string, string>();
  /** Truth that no plant knows of. */
  private readonly notes: TruthEvent[] = [];
  private order = 0;

  constructor(scenario: ResolvedScenario, plant: PlantSpec, options: EngineOptions = {}) {
    const { exact, twin = false, noiseless } = options;
    this.sim = createSim(plant, {
      seed: scenario.seed,
      leaks: scenario.leaks,
      ...(scenario.emitters === undefined ? {} : { emitters: scenario.emitters }),
      ...(scenario.tick_s === undefined ? {} : { tick_s: scenario.tick_s }),
      ...(exact === undefined ? {} : { exact }),
      ...(noiseless === undefined ? {} : { noiseless }),
    });
    const { model } = this.sim;
    this.plant = plant;
    this.layout = this.sim.layout;
    this.controls = model.controls;
    this.asBuilt = model.asBuilt;
    this.durationUs = scenario.durationUs;
    this.tickUs = model.tickUs;
    this.twin = twin;
    const areas = new Map<string, number>();
    for (const event of scenario.timeline) {
      for (const a of event.actions) {
        if (a.kind === 'leak') areas.set(a.leak, this.areaOf(a.leak, a.size));
        if (a.kind === 'fault') this.faultTargets.set(a.fault, a.target);
      }
      const t = event.trigger;
      if (t.kind === 'at') this.schedule({ atUs: t.atUs, commands: [], event });
      else if (t.kind === 'after') this.followers.set(t.of, [...(this.followers.get(t.of) ?? []), event]);
      else {
        const tag = this.layout.tags.findIndex((x) => x.id === t.tag);
        const column = this.layout.column[tag]! + this.layout.tags[tag]!.width - 1;
        this.watches.push({ event, trigger: t, tag, column, sinceUs: -1 });
      }
    }
    this.leakArea_m2 = areas;
  }

  get timeUs(): number {
    return this.sim.timeUs;
  }

  /** Of the site; none where it has none. */
  get cameras(): readonly SiteCamera[] {
    return (this.sim.physics as InAirPhysics).cameras?.all ?? [];
  }

  /** What the plant looks like. */
  get scene(): PlantScene {
    const { layout, asBuilt, controls, plant } = this;
    return plantScene({ layout, asBuilt, controls, spec: plant });
  }

  /** What is in the air over the site; none where it has no air. */
  get plume(): SitePlume | undefined {
    const { air, weather } = this.sim.physics as InAirPhysics & Sim['physics'];
    return air && weather ? sitePlume(air, weather) : undefined;
  }

  /** Moves to the next scan and puts it into `frame`; false where the scenario is over and `frame` was left alone. */
  advance(frame: Frame): boolean {
    const { sim } = this;
    if (sim.timeUs >= this.durationUs) return false;
    do {
      // The queue is short and sorted; most ticks look at its head and go on.
      while (this.queue.length > 0 && this.queue[0]!.atUs < sim.timeUs + this.tickUs) this.fire(this.queue.shift()!);
    } while (!sim.step(frame));
    if (this.watches.length > 0) this.watch(frame);
    return true;
  }

  /** Commands from outside: an operator, an instructor, a Modbus write. What is refused is said, and nobody's fault here. */
  command(commands: readonly Command[]): string[] {
    return this.sim.apply(commands);
  }

  drainTruth(): TruthEvent[] {
    const own = this.notes.splice(0);
    const plants = this.sim.drainTruth();
    return own.length === 0 ? plants : [...own, ...plants].sort((a, b) => a.timeUs - b.timeUs);
  }

  /** What a control stands at now, in its unit on the wire; 0 or 1 for coils. */
  controlValue(control: Control): number {
    const value = this.sim.controlValue(control);
    if (control.property === 'speed' || control.property === 'opening') return value * 100;
    return control.unit === '' ? value : toUnit(value, control.unit);
  }

  /** Lets go of what the plant holds outside of JavaScript's memory. It can still be looked at, not moved. */
  close(): void {
    this.sim.close();
  }

  /** Why this run cannot be judged; empty where it can. */
  violations(): string[] {
    return [...this.refusals, ...this.sim.violations()];
  }

  private areaOf(leak: string, size: LeakSize): number {
    if (size.kind === 'area') return size.area_m2;
    const area_m2 = this.sim.physics.leakArea_m2(leak, size.massRate_kg_s);
    if (typeof area_m2 === 'number') return area_m2;
    this.refusals.push(`leak "${leak}" has no rate: ${area_m2} at the start`);
    return Number.MIN_VALUE;
  }

  private schedule(due: Omit<Due, 'order'>): void {
    this.order += 1;
    const entry = { ...due, order: this.order };
    let at = this.queue.length;
    while (at > 0 && this.queue[at - 1]!.atUs > entry.atUs) at -= 1;
    this.queue.splice(at, 0, entry);
  }

  private fire(due: Due): void {
    this.give(due.commands);
    const { event } = due;
    if (!event) return;
    for (const action of event.actions) this.act(action, due.atUs);
    for (const follower of this.followers.get(event.name) ?? []) {
      const t = follower.trigger as Extract<Trigger, { kind: 'after' }>;
      this.schedule({ atUs: due.atUs + t.byUs, commands: [], event: follower });
    }
  }

  private give(commands: readonly Command[]): void {
    if (commands.length === 0) return;
    for (const why of this.sim.apply(commands)) this.refusals.push(`at ${formatTime(this.sim.timeUs)}: ${why}`);
  }

  private act(action: Action, atUs: number): void {
    switch (action.kind) {
      case 'leak': {
        if (this.never(action.leak)) return;
        const area_m2 = this.leakArea_m2.get(action.leak)!;
        const { leak, growth_s, pulse } = action;
        this.give([{ kind: 'leak.open', leak, area_m2, growth_s, ...(pulse === undefined ? {} : { pulse }) }]);
        if (action.closeAfterUs !== undefined)
          this.schedule({ atUs: atUs + action.closeAfterUs, commands: [{ kind: 'leak.close', leak: action.leak }] });
        return;
      }
      case 'close':
        if (!this.never(action.leak)) this.give([{ kind: 'leak.close', leak: action.leak }]);
        return;
      case 'pump':
        this.give([{ kind: 'pump', element: action.element, action: action.action }]);
        return;
      case 'move':
        this.move(action, atUs);
        return;
      case 'fault': {
        const { fault, target, form, size, every_s, lastsUs } = action;
        this.give([
          {
            kind: 'fault',
            fault,
            target,
            form,
            ...(size === undefined ? {} : { size }),
            ...(every_s === undefined ? {} : { every_s }),
          },
        ]);
        if (lastsUs !== undefined)
          this.schedule({ atUs: atUs + lastsUs, commands: [{ kind: 'fault.clear', fault, target }] });
        return;
      }
      case 'emission': {
        if (action.isLeak && this.never(action.emission)) return;
        const { emission, massRate_kg_s, lastsUs } = action;
        this.give([{ kind: 'emission', emission, massRate_kg_s }]);
        if (lastsUs !== undefined)
          this.schedule({ atUs: atUs + lastsUs, commands: [{ kind: 'emission', emission, massRate_kg_s: 0 }] });
        return;
      }
      case 'patrol': {
        const { patrol, lastsUs } = action;
        this.give([{ kind: 'patrol', patrol, running: true }]);
        if (lastsUs !== undefined)
          this.schedule({ atUs: atUs + lastsUs, commands: [{ kind: 'patrol', patrol, running: false }] });
        return;
      }
      case 'note':
        this.notes.push({ kind: 'disturbance', timeUs: this.sim.timeUs, ref: action.ref, what: action.what });
        return;
      case 'weather':
      case 'demand':
        this.give([action]);
        return;
      case 'clear':
        this.give([{ kind: 'fault.clear', fault: action.fault, target: this.faultTargets.get(action.fault)! }]);
    }
  }

  private never(leak: string): boolean {
    return typeof this.twin === 'object' ? this.twin.without === leak : this.twin;
  }

  /** At once, or in even steps a second apart, as an operator's ramp is. */
  private move(action: Extract<Action, { kind: 'move' }>, atUs: number): void {
    const { element, property } = action;
    const from = this.sim.controlValue({ element, property });
    const to = action.how === 'to' ? action.value : from + action.value;
    const steps = Math.max(1, Math.round(action.overUs / RAMP_US));
    for (let i = 1; i <= steps; i += 1) {
      const commands: Command[] = [{ kind: 'set', element, property, value: from + ((to - from) * i) / steps }];
      if (steps === 1 && action.overUs === 0) this.give(commands);
      else this.schedule({ atUs: atUs + Math.round((action.overUs * i) / steps), commands });
    }
  }

  private watch(frame: Frame): void {
    for (let i = 0; i < this.watches.length; i += 1) {
      const w = this.watches[i]!;
      // A value that may not be used neither starts nor stops the wait: a control room would look at the last good one.
      if ((frame.quality[w.tag]! & UNUSABLE) !== 0) continue;
      const v = frame.value[w.column]!;
      const holds = w.trigger.sense === 'below' ? v < w.trigger.limit : v > w.trigger.limit;
      if (!holds) w.sinceUs = -1;
      else if (w.sinceUs < 0) w.sinceUs = frame.timeUs;
      if (!holds || frame.timeUs - w.sinceUs < w.trigger.forUs) continue;
      this.schedule({ atUs: frame.timeUs, commands: [], event: w.event });
      this.watches.splice(i, 1);
      i -= 1;
    }
  }
}
