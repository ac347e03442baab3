/**
 * What the schema of the air cannot see: elements that are not there, detectors under ground, beams without an end, gases that
 * an instrument is blind to, steps that do not fit.
 */
import { type Problem, ProblemError } from '../../models/contract/index.ts';
import type { Located } from '../../models/document/index.ts';
import { UNITS } from '../../models/kernel/index.ts';
import { GASES } from '../instruments/gas/index.ts';
import { type CommonSpec, checkTag, createChecker } from '../plant/index.ts';
import { checkBeam, checkPlace, checkSite, compileScene } from '../site/index.ts';
import { checkCameras } from './cameraCheck.ts';
import { commonInstrument, formOf, stepsOf } from './model.ts';
import type { AirSpec, InAir, Point } from './spec.ts';
import { readRecorded, type WeatherSpec } from './weather/index.ts';

type Say = (path: readonly PropertyKey[], found: string, expected: string, hint?: string) => void;

/** Recorded weather that cannot be read; to be known before any physics is made from it. */
export function checkRecorded(doc: Located<InAir>): Problem[] {
  const problems: Problem[] = [];
  const say: Say = (path, found, expected, hint) => problems.push(doc.problemAt([...path], found, expected, hint));
  checkWeather(doc.value.weather, ['weather'], say);
  checkWeather(doc.value.air?.weather, ['air', 'weather'], say);
  return problems;
}

export function checkAir(doc: Located<CommonSpec & InAir>): Problem[] {
  const spec = doc.value;
  const checker = createChecker(doc);
  const say: Say = (path, found, expected, hint) =>
    checker.problems.push(doc.problemAt([...path], found, expected, hint));
  const { air, site } = spec;
  const scene = site && compileScene(site);
  if (site && scene) checker.problems.push(...checkSite(doc, ['site'], site, scene));
  if (!air) return checker.problems;
  if (spec.weather && air.weather)
    say(['air', 'weather'], 'a second weather', 'one', 'this plant has its own under "weather"');
  if (!spec.weather && !air.weather) say(['air'], 'air without weather', 'a weather under "air"');
  if (!stepsOf(spec.time.step, air.step))
    say(
      ['air', 'step'],
      `${air.step} s`,
      `a step that divides the plant's of ${spec.time.step} s, or a multiple of it`,
    );
  const { bounds } = air;
  if (!(bounds.east > bounds.west))
    say(['air', 'bounds', 'east'], `${bounds.east} m`, `more than west, ${bounds.west} m`);
  if (!(bounds.north > bounds.south))
    say(['air', 'bounds', 'north'], `${bounds.north} m`, `more than south, ${bounds.south} m`);
  const known = elementsOf(spec);
  for (const [element, place] of Object.entries(air.places)) {
    const path = ['air', 'places', element];
    checker.need(path, element, known, 'part of this plant');
    standsOnSite(air, place, path, 'the source', say);
    if (place.stretch && !(place.stretch[1] > place.stretch[0]))
      say([...path, 'stretch'], `[${place.stretch.join(', ')}]`, 'a stretch that rises');
    if (place.soil?.vault)
      standsOnSite(air, { ...place.soil.vault, z: 0 }, [...path, 'soil', 'vault'], 'the vault', say);
    if (place.to) standsOnSite(air, place.to, [...path, 'to'], 'the source', say);
  }
  const seen = new Map(spec.instruments.map((t, i) => [t.tag, `instruments[${i}]`]));
  air.instruments.forEach((t, i) => {
    const path = ['air', 'instruments', i];
    const form = formOf(t.form);
    checkTag(spec, checker, commonInstrument(t), path, seen);
    const dimension = UNITS[t.unit]?.dimension;
    if (!dimension || !form.dimensions.includes(dimension))
      say([...path, 'unit'], `"${t.unit}"`, `a unit of ${form.dimensions.join(' or ')}, which ${t.form} shows`);
    if (!form.accepts && t.gas !== undefined) say([...path, 'gas'], `${t.form} for ${t.gas}`, 'no gas', 'remove it');
    else if (form.accepts && t.gas === undefined)
      say(path, `${t.form} without gas`, 'the gas that it is calibrated with');
    else if (form.accepts && t.gas !== undefined) {
      const why = form.accepts(GASES[t.gas]!);
      if (why !== undefined) say([...path, 'gas'], `"${t.gas}"`, `a gas that the form ${t.form} sees`, why);
      else if (form.dimensions.includes(dimension!) && t.unit.includes('LEL') && GASES[t.gas]!.lowerLimit === undefined)
        say([...path, 'unit'], `"${t.unit}" of ${t.gas}`, 'a unit by volume', `${t.gas} does not burn`);
    }
    if (t.patrol !== undefined) {
      const rounds = (site?.patrols ?? []).map((p) => p.id);
      checker.need([...path, 'patrol'], t.patrol, rounds, 'patrol of the site');
      if (form.beam) say([...path, 'patrol'], `a ${t.form} on a patrol`, 'an instrument at a point');
    }
    if ((t.form === 'east' || t.form === 'north') && t.patrol === undefined)
      say([...path, 'form'], `${t.form} of what stands still`, 'it only of a patrol', 'say under "patrol" which');
    if (t.vault !== undefined) {
      const vaults = Object.entries(air.places).flatMap(([id, p]) => (p.soil?.vault ? [id] : []));
      checker.need([...path, 'vault'], t.vault, vaults, 'buried part with a vault');
    }
    if (t.patrol !== undefined || t.vault !== undefined) return;
    standsOnSite(air, t.place, [...path, 'place'], t.tag, say);
    const { place, to } = t;
    if (scene) {
      const wall = checkPlace(scene, doc.problemAt, [...path, 'place'], t.tag, place.x, place.y, Math.max(0, place.z));
      const beam =
        !wall && to
          ? checkBeam(scene, doc.problemAt, [...path, 'to'], [place.x, place.y, place.z], [to.x, to.y, to.z])
          : undefined;
      checker.problems.push(...[wall, beam].filter((p) => p !== undefined));
    }
    if (form.beam && !t.to) say(path, `${t.form} with one end`, 'its other end under "to"');
    if (!form.beam && t.to) say([...path, 'to'], `a second end of ${t.form}`, 'it only of a beam', 'remove it');
    if (form.beam && t.to) {
      standsOnSite(air, t.to, [...path, 'to'], t.tag, say);
      if (Math.hypot(t.to.x - t.place.x, t.to.y - t.place.y, t.to.z - t.place.z) < 1)
        say([...path, 'to'], 'a beam of less than a metre', 'ends that are apart');
    }
  });
  checkCameras(doc, scene, checker, seen);
  return checker.problems;
}

function standsOnSite(
  { bounds }: AirSpec,
  { x, y, z }: Point,
  path: readonly PropertyKey[],
  what: string,
  say: Say,
): void {
  if (z < 0) say([...path, 'z'], `${z} m`, `a height of at least 0 m: ${what} lies under ground`);
  if (x < bounds.west || x > bounds.east)
    say([...path, 'x'], `${x} m`, `between ${bounds.west} and ${bounds.east} m: ${what} lies outside "bounds"`);
  if (y < bounds.south || y > bounds.north)
    say([...path, 'y'], `${y} m`, `between ${bounds.south} and ${bounds.north} m: ${what} lies outside "bounds"`);
  if (z > bounds.top) say([...path, 'z'], `${z} m`, `at most ${bounds.top} m: ${what} lies outside "bounds"`);
}

function checkWeather(weather: WeatherSpec | undefined, path: readonly PropertyKey[], say: Say): void {
  const { recorded } = weather ?? {};
  if (!recorded || recorded.text === '') return;
  try {
    readRecorded(recorded.file, recorded.text);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    for (const p of error.problems)
      say([...path, 'recorded'], `"${recorded.file}", line ${p.line}: ${p.found}`, p.expected, p.hint);
  }
}

/** Every list of named parts that a kind of plant has. */
function elementsOf(spec: object): string[] {
  return Object.values(spec).flatMap((list: unknown) =>
    Array.isArray(list)
      ? list.flatMap((item: unknown) =>
          item !== null && typeof item === 'object' ? [item, ...Object.values(item)].flatMap(nameOf) : [],
        )
      : [],
  );
}

function nameOf(part: unknown): string[] {
  return part !== null && typeof part === 'object' && 'id' in part && typeof part.id === 'string' ? [part.id] : [];
}
