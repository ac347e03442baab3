/** The frames' digest rebuilt by a client that shares no line of code with us: pymodbus in another process. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FrameDigest, type WordOrder } from '../../../models/contract/index.ts';
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
});
