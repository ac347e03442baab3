/**
 * `leaktwin describe [name]`: what there is, or one plant, recipe, scenario or kind in full.
 */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { METHODS, parseRecipe, readRecipe } from '../../../detector/index.ts';
import { FAULT_FORMS, ProblemError, plainProblem, unwrap } from '../../../models/contract/index.ts';
import { findDocument, type LibraryKind, libraryNames, readTextFile } from '../../../models/document/index.ts';
import { nearest } from '../../../models/kernel/index.ts';
import { readPlant } from '../../../sim/index.ts';
import { parseScenario, readScenario, scenarioKeys } from '../../engine/index.ts';
import { CRITERIA } from '../../score/index.ts';
import type { Trade } from '../display.ts';
import type { Io } from '../io.ts';
import { describePlant } from '../plantText.ts';
import { textTable } from '../table.ts';
import type { CommonOptions } from '../verbs.ts';

interface Options extends CommonOptions {
  readonly units?: Trade;
}

type Described = { readonly document: unknown; readonly text: string };
const KINDS = ['plant', 'recipe', 'scenario'] as const;
type Kind = (typeof KINDS)[number];

export function configure(command: Command): void {
  command.addOption(new Option('--units <trade>', "units to show: the plant's own where absent").choices(['si', 'us']));
}

export async function run(args: readonly string[], options: Options, io: Io): Promise<number> {
  const { document, text } = args[0] === undefined ? everything() : one(args[0], options);
  io.json(document);
  io.out(text);
  return 0;
}

function one(name: string, options: Options): Described {
  const plural = name.replace(/s$/, '');
  if ((KINDS as readonly string[]).includes(plural)) return list(plural as Kind);
  if (plural === 'method' || plural === 'kind' || plural === 'criterion' || plural === 'criteria' || plural === 'fault')
    return kinds();
  if (plural === 'key') return keys();
  const method = METHODS[name as keyof typeof METHODS];
  const kind = kindOf(name);
  if (kind === 'plant') return describePlant(plantOf(name), options);
  if (kind === 'recipe') {
    const recipe = unwrap(readRecipe(name));
    const ids = [...new Set(recipe.spec.methods.map((m) => m.method))];
    const table = textTable(
      ['method', 'what it is', 'source'],
      ids.map((id) => [id, METHODS[id].summary, METHODS[id].reference]),
    );
    return { document: { kind, ...recipe }, text: `${written(kind, name)}\n${table}` };
  }
  if (kind === 'scenario') {
    const spec = unwrap(readScenario(name)).value;
    return { document: { kind, spec }, text: written(kind, name) };
  }
  if (method)
    return {
      document: { kind: 'method', name, ...method },
      text: `method ${name}: ${method.summary} (${method.reference})`,
    };
  const known = [
    ...KINDS.flatMap((k) => libraryNames(k)),
    ...Object.keys(METHODS),
    ...KINDS.map((k) => `${k}s`),
    'kinds',
    'keys',
  ];
  const near = nearest(name, known);
  throw new ProblemError([
    plainProblem(
      'describe',
      '',
      `"${name}"`,
      'a plant, recipe, scenario, method or kind',
      near === undefined ? '"leaktwin describe" lists all' : `did you mean "${near}"?`,
    ),
  ]);
}

/** What kind of document a name or a path means; a file says it by its first key. */
function kindOf(name: string): Kind | undefined {
  if (!/[\\/]|\.ya?ml$/.test(name)) return KINDS.find((k) => libraryNames(k).includes(name));
  const { text } = unwrap(readTextFile(resolve(name)));
  return /^(plant|recipe|scenario):/m.exec(text)?.[1] as Kind | undefined;
}

function plantOf(name: string) {
  return unwrap(readPlant(unwrap(findDocument('plant', name)).path));
}

const about: Readonly<Record<Kind, (name: string) => string>> = {
  plant: (name) => plantOf(name).value.about,
  recipe: (name) => {
    const file = unwrap(findDocument('recipe', name));
    return unwrap(parseRecipe(file.file, file.text)).spec.about;
  },
  scenario: (name) => {
    const file = unwrap(findDocument('scenario', name));
    return unwrap(parseScenario(file.file, file.text)).value.about;
  },
};

function list(kind: Kind): Described {
  const items = libraryNames(kind as LibraryKind).map((name) => ({ name, about: about[kind](name) }));
  const table = textTable(
    [kind, 'about'],
    items.map((i) => [i.name, i.about]),
  );
  return { document: { [`${kind}s`]: items }, text: table };
}

/** All that may be written in a scenario. */
function keys(): Described {
  const rows = scenarioKeys();
  return {
    document: { keys: rows },
    text: textTable(
      ['of', 'key', 'what it takes'],
      rows.map((k) => [k.of, k.key, k.about]),
    ),
  };
}

function kinds(): Described {
  const methods = Object.entries(METHODS).map(([name, m]) => ({ name, ...m }));
  const table = textTable(
    ['method', 'what it is', 'source'],
    methods.map((m) => [m.name, m.summary, m.reference]),
  );
  return {
    document: { methods, criteria: CRITERIA, faults: FAULT_FORMS },
    text: `${table}\n\ncriteria: ${CRITERIA.join(', ')}\ninstrument faults: ${FAULT_FORMS.join(', ')}`,
  };
}

function everything(): Described {
  const parts = [...KINDS.map(list), kinds()];
  return {
    document: Object.assign({}, ...parts.map((p) => p.document as object)),
    text: `${parts.map((p) => p.text).join('\n\n')}\n\nleaktwin describe <name> shows one in full; describe keys, all that a scenario may say.`,
  };
}

/** The document as it was written, which says it best; without the line that is for editors. */
function written(kind: Kind, name: string): string {
  return unwrap(findDocument(kind, name)).text.replace(/^# yaml-language-server:.*\n/, '');
}
