/**
 * Frames from a plant's WebSocket: hello with the layout, then a binary message per scan; events and acks go back as JSON.
 * The detector declares itself, so it owns the ack from the first scan on. The as-built data come from REST beside it.
 */
import { WebSocket } from 'ws';
import {
  type AlarmEvent,
  type AsBuilt,
  asBuiltSchema,
  type ClientMessage,
  createFrame,
  createLayout,
  decodeFrame,
  type Frame,
  type FrameLayout,
  type FrameSource,
  frameByteLength,
  PROTOCOL_VERSION,
  serverMessageSchema,
} from '../../models/contract/index.ts';

export interface WebSocketSourceOptions {
  /** ws://host:port/ws */
  readonly url: string;
  /** How the plant names this detector; default 'detector'. */
  readonly name?: string;
  /** Without it, GET /api/as-built of the same host. */
  readonly asBuilt?: AsBuilt;
  /** Longest wait for connection, hello and as-built data, each [ms]; default 10 000. */
  readonly reply_ms?: number;
}

/** Frames that may wait for a slow detector; beyond it we stop reading, and the plant sees a full socket. */
const WAITING_LIMIT = 256;

export function websocketSource(options: WebSocketSourceOptions): FrameSource {
  return new WebSocketFrames(options);
}

class WebSocketFrames implements FrameSource {
  readonly #options: WebSocketSourceOptions;
  #socket: WebSocket | undefined;
  #layout: FrameLayout | undefined;
  #frame: Frame | undefined;
  #waiting: Buffer[] = [];
  #ended = false;
  #fault: Error | undefined;
  #hello: { resolve(layout: FrameLayout): void; reject(fault: Error): void } | undefined;
  #wake: (() => void) | undefined;

  constructor(options: WebSocketSourceOptions) {
    this.#options = options;
  }

  async open(): Promise<{ layout: FrameLayout; asBuilt?: AsBuilt }> {
    const { url, name = 'detector', reply_ms = 10_000 } = this.#options;
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: reply_ms });
    this.#socket = socket;
    const layout = await new Promise<FrameLayout>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(`the plant at ${url} did not say hello within ${reply_ms} ms`),
        reply_ms,
      );
      this.#hello = {
        resolve(found) {
          clearTimeout(timer);
          resolve(found);
        },
        reject(fault) {
          clearTimeout(timer);
          reject(fault);
        },
      };
      socket.on('error', (error) => this.#fail(`the plant at ${url} cannot be reached: ${reason(error)}`));
      socket.on('close', (code, why) => this.#fail(`the plant at ${url} closed the connection${closing(code, why)}`));
      socket.on('message', (data: Buffer, binary: boolean) => {
        if (binary) this.#scan(data);
        else this.#hear(data.toString());
      });
    }).catch((fault) => {
      socket.terminate();
      throw fault;
    });
    this.#layout = layout;
    this.#frame = createFrame(layout);
    const asBuilt = this.#options.asBuilt ?? (await fetchAsBuilt(url, reply_ms));
    this.#send({ type: 'detector', name: name.slice(0, 64) });
    return { layout, asBuilt };
  }

  async next(): Promise<Frame | undefined> {
    for (;;) {
      const bytes = this.#waiting.shift();
      if (bytes) {
        if (this.#waiting.length < WAITING_LIMIT / 2 && this.#socket?.isPaused) this.#socket.resume();
        const layout = this.#layout!;
        if (bytes.length !== frameByteLength(layout))
          throw new Error(
            `the plant at ${this.#options.url} sent a frame of ${bytes.length} bytes; its layout has ${frameByteLength(layout)}`,
          );
        decodeFrame(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), this.#frame!);
        return this.#frame;
      }
      if (this.#ended) return undefined;
      if (this.#fault) throw this.#fault;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async ack(seq: number, events: readonly AlarmEvent[]): Promise<void> {
    if (this.#fault && !this.#ended) throw this.#fault;
    for (const event of events) this.#send({ type: 'alarm', event });
    this.#send({ type: 'ack', seq });
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#ended = true;
    this.#wake?.();
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.close(1000);
      // A plant that does not answer the goodbye must not hold us.
      setTimeout(() => socket.terminate(), 1000).unref();
    });
  }

  #send(message: ClientMessage): void {
    const socket = this.#socket;
    // At the end of a run the plant may be gone before the last ack; that ack moves nothing.
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  #scan(bytes: Buffer): void {
    this.#waiting.push(bytes);
    if (this.#waiting.length >= WAITING_LIMIT) this.#socket?.pause();
    this.#wakeUp();
  }

  #hear(text: string): void {
    let raw: unknown;
    try {
      raw = JSON.parse(text);
    } catch {
      this.#fail(`the plant at ${this.#options.url} sent text that is not JSON`);
      return;
    }
    const parsed = serverMessageSchema.safeParse(raw);
    if (!parsed.success) {
      this.#fail(`the plant at ${this.#options.url} sent a message that this detector does not know`);
      return;
    }
    const message = parsed.data;
    if (message.type === 'end') this.#ended = true;
    else if (message.type === 'error') this.#fail(`the plant at ${this.#options.url} refused: ${message.because}`);
    else if (message.type === 'operated')
      this.#fail(`the plant at ${this.#options.url} answered an action that was not asked`);
    else if (message.protocol !== PROTOCOL_VERSION)
      this.#fail(
        `the plant at ${this.#options.url} speaks protocol version ${message.protocol}; this detector speaks ${PROTOCOL_VERSION}`,
      );
    else {
      const layout = createLayout(message.layout);
      if (layout.digest === message.layoutDigest) this.#hello?.resolve(layout);
      else this.#fail(`the plant at ${this.#options.url} sent a layout that does not have the digest it names`);
    }
    this.#wakeUp();
  }

  #fail(because: string): void {
    this.#fault ??= new Error(because);
    this.#hello?.reject(this.#fault);
    this.#wakeUp();
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

async function fetchAsBuilt(url: string, limit_ms: number): Promise<AsBuilt> {
  const at = new URL('/api/as-built', url.replace(/^ws/, 'http'));
  const answer = await fetch(at, { signal: AbortSignal.timeout(limit_ms) }).catch((fault) => {
    throw new Error(`the as-built data at ${at} cannot be had: ${reason(fault)}`);
  });
  if (!answer.ok) throw new Error(`the as-built data at ${at} cannot be had: HTTP ${answer.status}`);
  return asBuiltSchema.parse(await answer.json());
}

function reason(fault: unknown): string {
  const error = fault as NodeJS.ErrnoException;
  if (error.code === 'ECONNREFUSED') return 'nothing listens there; is the plant running?';
  return error.message || error.code || String(fault);
}

function closing(code: number, why: Buffer): string {
  const text = why.toString();
  if (text !== '') return `: ${text}`;
  return code === 1006 ? ' without a word' : '';
}
