/**
 * What cameras show: GET /api/cameras lists them, GET /api/camera/<tag>.png is the newest picture for people and
 * /api/camera/<tag>.f32 its values for programs; the WebSocket /ws/camera/<tag> sends each new picture to those who connect
 * to it, a line of JSON and then the PNG, or with ?as=f32 the values. Pictures are made when somebody looks, from what the
 * plant holds: looking changes nothing.
 */
import { upgradeWebSocket } from '@hono/node-server';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { encode } from 'fast-png';
import type { WebSocket } from 'ws';
import { plainProblem } from '../../models/contract/index.ts';
import type { SiteCamera } from '../index.ts';
import type { Drive } from './drive.ts';
import { originAllowed } from './live.ts';

const VIEWER_LIMIT = 50;
/** A viewer that reads slower than this misses pictures; the newest is what it wants. */
const UNSENT_LIMIT_bytes = 4 * 1024 * 1024;

const cameraSchema = z
  .object({
    tag: z.string(),
    form: z.enum(['infrared-camera', 'visible-camera']),
    width: z.int(),
    height: z.int(),
    taken: z.int().openapi({ description: 'pictures so far' }),
    takenUs: z.int().openapi({ description: 'plant time of the newest' }),
    values: z.string().openapi({ description: 'what the numbers of .f32 are' }),
  })
  .openapi('Camera');
const camerasSchema = z.object({ cameras: z.array(cameraSchema) }).openapi('Cameras');

type Shape = 'png' | 'f32';

interface Viewer {
  readonly socket: WebSocket;
  readonly camera: SiteCamera;
  readonly as: Shape;
  shown: number;
}

export class CameraRoom {
  readonly #cameras: readonly SiteCamera[];
  readonly #viewers = new Set<Viewer>();
  /** The newest picture of each as bytes, made once for all who look. */
  readonly #made = new Map<string, { readonly taken: number; readonly bytes: Uint8Array<ArrayBuffer> }>();

  constructor({ cameras = [] }: Drive) {
    this.#cameras = cameras;
  }

  addTo(app: OpenAPIHono): void {
    app.openapi(
      createRoute({
        method: 'get',
        path: '/api/cameras',
        summary: 'Cameras of the site; pictures at /api/camera/<tag>.png and /ws/camera/<tag>',
        responses: { 200: { content: { 'application/json': { schema: camerasSchema } }, description: 'the cameras' } },
      }),
      (c) => c.json({ cameras: this.#cameras.map(described) }, 200),
    );
    const bytes = z.string().openapi({ format: 'binary' });
    app.openAPIRegistry.registerPath({
      method: 'get',
      path: '/api/camera/{file}',
      summary: 'The newest picture of a camera: <tag>.png for people, <tag>.f32 for programs',
      request: { params: z.object({ file: z.string() }) },
      responses: {
        200: {
          content: { 'image/png': { schema: bytes }, 'application/octet-stream': { schema: bytes } },
          description: 'the picture, or float32 little-endian by pixel from the top left',
        },
        404: { description: 'no such camera' },
      },
    });
    app.get('/api/camera/:file', (c) => {
      const file = c.req.param('file');
      const as = file.endsWith('.png') ? 'png' : file.endsWith('.f32') ? 'f32' : undefined;
      const camera = as && this.#find(file.slice(0, -4));
      if (!as || !camera) return c.json({ problems: [this.#unknown(c.req.path, file)] }, 404);
      return c.body(this.#bytes(camera, as), 200, {
        'content-type': as === 'png' ? 'image/png' : 'application/octet-stream',
        'cache-control': 'no-store',
        'x-plant-time-us': String(camera.takenUs),
        'x-size': `${camera.width}x${camera.height}`,
      });
    });
    app.use('/ws/camera/:tag', async (c, next) => {
      if (!originAllowed(c.req.header('origin'), c.req.header('host'))) return c.text('a page of another host', 403);
      if (!this.#find(c.req.param('tag')))
        return c.json({ problems: [this.#unknown(c.req.path, c.req.param('tag'))] }, 404);
      if (this.#viewers.size >= VIEWER_LIMIT) return c.text(`${VIEWER_LIMIT} viewers are connected already`, 503);
      return next();
    });
    app.get(
      '/ws/camera/:tag',
      upgradeWebSocket((c) => {
        const camera = this.#find(c.req.param('tag') ?? '')!;
        const as: Shape = c.req.query('as') === 'f32' ? 'f32' : 'png';
        return {
          onOpen: (_event, context) => {
            const socket = context.raw as unknown as WebSocket;
            const viewer: Viewer = { socket, camera, as, shown: 0 };
            socket.on('error', () => {});
            socket.on('close', () => this.#viewers.delete(viewer));
            this.#viewers.add(viewer);
            this.#show(viewer);
          },
        };
      }),
    );
  }

  /** After a scan: those who have not seen the newest picture get it. */
  publish(): void {
    for (const viewer of this.#viewers) this.#show(viewer);
  }

  close(): void {
    for (const { socket } of this.#viewers) socket.close(1001, 'the plant closes');
  }

  #show(viewer: Viewer): void {
    const { socket, camera, as } = viewer;
    if (viewer.shown === camera.taken || socket.bufferedAmount > UNSENT_LIMIT_bytes) return;
    viewer.shown = camera.taken;
    socket.send(JSON.stringify({ type: 'picture', as, ...described(camera) }));
    socket.send(this.#bytes(camera, as));
  }

  #find(tag: string): SiteCamera | undefined {
    return this.#cameras.find((c) => c.tag === tag);
  }

  #unknown(path: string, found: string) {
    const known = this.#cameras.map((c) => `${c.tag}.png`).join(', ');
    return plainProblem(path, '', found, known === '' ? 'a plant with cameras' : `one of ${known}, or .f32`);
  }

  #bytes(camera: SiteCamera, as: Shape): Uint8Array<ArrayBuffer> {
    const key = `${camera.tag}.${as}`;
    const made = this.#made.get(key);
    if (made?.taken === camera.taken) return made.bytes;
    const bytes = as === 'png' ? png(camera) : littleEndian(camera.values());
    this.#made.set(key, { taken: camera.taken, bytes });
    return bytes;
  }
}

function described({ tag, form, width, height, taken, takenUs }: SiteCamera) {
  const values = form === 'infrared-camera' ? 'column of gas [ppm*m], 0 where none is seen' : 'brightness, 0 to 255';
  return { tag, form, width, height, taken, takenUs, values };
}

function png(camera: SiteCamera): Uint8Array<ArrayBuffer> {
  const { width, height, rgb } = camera.picture();
  const text = { Title: camera.tag, 'Plant time [us]': String(camera.takenUs) };
  return new Uint8Array(encode({ width, height, data: rgb, channels: 3, text }));
}

/** Float32, little-endian, from the top left row by row. */
function littleEndian(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((v, i) => {
    view.setFloat32(4 * i, v, true);
  });
  return bytes;
}
