/** Requests of a window: JSON and bytes, each with a bounded wait and a sentence where it fails. */
const PATIENCE_ms = 20_000;

export interface Asking {
  readonly base: string;
  /** Of the truth port, where the window was given it. */
  readonly token?: string;
}

export async function getJson<T>({ base, token }: Asking, path: string): Promise<T> {
  return (await (await ask(base, path, token)).json()) as T;
}

/** Undefined where it is refused or is not there. */
export async function maybeJson<T>(asking: Asking, path: string): Promise<T | undefined> {
  try {
    return await getJson<T>(asking, path);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

export async function getBytes({ base, token }: Asking, path: string): Promise<ArrayBuffer> {
  return (await ask(base, path, token)).arrayBuffer();
}

/** @returns the sentence that says why it was refused */
export async function post({ base, token }: Asking, path: string, body: unknown): Promise<string | undefined> {
  try {
    await ask(base, path, token, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The server answered, and said no. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function ask(base: string, path: string, token: string | undefined, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${base}${path}`, { ...init, headers, signal: AbortSignal.timeout(PATIENCE_ms) });
  if (answer.ok) return answer;
  throw new Refusal(answer.status, await sentence(answer));
}

async function sentence(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const { problems } = JSON.parse(text) as { problems?: { found: string; expected: string }[] };
    if (problems && problems.length > 0) return problems.map((p) => `${p.found}; expected ${p.expected}`).join(' · ');
  } catch (error) {
    // Not ours: a proxy speaks HTML.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `${answer.status} ${answer.statusText}`;
}
