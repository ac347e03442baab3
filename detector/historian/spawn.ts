/** Starts the historian's thread: from the bundle where this is one, from source by way of tsx otherwise. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../models/document/index.ts';
import type { ThreadData } from './protocol.ts';

/** A thread does not inherit the loader that its owner was started with. */
const FROM_SOURCE = `
const { workerData } = require('node:worker_threads');
import('tsx/esm/api').then(({ register }) => {
  register();
  return import(workerData.entry);
});`;

export function startThread(data: ThreadData): Worker {
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(pathToFileURL(join(packageRoot, 'dist', 'historian.js')), { workerData: data });
  const entry = new URL('./thread.ts', import.meta.url).href;
  return new Worker(FROM_SOURCE, { eval: true, execArgv: [], workerData: { ...data, entry } });
}
