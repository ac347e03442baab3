/** skeleton, being filled in */
import type { AsBuilt, FrameLayout, FrameSource, WordOrder } from '../../models/contract/index.ts';

export interface ModbusSourceOptions {
  readonly host: string;
  readonly port: number;
  readonly layout: FrameLayout;
  readonly asBuilt?: AsBuilt;
  /** gateway (default): one contiguous image at unit 255. stations: each RTU's own unit. */
  readonly via?: 'gateway' | 'stations';
  /** Default ABCD. */
  readonly wordOrder?: WordOrder;
  /** True: acknowledges every scan (lockstep). False: a plain polling master. */
  readonly ack: boolean;
  /** Longest wait for a reply or a connection [ms]; default 10 000. */
  readonly reply_ms?: number;
  /** Wait between two looks at a plant that has not moved [ms]; default 20. */
  readonly poll_ms?: number;
  /** ack false: longest time without a connection before giving up [ms]; default 30 000. */
  readonly giveUp_ms?: number;
}

export function modbusSource(_options: ModbusSourceOptions): FrameSource {
  throw new Error('being built');
}
