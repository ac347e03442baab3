/** Ports of the live twin: the usual ones where they are free, so that a second twin on one machine just works. */
import { createServer } from 'node:net';

export const USUAL_PORTS = { modbus: 5020, http: 8080 } as const;

/** `usual` where nobody has it, else 0: any free one. */
export function usualPort(host: string, usual: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(usual, host, () => probe.close(() => resolve(usual)));
  });
}
