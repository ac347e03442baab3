/** The screen: what stands where, and what is said to people who listen. */

import { Alarms } from './alarms.tsx';
import { useDesk } from './context.ts';
import { Dialogs } from './dialogs.tsx';
import { Header } from './header.tsx';
import { Horn } from './horn.tsx';
import { Instruments } from './instruments.tsx';
import { PlantView } from './plantView.tsx';
import { Runs } from './runs.tsx';
import { ScoreCard } from './scoreCard.tsx';
import { Tabs } from './tabs.tsx';
import { Timeline } from './timeline.tsx';
import { Trends } from './trends.tsx';

export function App() {
  const desk = useDesk();
  const problem = desk.problem.value;
  const player = desk.player.value;
  return (
    <div class="app">
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>('#alarms')?.focus()}>
        {desk.say('app.skip')}
      </button>
      <Header />
      {problem !== undefined && (
        <div class="problem" role="alert">
          {desk.say('app.failed', { why: problem })}{' '}
          <button type="button" onClick={() => void desk.open(desk.picture.peek().run, true)}>
            {desk.say('app.retry')}
          </button>
        </div>
      )}
      <aside class="side" aria-label={desk.say(desk.side.value === 'runs' ? 'run.title' : 'tag.title')}>
        <Tabs
          label={desk.say('run.title')}
          tabs={[
            { id: 'runs', name: desk.say('run.title') },
            { id: 'tags', name: desk.say('tag.title') },
          ]}
          shown={desk.side.value}
          show={(id) => {
            desk.side.value = id as 'runs' | 'tags';
          }}
        />
        {desk.side.value === 'runs' ? <Runs /> : player && <Instruments />}
      </aside>
      <main class="plant">
        {player ? (
          <PlantView key={player.shown.run.id} />
        ) : (
          problem === undefined && <p class="opening">{desk.say('app.opening')}</p>
        )}
      </main>
      <section class="right" id="alarms" tabIndex={-1} aria-label={desk.say('alarm.title')}>
        <Alarms />
        <ScoreCard />
      </section>
      <section class="trends" aria-label={desk.say('trend.title')}>
        {player && <Trends key={player.shown.run.id} />}
      </section>
      <section class="timeline" aria-label={desk.say('timeline.title')}>
        {player && <Timeline />}
      </section>
      <Dialogs />
      <Horn />
      <div class="heard" role="status" aria-live="polite">
        {desk.said.value}
      </div>
    </div>
  );
}
