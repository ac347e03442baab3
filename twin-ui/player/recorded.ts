/** A recorded run, read in chunks from the server: those around the shown time first, then the rest in order. */
import {
  type AlarmEvent,
  type Card,
  createLayout,
  type LayoutSpec,
  MOST_FRAMES,
  type PlantScene,
  type RunSummary,
  type TruthEvent,
} from '../../models/contract/index.ts';
import { type Asking, getBytes, getJson, maybeJson } from './http.ts';
import type { Capabilities, Player } from './player.ts';
import { Tape } from './tape.ts';

/** Frames of one request: the first picture must not wait for thousands. */
const CHUNK = Math.min(2048, MOST_FRAMES);

class RecordedPlayer extends Tape implements Player {
  knows = false;
  get capabilities(): Capabilities {
    return { follow: false, seek: true, speed: true, truth: this.knows, operate: false, send: false };
  }
}

/** Opens a recording; rejects with a sentence where it cannot be had. @param id `<suite>/<run>` */
export async function openRecorded(asking: Asking, id: string, atUs?: number): Promise<Player> {
  const at = `/api/runs/${id.split('/').map(encodeURIComponent).join('/')}`;
  const [{ layout: spec, run }, scene, { events: alarms }, truth, card] = await Promise.all([
    getJson<{ layout: LayoutSpec; run: RunSummary }>(asking, `${at}/layout`),
    getJson<PlantScene>(asking, `${at}/scene`),
    getJson<{ events: AlarmEvent[] }>(asking, `${at}/alarms`),
    maybeJson<{ events: TruthEvent[] }>(asking, `${at}/truth`),
    maybeJson<Card>(asking, `${at}/card`),
  ]);
  const layout = createLayout(spec);
  const player = new RecordedPlayer({ ...run, id }, layout, scene);
  player.alarms = alarms;
  if (truth) {
    player.truth = truth.events;
    player.knows = true;
  }
  if (card) player.card = card;
  player.firstUs = run.firstUs;
  player.lastUs = run.lastUs;
  player.endUs = run.lastUs;
  player.over = true;
  player.pace = 'recording';
  player.timeUs = Math.min(run.lastUs, Math.max(run.firstUs, atUs ?? run.firstUs));
  const load = async (first: number) =>
    player.store.putBytes(
      await getBytes(asking, `${at}/frames?from=${first}&count=${CHUNK}`),
      player.store.seqAt(player.timeUs),
    );
  const firstSeq = Math.round(run.firstUs / layout.scanUs);
  const lastSeq = Math.round(run.lastUs / layout.scanUs);
  const chunkAt = (timeUs: number) => Math.floor((Math.round(timeUs / layout.scanUs) - firstSeq) / CHUNK);
  const chunks = Math.max(0, Math.ceil((lastSeq - firstSeq + 1) / CHUNK));
  const asked = new Set<number>();
  let closed = false;
  const fill = async () => {
    while (!closed) {
      const now = Math.max(0, Math.min(chunks - 1, chunkAt(player.timeUs)));
      // Around the shown time first; then what is ahead, then what is behind.
      let next = -1;
      for (let d = 0; d < chunks && next < 0; d += 1) {
        if (now + d < chunks && !asked.has(now + d)) next = now + d;
        else if (now - d >= 0 && !asked.has(now - d)) next = now - d;
      }
      if (next < 0) return;
      asked.add(next);
      try {
        await load(firstSeq + next * CHUNK);
        player.link = { state: 'open' };
      } catch (error) {
        asked.delete(next);
        player.link = { state: 'lost', since_ms: performance.now(), because: (error as Error).message };
        player.tell('state');
        await new Promise((resolve) => setTimeout(resolve, 2000));
      }
      player.tell('scan');
    }
  };
  const close = player.close.bind(player);
  player.close = () => {
    closed = true;
    close();
  };
  void fill();
  return player;
}
