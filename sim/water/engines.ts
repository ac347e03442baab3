/**
 * A stock of fresh EPANET engines. Loading one waits for WebAssembly and opening a network must not, because plants are
 * built at once; so whoever is going to build one has the stock filled before. An engine holds one network and is not used
 * again: its memory is part of every snapshot.
 */
import { type EngineModule, loadEngine } from '../../models/physics/epanet/index.ts';

/** A network takes one, a network that EPANET rejects two. */
const STOCK = 4;
const stock: EngineModule[] = [];

export async function fillStock(): Promise<void> {
  const missing = Array.from({ length: STOCK - stock.length }, () => loadEngine());
  stock.push(...(await Promise.all(missing)));
}

export function takeEngine(): EngineModule {
  const engine = stock.pop();
  if (!engine) throw new Error('no EPANET engine is at hand: await preparePlant before a water plant is built');
  return engine;
}
