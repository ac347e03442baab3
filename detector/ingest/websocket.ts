/** skeleton, being filled in */
import type { AsBuilt, FrameSource } from '../../models/contract/index.ts';

export interface WebSocketSourceOptions {
  /** ws://host:port/ws */
  readonly url: string;
  /** How the plant names this detector; default 'detector'. */
  readonly name?: string;
  /** Without it, GET /api/as-built of the same host. */
  readonly asBuilt?: AsBuilt;
  /** Longest wait for connection, hello and as-built data [ms]; default 10 000. */
  readonly reply_ms?: number;
}

export function websocketSource(_options: WebSocketSourceOptions): FrameSource {
  throw new Error('being built');
}
