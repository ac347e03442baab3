/** The 3D stage in its panel: what it shows follows the desk, labels follow it, and what it picks is selected everywhere. */
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Vector3 } from 'three';
import type { ScenePlace, ScenePoint } from '../../models/contract/index.ts';
import { PRIORITY_SHAPES, rampStops } from '../design/tokens.ts';
import { reading, short } from '../state/format.ts';
import { estimates, trueLeaks } from '../state/leakPlaces.ts';
import { Readings } from '../state/readings.ts';
import { bandsOf, LEL_BANDS } from '../view3d/plume.ts';
import { type Look, Stage } from '../view3d/stage.ts';
import { useDesk } from './context.ts';

interface Label {
  readonly key: string;
  readonly at: ScenePoint;
  readonly text: string;
  readonly kind: string;
}

export function Solid({ place }: { readonly place: ScenePlace }) {
  const desk = useDesk();
  const canvas = useRef<HTMLCanvasElement>(null);
  const labels = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const north = useRef<HTMLDivElement>(null);
  const gas = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const shown = desk.shown!;
    const { store, scene } = shown;
    const { tags } = store.layout;
    const index = new Map(tags.map((t, i) => [t.id, i]));
    const readings = new Readings(scene, place, store.layout);
    const spot = new Map(place.instruments.map((i) => [i.tag, i.place_m]));
    let wanted: Label[] = [];
    const made = new Map<string, HTMLElement>();
    const v = new Vector3();
    const stage = new Stage({
      canvas: canvas.current!,
      place,
      calm: desk.host.calm,
      quantityOf: (tag) => tags[index.get(tag)!]!.quantity,
      ...(desk.picture.peek().camera ? { camera: desk.picture.peek().camera! } : {}),
      onCamera: (camera) => desk.change({ camera }),
      onPick: (tag) => desk.select(tag),
      onHover: (tag) => {
        if (desk.hovered.peek() !== tag) desk.hovered.value = tag;
      },
      onDrawn: () => {
        // The panel may be gone before its last frame.
        if (!bar.current) return;
        const taken: { x: number; y: number; w: number }[] = [];
        for (const label of wanted) {
          const element = made.get(label.key)!;
          const at = stage.project(label.at, v);
          // Labels that would lie on another wait until there is room.
          const w = 8 + label.text.length * 6.6;
          const room = at && !taken.some((t) => Math.abs(t.y - at.y) < 15 && Math.abs(t.x - at.x) < (t.w + w) / 2);
          element.hidden = !room;
          if (!at || !room) continue;
          taken.push({ x: at.x, y: at.y, w });
          element.style.transform = `translate(-50%, -150%) translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px)`;
        }
        scaleBar(bar.current, stage.metresPerPixel);
        if (north.current) north.current.style.transform = `rotate(${stage.north_rad}rad)`;
      },
    });
    const write = (next: readonly Label[]) => {
      wanted = [...next];
      const keys = new Set(next.map((l) => l.key));
      for (const [key, element] of made)
        if (!keys.has(key)) {
          element.remove();
          made.delete(key);
        }
      for (const l of next) {
        let element = made.get(l.key);
        if (!element) {
          element = document.createElement('div');
          labels.current!.append(element);
          made.set(l.key, element);
        }
        element.className = `label ${l.kind}`;
        if (element.textContent !== l.text) element.textContent = l.text;
      }
    };
    const stop = effect(() => {
      desk.watch('beat', 'state');
      const picture = desk.picture.value;
      const now = desk.shown!;
      const board = desk.board.value;
      const hovered = desk.hovered.value;
      const what = desk.has('residual') ? 'residual' : 'pressure';
      readings.look(now, what);
      desk.scale.value = readings.scale(what);
      const knows = desk.player.peek()!.capabilities.truth;
      const thought = estimates(place, board);
      const open = knows ? trueLeaks(place, now.truth, now.timeUs) : [];
      const alarmed = new Set(
        board
          .filter((r) => r.state === 'unacknowledged' || r.state === 'acknowledged')
          .flatMap((r) => [...spot.keys()].filter((t) => r.alarm.includes(t) || r.event.because.includes(`${t} `))),
      );
      const look: Look = {
        theme: desk.theme.value,
        layers: picture.layers,
        muted: picture.muted,
        ...(picture.selected === undefined ? {} : { selected: picture.selected }),
        alarmed,
        readings,
        estimates: thought,
        leaks: open,
        ...(now.plume && (now.following || Math.abs(now.plume.timeUs - now.timeUs) < 2 * store.layout.scanUs)
          ? { plume: now.plume }
          : {}),
        species: now.species,
        playing: now.playing && now.link.state === 'open',
      };
      stage.show(look);
      if (gas.current) gas.current.hidden = !(look.plume && look.plume.count > 0 && desk.has('gas'));
      const seq = now.store.seqAt(now.timeUs);
      const value = (tag: string): Label | undefined => {
        const i = index.get(tag);
        const at = spot.get(tag);
        if (i === undefined || !at) return undefined;
        const t = tags[i]!;
        return {
          key: `v${tag}`,
          at,
          text: `${tag} ${reading(now.store.value(i, seq), t.range)} ${t.unit}`,
          kind: 'value',
        };
      };
      write([
        ...(desk.has('estimate')
          ? thought.map((e) => ({
              key: `e${e.alarm}`,
              at: e.place,
              text: `${PRIORITY_SHAPES[e.priority]} ${e.said}`,
              kind: `p${e.priority}`,
            }))
          : []),
        ...(desk.has('truth')
          ? open.map((l) => ({ key: `t${l.ref}`, at: l.place, text: `◇ ${l.ref}`, kind: 'true' }))
          : []),
        ...[picture.selected, hovered].flatMap((t, i, all) =>
          t === undefined || all.indexOf(t) !== i ? [] : (value(t) ?? []),
        ),
        ...(desk.has('labels')
          ? [
              ...place.tanks.map((t) => ({
                key: `k${t.id}`,
                at: top(t.place_m, t.height_m * 1.05),
                text: t.id,
                kind: 'name',
              })),
              ...place.machines.map((m) => ({ key: `m${m.id}`, at: m.place_m, text: m.id, kind: 'name' })),
              ...place.solids
                .filter((s) => s.kind === 'building')
                .map((s) => ({
                  key: `s${s.id}`,
                  at: [...s.corners_m[0]!, s.top_m] as ScenePoint,
                  text: s.id,
                  kind: 'name',
                })),
              ...place.instruments.map((i) => ({ key: `i${i.tag}`, at: i.place_m, text: i.tag, kind: 'tag' })),
            ]
          : []),
      ]);
    });
    const watch = new ResizeObserver(() => {
      const box = canvas.current?.parentElement;
      if (box) stage.resize(box.clientWidth, box.clientHeight);
    });
    watch.observe(canvas.current!.parentElement!);
    // For the bench: main-thread time of each frame.
    (globalThis as { leaktwinStage?: Stage }).leaktwinStage = stage;
    return () => {
      stop();
      watch.disconnect();
      stage.dispose();
    };
  }, []);

  const species = desk.shown?.species ?? [];
  return (
    <div class="solid">
      <canvas ref={canvas} aria-label={desk.say('scene.label')} role="img" data-test="stage" />
      <div class="labels" ref={labels} aria-hidden="true" />
      <div class="scale" ref={bar} aria-hidden="true" />
      {place.id === 'line' ? (
        <div class="along" aria-hidden="true">
          {desk.say('scene.along')}
        </div>
      ) : (
        <div class="north" ref={north} aria-hidden="true">
          ↑<br />
          {desk.say('scene.north')}
        </div>
      )}
      <div class="legend gas" ref={gas} hidden>
        <span>{desk.say('scene.gas')}</span>
        <div class="bands">
          {bandsOf(species[0]?.lowerLimit ?? desk.shown?.scene.gas?.lowerLimit).map((edge, i) => (
            <span key={edge}>
              <i style={{ background: rampStops(desk.theme.value)[i]! }} />
              {short(edge * 1e6)} ppm
              {(species[0]?.lowerLimit ?? desk.shown?.scene.gas?.lowerLimit) !== undefined && (
                <small>
                  {short(LEL_BANDS[i]! * 100)} {desk.say('scene.lel')}
                </small>
              )}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

function top([x, y, z]: ScenePoint, by: number): ScenePoint {
  return [x, y, z + by];
}

/** A round length of at most 120 pixels. */
function scaleBar(element: HTMLElement, metresPerPixel: number): void {
  const most_m = 120 * metresPerPixel;
  const size = 10 ** Math.floor(Math.log10(most_m));
  const m = [5, 2, 1].map((k) => k * size).find((k) => k <= most_m) ?? size;
  element.style.width = `${m / metresPerPixel}px`;
  const text = m >= 1000 ? `${m / 1000} km` : `${short(m)} m`;
  if (element.textContent !== text) element.textContent = text;
}
