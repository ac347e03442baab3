/** What can be shown: the live plant, recordings with their last verdict, and the scenarios that there are, with search. */
import { useEffect, useState } from 'preact/hooks';
import type { RunSummary, ScenarioSummary } from '../../models/contract/index.ts';
import { getJson } from '../player/index.ts';
import { span } from '../state/format.ts';
import { useDesk } from './context.ts';
import { Scroll } from './scroll.tsx';

export function Runs() {
  const desk = useDesk();
  const [query, setQuery] = useState('');
  const [runs, setRuns] = useState<readonly RunSummary[]>([]);
  const [scenarios, setScenarios] = useState<readonly ScenarioSummary[]>([]);
  const over = desk.player.value?.shown.over === true && desk.state.value >= 0;
  useEffect(() => {
    void read();
    async function read() {
      try {
        const [r, s] = await Promise.all([
          getJson<{ runs: RunSummary[] }>(desk.host.asking, '/api/runs'),
          getJson<{ scenarios: ScenarioSummary[] }>(desk.host.asking, '/api/scenarios'),
        ]);
        setRuns(r.runs);
        setScenarios(s.scenarios);
      } catch (error) {
        desk.announce((error as Error).message);
      }
    }
  }, [over]);
  const hit = (...texts: string[]) => texts.join(' ').toLowerCase().includes(query.toLowerCase());
  const found = runs.filter((r) => hit(r.id, r.scenario, r.plant, r.recipe));
  const known = scenarios.filter((s) => hit(s.scenario, s.about, s.plant));
  const current = desk.shown?.run.id;
  const { live } = desk.host.info;
  return (
    <div class="runs">
      <input
        id="search"
        type="search"
        aria-label={desk.say('run.search')}
        placeholder={`${desk.say('run.search')}  /`}
        value={query}
        onInput={(e) => setQuery(e.currentTarget.value)}
      />
      <Scroll label={desk.say('run.recordings')}>
        {live && (
          <button type="button" class="pick" aria-current={current === 'live'} onClick={() => void desk.open('live')}>
            ● {desk.say('run.live')}
            <small>{live.scenario}</small>
          </button>
        )}
        <h3>{desk.say('run.recordings')}</h3>
        {found.length === 0 && <p class="none">{desk.say('run.none')}</p>}
        {found.map((r) => (
          <button
            type="button"
            class="pick"
            key={r.id}
            data-run={r.id}
            aria-current={current === r.id}
            onClick={() => void desk.open(r.id)}
          >
            {r.verdict === undefined
              ? '·'
              : { pass: '✓', acceptable: '~', fail: '✕', 'not-applicable': '–' }[r.verdict]}{' '}
            {r.scenario}
            <small>
              {r.recipe} · {desk.say('app.seed', { n: r.seed })} · {span(r.lastUs - r.firstUs)}
              {r.verdict !== undefined && (
                <> · {desk.say('run.verdict', { verdict: desk.say(`card.status.${r.verdict}`) })}</>
              )}
            </small>
          </button>
        ))}
        <h3>{desk.say('run.scenarios')}</h3>
        <ul class="scenarios">
          {known.map((s) => (
            <li key={s.scenario}>
              <details>
                <summary>{s.scenario}</summary>
                <p>{s.about}</p>
                <code>{desk.say('run.start', { scenario: s.scenario })}</code>
              </details>
            </li>
          ))}
        </ul>
      </Scroll>
    </div>
  );
}
