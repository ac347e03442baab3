/**
 * The house rules as data and as functions over source text: who may import whom, which calls have an owner, how long a
 * file may grow. Kept apart from the test so that the test can also prove that each rule bites.
 */
import { posix } from 'node:path';
import ts from 'typescript';

interface Room {
  /** A folder; the longest one that a path starts with is its room. */
  readonly folder: string;
  /** Folders or files that it may import from, itself always included. */
  readonly may: readonly string[];
  readonly because: string;
  /** Runs in a browser too: no `node:` import outside the files named here. */
  readonly nodeOnlyIn?: readonly string[];
}

const STAGE = 'a stage builds on the stages before it, and detector/pipeline.ts puts them together';
const PHENOMENON = 'a phenomenon knows the plant and the solvers; sim/step.ts alone knows the order of a tick';
const MEETING = 'scenarios is where plant and detector meet, and the judge is handed logs';

export const ROOMS: readonly Room[] = [
  { folder: 'models/kernel', may: [], because: 'the kernel is the ground floor', nodeOnlyIn: [] },
  {
    folder: 'models/physics',
    may: ['models/kernel'],
    because: 'solvers work on arrays handed in: no plant, no instruments, no truth',
    nodeOnlyIn: [],
  },
  {
    folder: 'models/contract',
    may: ['models/kernel'],
    because: 'the contract stands on the kernel alone',
    nodeOnlyIn: [],
  },
  {
    folder: 'models/document',
    may: ['models/kernel', 'models/contract'],
    because: 'reading documents knows problems and units, and no kind of document',
    nodeOnlyIn: ['models/document/file.ts', 'models/document/index.ts'],
  },
  {
    folder: 'models/recording',
    may: ['models/kernel', 'models/contract', 'models/document'],
    because: 'a recording holds what the contract describes, and its CSV mapping is a document',
  },
  {
    folder: 'models/bus',
    may: ['models/kernel', 'models/contract'],
    because: 'a bus carries what the contract describes, and is the same to who speaks and who listens',
  },
  { folder: 'models', may: [], because: 'code of models lives in one of its rooms' },
  { folder: 'sim/plant', may: ['models'], because: 'the compiled plant stands on models alone' },
  { folder: 'sim/liquid', may: ['models', 'sim/plant'], because: PHENOMENON },
  { folder: 'sim/gas', may: ['models', 'sim/plant'], because: PHENOMENON },
  { folder: 'sim/tanks', may: ['models', 'sim/plant', 'sim/dispersion/weather'], because: PHENOMENON },
  { folder: 'sim/water', may: ['models', 'sim/plant'], because: PHENOMENON },
  { folder: 'sim/store', may: ['models', 'sim/plant'], because: PHENOMENON },
  {
    folder: 'sim/dispersion/weather',
    // Behind the recordings' door stands a database, which a plant does not need.
    may: ['models', 'models/recording/csvRows.ts', 'models/recording/csvTime.ts', 'sim/plant'],
    because: 'whoever stands outside has weather, whatever else is there',
  },
  {
    folder: 'sim/dispersion',
    may: ['models', 'sim/plant', 'sim/site', 'sim/instruments/gas', 'sim/dispersion/weather'],
    because: 'the air joins sources, site and the instruments that smell it; it knows no kind of plant',
  },
  { folder: 'sim/site', may: ['models', 'sim/plant'], because: PHENOMENON },
  {
    folder: 'sim/instruments/gas',
    may: ['models', 'sim/plant'],
    because: 'a form turns what the air does to it into a reading, and knows no site',
  },
  {
    folder: 'sim/control',
    may: ['models', 'sim/plant'],
    because: 'control sees what the instruments publish and acts by commands, whatever the kind of plant',
  },
  { folder: 'sim/instruments', may: ['models', 'sim/plant'], because: PHENOMENON },
  {
    folder: 'sim/picture',
    may: ['models', 'sim/kinds.ts', 'sim/plant', 'sim/site', 'sim/dispersion'],
    because: 'a picture is drawn from a spec and its as-built data, not from what moves',
  },
  {
    folder: 'sim/io',
    may: ['models', 'sim/index.ts'],
    because: "the plant's sockets see the plant through its facade only",
  },
  {
    folder: 'sim',
    may: [
      'models',
      'sim/plant',
      'sim/liquid',
      'sim/gas',
      'sim/tanks',
      'sim/water',
      'sim/store',
      'sim/dispersion',
      'sim/site',
      'sim/instruments',
      'sim/control',
      'sim/picture',
    ],
    because: 'the plant knows neither its sockets nor a detector',
  },
  { folder: 'detector/ingest', may: ['models'], because: 'ingest turns any transport into frames and knows no plant' },
  { folder: 'detector/preprocess', may: ['models'], because: STAGE },
  { folder: 'detector/features', may: ['models', 'detector/preprocess'], because: STAGE },
  {
    folder: 'detector/methods',
    // The recipe says which settings a method has; it knows no method.
    may: ['models', 'detector/preprocess', 'detector/features', 'detector/recipe.ts'],
    because: STAGE,
  },
  { folder: 'detector/alarms', may: ['models'], because: STAGE },
  { folder: 'detector/response', may: ['models'], because: STAGE },
  {
    folder: 'detector/training',
    may: ['models', 'detector/preprocess', 'detector/features', 'detector/methods', 'detector/alarms'],
    because: 'training reads files and drives the stages',
  },
  { folder: 'detector/historian', may: ['models'], because: 'the historian stores what crosses the contract' },
  { folder: 'detector', may: ['models', 'detector'], because: 'a detector can never reach the plant or the truth' },
  { folder: 'scenarios/score', may: ['models'], because: 'the judge scores logs, not runs' },
  { folder: 'scenarios/validate', may: ['models'], because: 'validation measures the solvers, not the plant' },
  {
    folder: 'scenarios/import',
    may: ['models', 'sim/index.ts'],
    because: 'an import writes a plant and checks that it compiles',
  },
  { folder: 'scenarios/cli', may: ['models', 'sim', 'detector', 'scenarios'], because: MEETING },
  {
    folder: 'scenarios/engine',
    may: ['models', 'sim', 'detector', 'scenarios/score'],
    because: MEETING,
  },
  {
    folder: 'scenarios/run',
    may: ['models', 'sim', 'detector', 'scenarios/score', 'scenarios/engine'],
    because: MEETING,
  },
  {
    folder: 'scenarios/fuzz',
    may: ['models', 'sim', 'detector', 'scenarios/score', 'scenarios/engine', 'scenarios/run'],
    because: MEETING,
  },
  {
    folder: 'scenarios/serve',
    may: ['models', 'sim', 'detector', 'scenarios/score', 'scenarios/engine', 'scenarios/run'],
    because: MEETING,
  },
  { folder: 'scenarios', may: [], because: 'code of scenarios lives in one of its rooms' },
  { folder: 'twin-ui', may: ['models'], because: 'the window shows what crosses the contract', nodeOnlyIn: [] },
  { folder: 'bench', may: ['models', 'sim', 'detector', 'scenarios', 'test'], because: '' },
  { folder: 'test', may: ['models', 'sim', 'detector', 'scenarios', 'bench', 'twin-ui'], because: '' },
];

/** Rooms that may reach behind a door, because they measure or test what lies there. */
const BEHIND_DOORS = ['test', 'bench'];

const CLOCK = ['Date.now', 'performance.now', 'new Date', 'process.hrtime'];
const TIMER = ['setTimeout', 'setInterval', 'setImmediate'];
const DICE = ['Math.random', 'randomUUID', 'randomBytes', 'getRandomValues'];
const ENVIRONMENT = ['process.env'];
const CONSOLE = ['console'];
const INSTEAD: Readonly<Record<string, string>> = {
  clock: 'plant time (TimeUs) or an owner of the wall clock',
  timer: 'an owner of timers, handed in as an argument',
  dice: 'seeded(seed).stream(name), which is a function of (seed, name, index)',
  environment: 'an option or an argument',
  console: 'the Io that a verb is given',
};
const KINDS = { clock: CLOCK, timer: TIMER, dice: DICE, environment: ENVIRONMENT, console: CONSOLE };
type Kind = keyof typeof KINDS;

/** The few files that own what is banned elsewhere. `/` at the end: everything in the folder. */
export const OWNERS: readonly { readonly path: string; readonly owns: readonly Kind[]; readonly because: string }[] = [
  { path: 'scenarios/cli/main.ts', owns: ['environment'], because: 'the entry binds the command line to the process' },
  {
    path: 'scenarios/cli/progress.ts',
    owns: ['clock', 'timer'],
    because: 'a bar shows wall time left; no result sees it',
  },
  { path: 'scenarios/cli/verbs/doctor.ts', owns: ['environment'], because: 'it looks for programs on the PATH' },
  { path: 'scenarios/run/wallclock.ts', owns: ['clock', 'timer'], because: 'paces and limits of a run are wall time' },
  {
    path: 'scenarios/serve/',
    owns: ['clock', 'timer', 'dice'],
    because: 'a live twin runs by the wall clock; its token is a secret',
  },
  {
    path: 'sim/io/',
    owns: ['clock', 'timer', 'dice'],
    because: 'sockets time out and idle by the wall clock; the truth token is a secret',
  },
  {
    path: 'detector/historian/thread.ts',
    owns: ['timer'],
    because: 'what comes close together is made durable together',
  },
  { path: 'detector/ingest/', owns: ['timer', 'clock'], because: 'a transport waits and gives up by the wall clock' },
  { path: 'scenarios/run/external.ts', owns: ['environment'], because: 'a foreign detector inherits the environment' },
  { path: 'scenarios/serve/ci.ts', owns: ['environment'], because: 'a run in CI ends by itself' },
  {
    path: 'bench/',
    owns: ['clock', 'timer', 'environment', 'console'],
    because: 'a bench measures wall time and prints',
  },
  { path: 'twin-ui/', owns: ['clock', 'timer', 'console'], because: 'a window is drawn by the wall clock' },
  {
    path: 'test/',
    owns: ['clock', 'timer', 'environment', 'console'],
    because: 'tests wait for sockets and print what they measured',
  },
];

const LONGEST_LINES = 500;
const UNFINISHED = new RegExp(`\\b(${['TO', 'FIX'].map((a, i) => a + ['DO', 'ME'][i]).join('|')})\\b`);

/** All breaches of the house rules in the files given (path from the repository's root to text), as sentences. */
export function breaches(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  const doorless = new Map<string, string>();
  for (const [path, text] of files) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
    const at = (position: number) => `${path}:${source.getLineAndCharacterOfPosition(position).line + 1}`;
    for (const { fileName, pos } of ts.preProcessFile(text, true, true).importedFiles)
      found.push(...importBreaches(path, fileName, at(pos), files, doorless));
    found.push(...bannedUses(path, source, at));
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > LONGEST_LINES)
      found.push(`${path}:${lines}: the file has ${lines} lines; at most ${LONGEST_LINES}, because a file is one room`);
    text.split('\n').forEach((line, i) => {
      const word = UNFINISHED.exec(line)?.[0];
      if (word) found.push(`${path}:${i + 1}: ${word} is banned, because what is unfinished belongs to the tracker`);
    });
  }
  return [...found, ...doorless.values()];
}

function importBreaches(
  path: string,
  target: string,
  place: string,
  files: ReadonlyMap<string, string>,
  doorless: Map<string, string>,
): string[] {
  const room = roomOf(path);
  if (!room) return [`${place}: ${path} lies in no room that the house rules know`];
  if (target.startsWith('node:')) {
    if (room.nodeOnlyIn && !room.nodeOnlyIn.includes(path))
      return [`${place}: ${room.folder} may not import ${target}, because it must run in a browser too`];
    return [];
  }
  if (!target.startsWith('.')) return [];
  const to = posix.normalize(posix.join(posix.dirname(path), target));
  const toRoom = roomOf(to);
  // The manifest and data outside of all rooms may be read by anyone.
  if (!toRoom || toRoom === room) return [];
  // A folder opens all rooms inside it, except its own root room, which opens only files that lie directly in it.
  const allowed = room.may.some((m) => to === m || to.startsWith(`${m}/`));
  if (!allowed) return [`${place}: ${room.folder} may not import ${to}, because ${room.because}`];
  // A single file that a room is named to enter is a door of its own.
  if (BEHIND_DOORS.includes(room.folder) || room.may.includes(to) || !to.endsWith('.ts')) return [];
  const door = nearestDoor(to, toRoom.folder, files);
  if (door === undefined) {
    const folder = posix.dirname(to);
    doorless.set(folder, `${folder}: has no index.ts, but ${place} imports ${to}: a room that others enter has a door`);
  } else if (door !== to) {
    return [`${place}: imports ${to} past its door ${door}, because a door says what others may touch`];
  }
  return [];
}

/** The index.ts beside the file, or above it inside its room. */
function nearestDoor(path: string, room: string, files: ReadonlyMap<string, string>): string | undefined {
  for (
    let folder = posix.dirname(path);
    folder === room || folder.startsWith(`${room}/`);
    folder = posix.dirname(folder)
  ) {
    const door = `${folder}/index.ts`;
    if (files.has(door)) return door;
  }
  return undefined;
}

export function roomOf(path: string): Room | undefined {
  let best: Room | undefined;
  for (const room of ROOMS) {
    if (path.startsWith(`${room.folder}/`) && room.folder.length > (best?.folder.length ?? 0)) best = room;
  }
  return best;
}

function bannedUses(path: string, source: ts.SourceFile, at: (position: number) => string): string[] {
  const owned = new Set(
    OWNERS.filter((o) => (o.path.endsWith('/') ? path.startsWith(o.path) : path === o.path)).flatMap((o) => o.owns),
  );
  const found: string[] = [];
  const report = (name: string, node: ts.Node) => {
    for (const kind of Object.keys(KINDS) as Kind[]) {
      if (KINDS[kind].includes(name) && !owned.has(kind))
        found.push(`${at(node.getStart(source))}: ${name} is banned, use ${INSTEAD[kind]}`);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const object = node.expression;
      // globalThis.setTimeout is setTimeout.
      const plain = ts.isIdentifier(object) && object.text !== 'globalThis' && object.text !== 'window';
      report(plain ? `${object.text}.${node.name.text}` : node.name.text, node);
      if (plain && ['crypto', 'console'].includes(object.text))
        report(object.text === 'console' ? 'console' : node.name.text, node);
      if (!ts.isIdentifier(object)) visit(object);
      return;
    }
    if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) report(`new ${node.expression.text}`, node);
    if (ts.isTypeNode(node)) return;
    if (ts.isIdentifier(node) && !ts.isPropertyAssignment(node.parent)) report(node.text, node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
