/** The frames' digest rebuilt by a client that shares no line of code with us: pymodbus in another process. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type AlarmEvent, FrameDigest, type WordOrder } from '../../../models/contract/index.ts';
import { startPlantServer } from '../../../sim/io/index.ts';
import { LEAK_AND_SPEED, plantDrive } from './plant.ts';

const PYTHON = '/usr/bin/python3';
const SCRIPT = fileURLToPath(new URL('../../clients/read_frames.py', import.meta.url));
const present = spawnSync(PYTHON, ['-c', 'import pymodbus.client']).status === 0;
if (!present) console.log('pymodbus is not installed (Debian: python3-pymodbus); its frames digest is not compared');

function python(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(PYTHON, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.once('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`python ended with ${code}: ${errors}`)),
    );
  });
}

describe.skipIf(!present)('pymodbus in another process', () => {
  it.each([
    ['gateway', 'ABCD'],
    ['stations', 'ABCD'],
    ['gateway', 'CDAB'],
    ['stations', 'DCBA'],
  ] as const)(
    'rebuilds the frames digest from the registers (%s, %s)',
    async (via, wordOrder: WordOrder) => {
      const folder = mkdtempSync(join(tmpdir(), 'leaktwin-pymodbus-'));
      const drive = plantDrive(LEAK_AND_SPEED);
      const published = new FrameDigest(drive.layout);
      const server = await startPlantServer(drive, {
        pace: { kind: 'lockstep' },
        wordOrder,
        onFrame: (frame) => published.add(frame),
      });
      try {
        const layout = await (await fetch(`${server.http!.url}/api/layout`)).text();
        const path = join(folder, 'layout.json');
        writeFileSync(path, layout);
        server.begin();
        const { host, port } = server.modbus!;
        const said = JSON.parse(await python([SCRIPT, path, host, String(port), via, wordOrder]));
        expect(said).toEqual({
          frames: LEAK_AND_SPEED.scans,
          digest: published.hex(),
          last_us: LEAK_AND_SPEED.scans * drive.layout.scanUs,
        });
        expect((await server.finished).reason).toBe('complete');
      } finally {
        await server.close();
        rmSync(folder, { recursive: true });
      }
    },
    60_000,
  );

  it('the detector of docs/protocol.md runs as it is printed, and finds a leak', async () => {
    const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
    const folder = mkdtempSync(join(tmpdir(), 'leaktwin-pymodbus-'));
    const script = join(folder, 'detector.py');
    writeFileSync(script, /```python\n([\s\S]*?)```/.exec(page)![1]!.replace('"slave"', unitKeyword()));
    const taken: AlarmEvent[] = [];
    const due = { 80: [{ kind: 'leak.open', leak: 'leak-1', area_m2: 1e-3, growth_s: 0 } as const] };
    const server = await startPlantServer(plantDrive({ scans: 300, due }), {
      pace: { kind: 'lockstep' },
      onAlarm: (event) => taken.push(event),
    });
    try {
      server.begin();
      const { host, port } = server.modbus!;
      expect(await python([script, server.http!.url, host, String(port)])).toBe('300 scans, alarm\n');
      expect(taken).toHaveLength(1);
      expect(taken[0]).toMatchObject({ alarm: 'EXT-1', to: 'unacknowledged', priority: 1 });
      console.log(`leak at scan 80, alarm at scan ${taken[0]!.frameSeq}, score ${taken[0]!.score.toFixed(3)}`);
      expect(taken[0]!.frameSeq).toBeGreaterThan(80);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});

/** What the installed pymodbus calls the unit id, in quotes. */
function unitKeyword(): string {
  const ask =
    'import inspect; from pymodbus.client import ModbusTcpClient as C; p = inspect.signature(C.read_input_registers).parameters; print("device_id" if "device_id" in p else "slave")';
  return JSON.stringify(spawnSync(PYTHON, ['-c', ask], { encoding: 'utf8' }).stdout.trim());
}
