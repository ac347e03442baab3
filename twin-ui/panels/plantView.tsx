/** The plant in the middle of the screen: 3D or schematic, with its layers, legends, scale, north, wind and profile. */

import { rampCss } from '../design/tokens.ts';
import { LAYERS } from '../state/address.ts';
import { short } from '../state/format.ts';
import { useDesk } from './context.ts';
import { lazy, Suspense } from './lazy.tsx';
import { Plan } from './plan.tsx';
import { Strip } from './strip.tsx';
import { WindRose } from './windRose.tsx';

const webgl = (() => {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null;
  } catch {
    return false;
  }
})();

// Under way while the plant is still being asked for; a browser without WebGL never loads it.
const loading = webgl ? import('./solid.tsx') : undefined;
const Solid = lazy(async () => (await (loading ?? import('./solid.tsx'))).Solid);

export function PlantView() {
  const desk = useDesk();
  const shown = desk.shown!;
  const { scene } = shown;
  const picture = desk.picture.value;
  const place = scene.places.find((p) => p.id === picture.place) ?? scene.places[0]!;
  const flat = picture.plan || !webgl;
  const { truth } = desk.player.value!.capabilities;
  desk.watch('state');
  return (
    <>
      <div class="layers" role="toolbar" aria-label={desk.say('layer.title')}>
        {scene.places.length > 1 &&
          scene.places.map((p) => (
            <button
              type="button"
              key={p.id}
              aria-pressed={p === place}
              onClick={() => {
                const { camera: _old, ...rest } = desk.picture.peek();
                desk.picture.value = { ...rest, place: p.id };
              }}
            >
              {desk.say(`scene.${p.id}`)}
            </button>
          ))}
        <button
          type="button"
          aria-pressed={flat}
          disabled={!webgl}
          onClick={() => desk.change({ plan: !picture.plan })}
        >
          {desk.say(flat ? 'scene.plan' : 'scene.solid')}
        </button>
        <span class="gap" />
        {LAYERS.map((layer, i) => {
          if (layer === 'truth' && !truth) return null;
          if (layer === 'gas' && (!truth || place.id !== 'site')) return null;
          if (layer === 'strip' && place.id !== 'line') return null;
          if (layer === 'buildings' && place.solids.length === 0) return null;
          return (
            <button
              type="button"
              key={layer}
              aria-pressed={picture.layers.includes(layer)}
              onClick={() => desk.toggle(layer)}
            >
              <kbd>{i + 1}</kbd> {desk.say(`layer.${layer}`)}
            </button>
          );
        })}
      </div>
      <div class="stage">
        {flat ? (
          <>
            {!webgl && <p class="nowebgl">{desk.say('scene.nowebgl')}</p>}
            <Plan key={place.id} scene={scene} place={place} />
          </>
        ) : (
          <Suspense fallback={<p class="opening">{desk.say('app.opening')}</p>}>
            <Solid key={`${place.id}-${shown.run.id}`} place={place} />
          </Suspense>
        )}
        <Legend place={place.id} />
        {place.id === 'site' && <WindRose />}
      </div>
      {place.id === 'line' && desk.has('strip') && <Strip key={shown.run.id} scene={scene} place={place} />}
    </>
  );
}

/** What the pipes' colours mean. */
function Legend({ place }: { readonly place: string }) {
  const desk = useDesk();
  desk.watch('beat');
  const scale = desk.scale.value;
  const { muted } = desk.picture.value;
  const residual = desk.has('residual');
  if (muted || !scale || place === 'site' || !(residual || desk.has('pressure'))) return null;
  return (
    <div class="legend">
      <span>{desk.say(residual ? 'scene.residual' : 'scene.pressure')}</span>
      <div class="ramp" style={{ background: rampCss(desk.theme.value, residual) }} />
      <div class="ends">
        <span>{short(scale.low)}</span>
        <span>{scale.unit}</span>
        <span>{short(scale.high)}</span>
      </div>
      <small>{desk.say('scene.between')}</small>
    </div>
  );
}
