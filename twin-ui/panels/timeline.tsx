/**
 * The timeline: what really happened above what the detector said, confounders and faults between, and the time between a
 * leak and its alarm drawn as a dimension line, with the least time that was possible as a tick on it.
 */
import { PRIORITY_SHAPES } from '../design/tokens.ts';
import { SPEEDS } from '../player/index.ts';
import { clock, span } from '../state/format.ts';
import { useDesk } from './context.ts';
import { boundOf } from './scoreCard.tsx';

const W = 1000;

export function Timeline() {
  const desk = useDesk();
  desk.watch('beat', 'state');
  const player = desk.player.value!;
  const { shown, capabilities } = player;
  const marks = desk.marks.value;
  const endUs = Math.max(shown.endUs, shown.lastUs, 1);
  const x = (timeUs: number) => (W * timeUs) / endUs;
  const share = (timeUs: number) => `${(100 * timeUs) / endUs}%`;
  const visible = shown.lastUs;
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: the slider below does the same by keyboard */}
      <div class="lanes" onClick={(e) => clicked(e)}>
        <Lane name={desk.say('timeline.truth')}>
          {!capabilities.truth && <p class="hidden">{desk.say('timeline.hidden')}</p>}
          {marks.leaks.map((l) => (
            <div
              key={`${l.ref}-${l.fromUs}`}
              class="leak"
              data-test="leak"
              style={{ left: share(l.fromUs), width: share((l.toUs ?? visible) - l.fromUs) }}
            >
              {l.ref}
            </div>
          ))}
        </Lane>
        <Lane name={desk.say('timeline.faults')}>
          {marks.faults.map((f) => (
            <div
              key={`${f.ref}-${f.fromUs}`}
              class="fault"
              title={f.what}
              style={{ left: share(f.fromUs), width: share((f.toUs ?? visible) - f.fromUs) }}
            >
              {f.what}
            </div>
          ))}
          {marks.disturbances.map((d, i) => (
            <div
              key={`${d.timeUs}-${i}`}
              class="event"
              title={`${clock(d.timeUs)} ${d.label}`}
              style={{ left: share(d.timeUs) }}
            >
              ┆
            </div>
          ))}
        </Lane>
        <Lane name={desk.say('timeline.alarms')}>
          {marks.alarms.map((a, i) => (
            <div
              key={`${a.timeUs}-${i}`}
              class={`alarmMark p${a.priority}${a.isFalse ? ' false' : ''}`}
              data-test="alarm-mark"
              title={`${clock(a.timeUs)} ${a.label}${a.isFalse ? ` · ${desk.say('timeline.false')}` : ''}`}
              style={{ left: share(a.timeUs) }}
            >
              {PRIORITY_SHAPES[a.priority]}
              {a.isFalse && <small>FA</small>}
            </div>
          ))}
        </Lane>
        <Lane name={desk.say('timeline.latency')}>
          <svg class="dims" viewBox={`0 0 ${W} 20`} preserveAspectRatio="none" aria-hidden="true">
            {marks.latencies.map((l) => {
              const bound_s = shown.card ? boundOf(shown.card, l.leak) : null;
              const at = bound_s === null ? null : x(l.fromUs + bound_s * 1e6);
              return (
                <g key={`${l.leak}-${l.fromUs}`} class="dim">
                  <path d={`M${x(l.fromUs)} 3V17M${x(l.toUs)} 3V17M${x(l.fromUs)} 10H${x(l.toUs)}`} />
                  {at !== null && <path class="bound" d={`M${at} 5V15`} />}
                </g>
              );
            })}
          </svg>
          {marks.latencies.map((l) => {
            const bound_s = shown.card ? boundOf(shown.card, l.leak) : null;
            // The words stand where there is room for them: left of the line near the end of the run.
            const right = l.toUs > 0.8 * endUs;
            return (
              <div
                key={`${l.leak}-${l.fromUs}`}
                class={right ? 'latency before' : 'latency'}
                data-test="latency"
                style={
                  right ? { right: `calc(100% - ${share(l.fromUs)} + 6px)` } : { left: `calc(${share(l.toUs)} + 6px)` }
                }
              >
                {short_s((l.toUs - l.fromUs) / 1e6)}
                {bound_s !== null && <> ┊ {desk.say('timeline.bound', { s: short_s(bound_s) })}</>}
              </div>
            );
          })}
        </Lane>
        <div
          class="now"
          style={{ left: `calc(var(--lane) + (100% - var(--lane)) * ${shown.timeUs / endUs})` }}
          aria-hidden="true"
        />
        <div
          class="unseen"
          style={{ left: `calc(var(--lane) + (100% - var(--lane)) * ${shown.lastUs / endUs})` }}
          aria-hidden="true"
        />
      </div>
      <div class="transport">
        <button type="button" aria-label={desk.say('time.start')} onClick={() => player.seek?.(shown.firstUs)}>
          |◀
        </button>
        <button type="button" aria-label={desk.say('timeline.previous')} onClick={() => desk.jump(-1)}>
          ◂|
        </button>
        <button type="button" aria-label={desk.say('time.back')} onClick={() => desk.step(-1)}>
          ◂
        </button>
        <button
          type="button"
          class="play"
          data-test="play"
          aria-label={desk.say(shown.playing ? 'time.pause' : 'time.play')}
          onClick={() => desk.togglePlay()}
        >
          {shown.playing ? '❚❚' : '▶'}
        </button>
        <button type="button" aria-label={desk.say('time.on')} onClick={() => desk.step(1)}>
          ▸
        </button>
        <button type="button" aria-label={desk.say('timeline.next')} onClick={() => desk.jump(1)}>
          |▸
        </button>
        <button
          type="button"
          aria-label={desk.say('time.end')}
          onClick={() => (player.follow ? player.follow() : player.seek?.(shown.lastUs))}
        >
          ▶|
        </button>
        <label class="speedPick">
          {desk.say('time.speed')}
          <select
            value={shown.speed}
            disabled={!capabilities.speed}
            onChange={(e) => player.setSpeed?.(Number(e.currentTarget.value))}
          >
            {SPEEDS.map((s) => (
              <option key={s} value={s}>
                ×{s}
              </option>
            ))}
          </select>
        </label>
        <span class="clock">{clock(shown.timeUs)}</span>
        <input
          type="range"
          data-test="seek"
          aria-label={desk.say('time.shown')}
          aria-valuetext={clock(shown.timeUs)}
          min={0}
          max={Math.round(endUs / 1e6)}
          step={shown.store.layout.scanUs / 1e6}
          value={shown.timeUs / 1e6}
          onInput={(e) => player.seek?.(Number(e.currentTarget.value) * 1e6)}
        />
        <span class="clock">{span(endUs)}</span>
        {capabilities.follow && !shown.following && (
          <button type="button" onClick={() => player.follow?.()}>
            {desk.say('time.follow')} ▶|
          </button>
        )}
      </div>
    </>
  );

  function clicked(event: MouseEvent) {
    const lane = (event.currentTarget as HTMLElement).querySelector('.track')!.getBoundingClientRect();
    const at = (event.clientX - lane.left) / lane.width;
    if (at >= 0 && at <= 1) player.seek?.(at * endUs);
  }
}

function Lane(props: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div class="lane">
      <span class="laneName">{props.name}</span>
      <div class="track">{props.children}</div>
    </div>
  );
}

function short_s(s: number): string {
  return s < 120 ? `${Math.round(s)} s` : span(s * 1e6);
}
