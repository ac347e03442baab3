/** Every tag with its value, quality and Modbus register, and the actuators, where the player may move them. */
import { useMemo, useState } from 'preact/hooks';
import { type Control, HEADER_REGISTERS, Quality, stationImage, UNUSABLE } from '../../models/contract/index.ts';
import type { SendCommand } from '../player/index.ts';
import { reading } from '../state/format.ts';
import type { Word } from '../words/index.ts';
import { useDesk } from './context.ts';
import { Scroll } from './scroll.tsx';

export function Instruments() {
  const desk = useDesk();
  desk.watch('beat');
  const [query, setQuery] = useState('');
  const shown = desk.shown!;
  const { layout } = shown.store;
  const registers = useMemo(() => {
    const at = new Map<number, string>();
    layout.stations.forEach((station, s) => {
      const image = stationImage(layout, s, shown.scene.controls as readonly Control[]);
      let column = image.columnsAt;
      for (const t of image.tags) {
        at.set(t, `${station.unitId}/${column}`);
        column += 2 * layout.tags[t]!.width;
      }
    });
    return at;
  }, [layout]);
  const seq = shown.store.seqAt(shown.timeUs);
  const selected = desk.picture.value.selected;
  const rows = layout.tags
    .map((tag, i) => ({ tag, i }))
    .filter(({ tag }) => `${tag.id} ${tag.element} ${tag.quantity}`.toLowerCase().includes(query.toLowerCase()));
  return (
    <div class="instruments">
      <input
        id="search"
        type="search"
        aria-label={desk.say('run.search')}
        placeholder={`${desk.say('run.search')}  /`}
        value={query}
        onInput={(e) => setQuery(e.currentTarget.value)}
      />
      <Scroll label={desk.say('tag.title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{desk.say('tag.tag')}</th>
              <th scope="col">{desk.say('tag.value')}</th>
              <th scope="col" title={`${desk.say('tag.unit')}/${desk.say('tag.register')}, header ${HEADER_REGISTERS}`}>
                {desk.say('tag.register')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ tag, i }) => {
              const flags = shown.store.quality(i, seq);
              const word = flags === undefined ? 'quality.missing' : qualityWord(flags);
              return (
                <tr key={tag.id} class={tag.id === selected ? 'chosen' : ''}>
                  <th scope="row">
                    <button
                      type="button"
                      class="link"
                      aria-pressed={tag.id === selected}
                      onClick={() => desk.select(tag.id)}
                    >
                      {tag.id}
                    </button>
                    <small>
                      {tag.quantity} · {tag.element}
                    </small>
                  </th>
                  <td class={flags !== undefined && (flags & UNUSABLE) !== 0 ? 'unusable' : ''}>
                    {reading(shown.store.value(i, seq), tag.range)} {tag.unit}
                    {word !== 'quality.good' && word !== 'quality.held' && <small>{desk.say(word)}</small>}
                  </td>
                  <td>{registers.get(i)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {shown.modbus !== undefined && <p class="none">{desk.say('tag.modbus', { place: shown.modbus })}</p>}
        {desk.player.value!.capabilities.send && <Actuators />}
      </Scroll>
    </div>
  );
}

export function qualityWord(flags: number): Word {
  if (flags & Quality.failed) return 'quality.failed';
  if (flags & Quality.lost) return 'quality.lost';
  if (flags & Quality.missing) return 'quality.missing';
  if (flags & Quality.clipped) return 'quality.clipped';
  if (flags & Quality.held) return 'quality.held';
  return 'quality.good';
}

/** Pumps are started and stopped, valves and speeds set in percent; nothing else is moved from here. */
function Actuators() {
  const desk = useDesk();
  const controls = desk.shown!.scene.controls;
  const send = async (command: SendCommand) => {
    const why = await desk.player.peek()?.send?.([command]);
    if (why !== undefined) desk.announce(desk.say('alarm.refused', { why }));
  };
  return (
    <>
      <h3>{desk.say('tag.controls')}</h3>
      <ul class="actuators">
        {controls
          .filter(
            (c) => c.property === 'run' || ((c.property === 'opening' || c.property === 'speed') && c.unit === '%'),
          )
          .map((c) => (
            <li key={`${c.element}.${c.property}`} title={c.description}>
              <span>
                {c.element} <small>{c.property}</small>
              </span>
              {c.property === 'run' ? (
                <>
                  <button
                    type="button"
                    aria-label={`${desk.say('tag.start')} ${c.element}`}
                    onClick={() => void send({ kind: 'pump', element: c.element, action: 'start' })}
                  >
                    {desk.say('tag.start')}
                  </button>
                  <button
                    type="button"
                    aria-label={`${desk.say('tag.stop')} ${c.element}`}
                    onClick={() => void send({ kind: 'pump', element: c.element, action: 'stop' })}
                  >
                    {desk.say('tag.stop')}
                  </button>
                </>
              ) : (
                <form
                  onSubmit={(e) => {
                    e.preventDefault();
                    const value = Number(new FormData(e.currentTarget).get('value')) / 100;
                    void send({ kind: 'set', element: c.element, property: c.property, value });
                  }}
                >
                  <input
                    name="value"
                    type="number"
                    min={0}
                    max={130}
                    step="any"
                    required
                    aria-label={`${c.element} ${c.property} %`}
                  />
                  <button type="submit">{desk.say('tag.set')}</button>
                </form>
              )}
            </li>
          ))}
      </ul>
    </>
  );
}
