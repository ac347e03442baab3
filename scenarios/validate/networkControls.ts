/**
 * Simple controls on tank levels, acted upon as WNTR does. Both programs count whole seconds. EPANET rounds the moment at
 * which a level is reached to the nearest second, WNTR takes the first second at which the level *is* reached (it goes a
 * whole step and comes back by the floor of the overshoot). Each such second moves a tank by one second of its flow, which is
 * the millimetre that a comparison is about: so these controls are taken out of the file and acted upon here.
 */
import type { EpanetNetwork } from '../../models/physics/epanet/index.ts';
import { type InpNetwork, readInp } from '../../models/physics/index.ts';

interface LevelControl {
  readonly link: string;
  readonly open: boolean;
  readonly tank: string;
  readonly above: boolean;
  readonly level_m: number;
  /** At time 0. */
  readonly first_m: number;
  readonly area_m2: number;
}

const LEVEL_CONTROL = /^\s*LINK\s+(\S+)\s+(OPEN|CLOSED)\s+IF\s+NODE\s+(\S+)\s+(ABOVE|BELOW)\s+([\d.eE+-]+)/i;

/** The text without its controls on levels of cylindrical tanks, and these controls. */
export function takeLevelControls(text: string, file: string): { text: string; controls: readonly LevelControl[] } {
  const inp = readInp(text, file);
  if (!inp.ok) return { text, controls: [] };
  const curved = volumeCurves(text);
  const length_m = ['CFS', 'GPM', 'MGD', 'IMGD', 'AFD'].includes(inp.value.units) ? 0.3048 : 1;
  const controls: LevelControl[] = [];
  let inControls = false;
  const lines = text.split(/\r\n|\n|\r/).filter((line) => {
    const header = /^\s*\[(\w+)/.exec(line);
    if (header) inControls = /^CONT/i.test(header[1]);
    const control = inControls ? levelControl(line, inp.value, length_m, curved) : undefined;
    if (control) controls.push(control);
    return !control;
  });
  return { text: lines.join('\n'), controls };
}

function levelControl(line: string, inp: InpNetwork, length_m: number, curved: ReadonlySet<string>) {
  const m = LEVEL_CONTROL.exec(line);
  const tank = inp.tanks.find((t) => t.id === m?.[3]);
  if (!m || !tank || curved.has(tank.id)) return undefined;
  return {
    link: m[1],
    open: /OPEN/i.test(m[2]),
    tank: tank.id,
    above: /ABOVE/i.test(m[4]),
    level_m: Number(m[5]) * length_m,
    first_m: tank.level_m,
    area_m2: tank.area_m2,
  };
}

/** Tanks with a volume curve: their area changes with the level. */
function volumeCurves(text: string): Set<string> {
  const found = new Set<string>();
  let inTanks = false;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const header = /^\s*\[(\w+)/.exec(line);
    if (header) inTanks = /^TANK/i.test(header[1]);
    const words = line.replace(/;.*/, '').trim().split(/\s+/);
    if (inTanks && words.length > 7 && words[7] !== '*') found.add(words[0]);
  }
  return found;
}

/** Acts on the controls that hold at the levels of the coming solve. */
export function actOnLevels(network: EpanetNetwork, controls: readonly LevelControl[]): void {
  const { model, state } = network;
  const [before, now] = state.clock;
  for (const c of controls) {
    const node = model.nodeIndex.get(c.tank) ?? -1;
    const rate = riseRate(network, node, c);
    const level = now === 0 ? c.first_m : state.tankLevel_m[model.tankNode.indexOf(node)] + rate * (now - before);
    const holds = c.above ? level >= c.level_m - ROUNDING_m : level <= c.level_m + ROUNDING_m;
    const link = model.linkIndex.get(c.link);
    if (!holds || link === undefined || (now > 0 && state.linkOpen[link] === (c.open ? 1 : 0))) continue;
    network.setLinkOpen(link, c.open);
  }
}

/** dh/dt of a tank after the last solve [m/s]. */
function riseRate(network: EpanetNetwork, node: number, c: LevelControl): number {
  return -network.state.sourceFlow_m3_s[network.model.sourceNode.indexOf(node)] / c.area_m2;
}

/** WNTR compares levels rounded to ten digits. */
const ROUNDING_m = 5e-11;

/** Seconds until the first level is reached that a control waits for, rounded up; `limit_s` where none is. After a solve. */
export function secondsToLevel(network: EpanetNetwork, controls: readonly LevelControl[], limit_s: number): number {
  const { model, state } = network;
  let seconds = limit_s;
  for (const c of controls) {
    const node = model.nodeIndex.get(c.tank) ?? -1;
    const rate = riseRate(network, node, c);
    const way = c.level_m - state.tankLevel_m[model.tankNode.indexOf(node)];
    if (rate === 0 || c.above !== rate > 0 || way / rate <= 0) continue;
    seconds = Math.min(seconds, Math.max(1, Math.ceil(way / rate - 1e-9)));
  }
  return seconds;
}
