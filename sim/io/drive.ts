/**
 * What the plant's servers need of a running plant. The runner in `scenarios` implements it over a `Sim` and a
 * scenario's commands; the servers never learn what a scenario is.
 */
import type {
  AsBuilt,
  Command,
  Control,
  Frame,
  FrameLayout,
  PlantScene,
  TruthEvent,
} from '../../models/contract/index.ts';
import type { SiteCamera, SitePlume } from '../index.ts';

export interface Drive {
  readonly layout: FrameLayout;
  readonly controls: readonly Control[];
  readonly asBuilt: AsBuilt;
  /** Applies the scenario's due commands, ticks to the next scan and fills `frame`; false: the run is over, no new scan. */
  advance(frame: Frame): boolean;
  /** What the site's cameras show, by their last pictures; absent where a plant has none. */
  readonly cameras?: readonly SiteCamera[];
  /** What the plant looks like; absent: what its as-built data say. */
  readonly scene?: PlantScene;
  /** What is in the air over its site: truth. */
  readonly plume?: SitePlume;
  /** Writes of an operator, an instructor or a Modbus master. One sentence for each that was refused. */
  command(commands: readonly Command[]): string[];
  /** Truth since the last drain; for the truth port and the judge only. */
  drainTruth(): TruthEvent[];
  /** The set point or coil state now, in the control's unit (coils: 0 or 1). */
  controlValue(control: Control): number;
}
