/** Pictures over the wire: the list, PNG and float32, subscribers, and what is not there. */
import { decode } from 'fast-png';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { SiteCamera } from '../../../sim/index.ts';
import { type PlantServer, startPlantServer } from '../../../sim/io/index.ts';
import { plantDrive } from './plant.ts';

let server: PlantServer;
afterEach(() => server?.close());

/** A camera that takes a picture every second scan; its pixels hold its number. */
async function start(scans = 6) {
  const drive = plantDrive({ scans });
  let scan = 0;
  const camera: SiteCamera = {
    tag: 'CA-1',
    form: 'infrared-camera',
    width: 8,
    height: 8,
    get taken() {
      return 1 + Math.floor(scan / 2);
    },
    get takenUs() {
      return 2 * Math.floor(scan / 2) * 1e6;
    },
    picture: () => ({ width: 4, height: 2, rgb: new Uint8Array(24).fill(camera.taken) }),
    values: () => new Float32Array(64).fill(camera.taken),
  };
  server = await startPlantServer(
    {
      ...drive,
      cameras: [camera],
      advance(frame) {
        scan += 1;
        return drive.advance(frame);
      },
    },
    { pace: { kind: 'free' }, modbusPort: false },
  );
  return camera;
}
const api = (path: string) => fetch(`${server.http!.url}${path}`);

describe('cameras over REST', () => {
  it('are listed, and their newest pictures are PNG and float32', async () => {
    await start();
    const { cameras } = (await (await api('/api/cameras')).json()) as { cameras: object[] };
    expect(cameras).toMatchObject([{ tag: 'CA-1', form: 'infrared-camera', width: 8, height: 8, taken: 1 }]);
    const png = await api('/api/camera/CA-1.png');
    expect(png.headers.get('content-type')).toBe('image/png');
    const picture = decode(new Uint8Array(await png.arrayBuffer()));
    expect([picture.width, picture.height, picture.data[0]]).toEqual([4, 2, 1]);
    const raw = await api('/api/camera/CA-1.f32');
    const view = new DataView(await raw.arrayBuffer());
    expect([view.byteLength, view.getFloat32(0, true)]).toEqual([256, 1]);
    expect(raw.headers.get('x-size')).toBe('8x8');
  });

  it('that are not there are refused with what there is', async () => {
    await start();
    const answer = await api('/api/camera/CA-9.png');
    expect(answer.status).toBe(404);
    expect(JSON.stringify(await answer.json())).toContain('CA-1.png');
    expect((await api('/api/camera/CA-1.gif')).status).toBe(404);
  });
});

describe('cameras on the WebSocket', () => {
  it('send each new picture once to those who connect to them', async () => {
    await start();
    const socket = new WebSocket(`${server.http!.url.replace('http', 'ws')}/ws/camera/CA-1?as=f32`);
    const heard: (number | string)[] = [];
    socket.on('message', (data: Buffer, binary: boolean) => {
      heard.push(binary ? data.readFloatLE(0) : (JSON.parse(data.toString()) as { type: string }).type);
    });
    await new Promise((resolve) => socket.once('message', resolve));
    server.begin();
    await server.finished;
    await expect.poll(() => heard.length).toBe(8);
    expect(heard).toEqual(['picture', 1, 'picture', 2, 'picture', 3, 'picture', 4]);
    socket.close();
  });
});
