/**
 * The alarm list. What is active stands apart from what is acknowledged, shelved or past; priority is told by shape, number
 * and colour; each row carries its evidence and where the leak is thought to be. Who acknowledged, when and why stands with it.
 */
import { signal } from '@preact/signals';
import type { AlarmEvent, BoardRow } from '../../models/contract/index.ts';
import { PRIORITY_SHAPES, priorityOf } from '../design/tokens.ts';
import { clock, distance, short, span } from '../state/format.ts';
import { useDesk } from './context.ts';
import { Tabs } from './tabs.tsx';

const LISTS = ['active', 'acked', 'shelved', 'journal'] as const;
type List = (typeof LISTS)[number];
const list = signal<List>('active');
const JOURNAL_ROWS = 200;

export function Alarms() {
  const desk = useDesk();
  const rows = desk.board.value;
  const shown = desk.shown;
  desk.watch('events');
  const events = shown ? shown.alarms.filter((e) => e.timeUs <= shown.timeUs) : [];
  const counts = {
    active: rows.filter((r) => r.list === 'active').length,
    acked: rows.filter((r) => r.list === 'acked').length,
    shelved: rows.filter((r) => r.list === 'shelved').length,
    journal: events.length,
  };
  const mine = rows.filter((r) => r.list === list.value);
  return (
    <div class="alarms">
      <h2>{desk.say('alarm.title')}</h2>
      <Tabs
        label={desk.say('alarm.title')}
        tabs={LISTS.map((id) => ({ id, name: desk.say(`alarm.${id}`), count: counts[id] }))}
        shown={list.value}
        show={(id) => {
          list.value = id as List;
        }}
      />
      {list.value === 'journal' ? (
        <Journal events={events} />
      ) : mine.length === 0 ? (
        <p class="none">{desk.say(`alarm.none.${list.value}`)}</p>
      ) : (
        <ul class="rows" data-test={`alarms-${list.value}`}>
          {mine.map((row) => (
            <AlarmRow key={row.alarm} row={row} />
          ))}
        </ul>
      )}
    </div>
  );
}

export function PriorityMark({ n }: { readonly n: number }) {
  const priority = priorityOf(n);
  return (
    <span class={`mark p${priority}`}>
      <span aria-hidden="true">{PRIORITY_SHAPES[priority]}</span>
      {n}
    </span>
  );
}

function AlarmRow({ row }: { readonly row: BoardRow }) {
  const desk = useDesk();
  desk.watch('beat');
  const shown = desk.shown!;
  const { operate } = desk.player.value!.capabilities;
  const fresh = row.list === 'active';
  return (
    <li class={`alarm ${row.state}${fresh && !desk.host.calm ? ' flash' : ''}`}>
      <div class="line">
        <PriorityMark n={row.priority} />
        <b>{row.alarm}</b>
        <time>{clock(row.raisedUs)}</time>
        <span class="age">{desk.say('alarm.age', { time: span(shown.timeUs - row.raisedUs) })}</span>
        {row.state !== 'unacknowledged' && row.state !== 'acknowledged' && <i>{desk.say(`state.${row.state}`)}</i>}
        <span class="grow" />
        {operate && fresh && (
          <button
            type="button"
            class="ack"
            aria-label={desk.say('alarm.ackAll', { alarm: row.alarm })}
            onClick={() => desk.ask('acknowledge', row.alarm)}
          >
            {desk.say('alarm.ack')}
          </button>
        )}
        {operate && row.list !== 'shelved' && (
          <button
            type="button"
            aria-label={desk.say('alarm.shelveOne', { alarm: row.alarm })}
            onClick={() => desk.ask('shelve', row.alarm)}
          >
            {desk.say('alarm.shelve')}
          </button>
        )}
        {operate && row.state === 'shelved' && (
          <button type="button" onClick={() => void unshelve()}>
            {desk.say('alarm.unshelve')}
          </button>
        )}
      </div>
      <div class="because">
        {row.event.by}: {row.event.because}
        <Where event={row.event} />
      </div>
      {row.operated && (
        <div class="who">
          {desk.say('alarm.by', { who: row.operated.who ?? '—', time: clock(row.operated.timeUs) })}
          {row.operated.comment !== undefined && <> — {row.operated.comment}</>}
        </div>
      )}
    </li>
  );

  async function unshelve() {
    const why = await desk.player
      .peek()
      ?.operate?.({ action: 'unshelve', alarm: row.alarm, who: desk.operator.peek() || '—' });
    if (why !== undefined) desk.announce(desk.say('alarm.refused', { why }));
  }
}

function Where({ event }: { readonly event: AlarmEvent }) {
  const desk = useDesk();
  const { where, rate } = event;
  const place =
    where?.position_m !== undefined
      ? distance(where.position_m)
      : where?.place_m
        ? (where.source ?? where.place_m.map((x) => Math.round(x)).join(', '))
        : undefined;
  return (
    <>
      {place !== undefined && <> · {desk.say('alarm.at', { place, sigma: distance(where!.sigma_m) })}</>}
      {rate && (
        <>
          {' '}
          · {desk.say('alarm.rate', { rate: `${short(rate.massRate_kg_s)} kg/s`, sigma: short(rate.sigma_kg_s, 2) })}
        </>
      )}
    </>
  );
}

function Journal({ events }: { readonly events: readonly AlarmEvent[] }) {
  const desk = useDesk();
  if (events.length === 0) return <p class="none">{desk.say('alarm.none.journal')}</p>;
  return (
    <ol class="rows journal" data-test="alarms-journal">
      {events
        .slice(-JOURNAL_ROWS)
        .reverse()
        .map((event, i) => (
          <li key={`${event.timeUs}-${i}`}>
            <time>{clock(event.timeUs)}</time> <PriorityMark n={event.priority} /> <b>{event.alarm}</b>{' '}
            {desk.say(`state.${event.to}`)}
            {event.who !== undefined && <> · {event.who}</>}
            {event.comment !== undefined && <> — {event.comment}</>}
          </li>
        ))}
    </ol>
  );
}
