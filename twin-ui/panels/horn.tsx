/** The horn: sounds by priority until every alarm is acknowledged, and the live region that says each new one. */
import { useEffect, useRef } from 'preact/hooks';
import { isAnnunciated } from '../../models/contract/index.ts';
import { PRIORITY_SHAPES, priorityOf } from '../design/tokens.ts';
import { useDesk } from './context.ts';

/** Pitch [Hz] and time between sounds [ms], by priority. */
const SOUNDS = { 1: [880, 700], 2: [660, 1400], 3: [520, 3000], 4: [440, 0] } as const;

/** An alarm older than this is no news. */
const NEWS_us = 60e6;

export function Horn() {
  const desk = useDesk();
  const told = useRef(0);
  const run = useRef('');
  const shown = desk.player.value?.shown;
  desk.watch('events');
  const waiting = desk.board.value.filter((r) => r.state === 'unacknowledged');
  const worst = waiting.length > 0 ? priorityOf(Math.min(...waiting.map((r) => r.priority))) : undefined;
  const live = desk.player.value?.capabilities.operate === true;

  useEffect(() => {
    if (!shown) return;
    if (run.current !== shown.run.id) {
      run.current = shown.run.id;
      told.current = 0;
    }
    // What stood there long before the window opened is on the list; it is not news.
    for (const event of shown.alarms.slice(told.current))
      if (isAnnunciated(event) && shown.arrived_ms !== undefined && shown.lastUs - event.timeUs < NEWS_us)
        desk.announce(
          desk.say('alarm.raised', { priority: event.priority, alarm: event.alarm, because: event.because }),
        );
    told.current = shown.alarms.length;
  });

  const sounding = live && desk.hornOn.value && worst !== undefined && SOUNDS[worst][1] > 0 ? worst : undefined;
  useEffect(() => {
    if (sounding === undefined) return;
    const [pitch, every_ms] = SOUNDS[sounding];
    const context = new AudioContext();
    const sound = () => {
      // A browser lets nothing sound before somebody has touched the page.
      if (context.state !== 'running') return;
      const tone = context.createOscillator();
      const volume = context.createGain();
      volume.gain.value = 0.05;
      tone.frequency.value = pitch;
      tone.connect(volume).connect(context.destination);
      tone.start();
      tone.stop(context.currentTime + 0.18);
    };
    const timer = setInterval(sound, every_ms);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [sounding]);

  return sounding === undefined ? null : (
    <div class="horn" aria-hidden="true" data-test="horn">
      {PRIORITY_SHAPES[sounding]}
    </div>
  );
}
