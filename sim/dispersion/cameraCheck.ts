/** What the schema of cameras cannot see: one inside a wall, one that looks nowhere, a gas that it is blind to, periods that do not fit. */
import type { Located } from '../../models/document/index.ts';
import { secondsToUs, UNITS } from '../../models/kernel/index.ts';
import { GASES } from '../instruments/gas/index.ts';
import { type Checker, type CommonSpec, checkTag } from '../plant/index.ts';
import { checkPlace, type Scene } from '../site/index.ts';
import { tagsOf } from './cameraTags.ts';
import type { InAir } from './spec.ts';

const NEAR_M = 0.01;
const WIDEST_RAD = (170 * Math.PI) / 180;

export function checkCameras(
  doc: Located<CommonSpec & InAir>,
  scene: Scene | undefined,
  checker: Checker,
  seen: Map<string, string>,
): void {
  const { air, time } = doc.value;
  if (!air) return;
  const { bounds } = air;
  air.cameras.forEach((c, i) => {
    const path = ['air', 'cameras', i];
    const say = (key: readonly PropertyKey[], found: string, expected: string, hint?: string) =>
      checker.problems.push(doc.problemAt([...path, ...key], found, expected, hint));
    tagsOf(c).forEach((t, k) => {
      checkTag(doc.value, checker, t, k === 0 ? path : [...path, 'column'], seen);
    });
    const { place, 'look-at': look } = c;
    if (Math.hypot(look.x - place.x, look.y - place.y, look.z - place.z) < NEAR_M)
      say(['look-at'], 'the place where it stands', 'another place than "place"', 'it has no direction to look in');
    if (place.z < 0) say(['place', 'z'], `${place.z} m`, `a height of at least 0 m: ${c.tag} lies under ground`);
    if (place.x < bounds.west || place.x > bounds.east || place.y < bounds.south || place.y > bounds.north)
      say(['place'], `(${place.x}, ${place.y}) m`, `a place within "bounds": ${c.tag} stands outside`);
    const wall =
      scene && checkPlace(scene, doc.problemAt, [...path, 'place'], c.tag, place.x, place.y, Math.max(0, place.z));
    if (wall) checker.problems.push(wall);
    if (c['field-of-view'] > WIDEST_RAD) say(['field-of-view'], 'a wider view', 'at most 170 deg');
    if (secondsToUs(c.period) % secondsToUs(time.step) !== 0)
      say(['period'], `${c.period} s`, `a multiple of the plant's step of ${time.step} s`);
    const gas = c.gas === undefined ? undefined : GASES[c.gas]!;
    if (c.form === 'infrared-camera') {
      if (!gas) say([], 'an infrared camera without gas', 'the gas that its columns are of');
      else if (gas.bonds === 0)
        say(['gas'], `"${gas.id}"`, 'a gas that it sees', `${gas.id} absorbs nothing at 3.3 µm`);
      if (c.column && UNITS[c.column.unit]?.dimension !== 'gas-column')
        say(['column', 'unit'], `"${c.column.unit}"`, 'a unit of gas-column', 'such as ppm*m');
    } else {
      if (gas) say(['gas'], `"${gas.id}"`, 'no gas: visible light does not show it', 'remove it');
      if (c.column) say(['column'], 'a column of gas', 'none of a camera for visible light', 'remove it');
    }
  });
}
