/** Which run this is, whether its data are fresh, the time and speed that are shown, and the keys. */
import { clock, span } from '../state/format.ts';
import { useDesk } from './context.ts';

/** Data older than this on an open line are told, whatever the pace. */
const STALE_ms = 2500;

export function Header() {
  const desk = useDesk();
  desk.watch('beat', 'state');
  const shown = desk.shown;
  const unacked = desk.board.value.filter((r) => r.list === 'active').length;
  return (
    <header class="top">
      <strong>{desk.say('app.name')}</strong>
      {shown && (
        <span class="name" title={shown.run.about}>
          {shown.run.scenario} · {desk.say('app.seed', { n: shown.run.seed })} ·{' '}
          {desk.say('app.run', { id: shown.run.runId.slice(0, 8) })}
        </span>
      )}
      <span class="grow" />
      {shown && <Freshness />}
      {shown && (
        <span class="clock" data-test="clock">
          {clock(shown.timeUs, true)}
        </span>
      )}
      {shown && (
        <span class="speed" title={desk.say('time.speed')}>
          {shown.following ? shown.pace.replace('realtime × ', '×') : `×${shown.speed}`}
        </span>
      )}
      <span class={unacked > 0 ? 'unacked some' : 'unacked'} data-test="unacked">
        {unacked > 0 ? desk.say('top.unacked', { n: unacked }) : desk.say('top.quiet')}
      </span>
      <button
        type="button"
        aria-pressed={desk.hornOn.value}
        title={desk.say('alarm.hornOff')}
        onClick={() => {
          desk.hornOn.value = !desk.hornOn.value;
        }}
      >
        {desk.hornOn.value ? '♪' : '–'} {desk.say('alarm.horn')}
      </button>
      <button type="button" onClick={() => void share()}>
        {desk.say('top.share')}
      </button>
      <button type="button" onClick={() => desk.nextTheme()} title={desk.say('top.theme')}>
        ◐ {desk.say(`theme.${desk.theme.value}`)}
      </button>
      <button type="button" lang={desk.language === 'en' ? 'zh' : 'en'} onClick={() => desk.nextLanguage()}>
        {desk.say('top.language')}
      </button>
      <button
        type="button"
        aria-label={desk.say('top.keys')}
        onClick={() => {
          desk.dialog.value = { kind: 'keys' };
        }}
      >
        ?
      </button>
    </header>
  );

  async function share() {
    await desk.host.copyLink();
    desk.announce(desk.say('top.shared'));
  }
}

/** Fresh, stale with its age, or cut off with its age: at once, and never by colour alone. */
function Freshness() {
  const desk = useDesk();
  desk.watch('beat', 'state');
  const shown = desk.shown!;
  const now = performance.now();
  if (shown.link.state === 'lost') {
    const age = span((now - shown.link.since_ms) * 1000);
    return (
      <span class="link bad" role="status" data-test="link">
        ✕ {desk.say('link.lost', { age, why: shown.link.because })}
      </span>
    );
  }
  const age_ms = shown.arrived_ms === undefined ? 0 : now - shown.arrived_ms;
  const period_ms = /realtime × ([\d.]+)/.exec(shown.pace);
  const usual_ms = period_ms ? shown.store.layout.scanUs / 1000 / Number(period_ms[1]) : 0;
  if (!shown.over && age_ms > Math.max(STALE_ms, 3 * usual_ms))
    return (
      <span class="link bad" data-test="link">
        ◌ {desk.say('link.stale', { age: span(age_ms * 1000) })}
      </span>
    );
  const word = shown.arrived_ms === undefined ? 'link.recording' : shown.over ? 'link.over' : 'link.live';
  return (
    <span class="link" data-test="link">
      {shown.over ? '■' : '●'} {desk.say(word)}
      {!shown.following && shown.arrived_ms !== undefined && !shown.over && (
        <> · {desk.say('link.behind', { age: span(shown.lastUs - shown.timeUs) })}</>
      )}
    </span>
  );
}
