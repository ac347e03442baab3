/** Structured logs of a live twin: one JSON object a line (pino), to a file that any collector reads. */
import { type Logger, pino } from 'pino';
import { ProblemError, plainProblem } from '../../models/contract/index.ts';

export interface ServeLog {
  readonly logger: Logger;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** Opens the file to append; a disk that fails later is told once and stops nothing. Throws a ProblemError where it cannot be opened. */
export async function openLog(path: string, tell: (sentence: string) => void): Promise<ServeLog> {
  const destination = pino.destination({ dest: path, append: true, mkdir: true, sync: false });
  await new Promise<void>((resolve, reject) => {
    destination.once('ready', resolve);
    destination.once('error', (error: Error) =>
      reject(new ProblemError([plainProblem('--log', path, error.message, 'a file that can be written')])),
    );
  });
  let told = false;
  destination.on('error', (error: Error) => {
    if (!told) tell(`the log ${path} cannot be written: ${error.message}; the twin goes on without`);
    told = true;
  });
  return {
    logger: pino({ name: 'leaktwin', messageKey: 'message' }, destination),
    close: () =>
      new Promise((done) => {
        destination.once('close', () => done());
        destination.once('error', () => done());
        destination.end();
      }),
  };
}
