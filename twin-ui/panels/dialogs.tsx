/** What opens over the screen: acknowledging and shelving with name and comment, and the sheet of keys. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { KEYS } from '../keys.ts';
import type { Dialog } from '../state/desk.ts';
import { useDesk } from './context.ts';

const USUAL_min = 30;
/** A shift; what an alarm allows is less, and the server says so. */
const LONGEST_min = 480;

export function Dialogs() {
  const desk = useDesk();
  const dialog = desk.dialog.value;
  const box = useRef<HTMLDialogElement>(null);
  const key = dialog ? JSON.stringify(dialog) : '';
  useEffect(() => {
    if (dialog && !box.current?.open) box.current?.showModal();
  }, [key]);
  if (!dialog) return null;
  return (
    <dialog
      ref={box}
      class="dialog"
      aria-labelledby="dialog-title"
      onClose={() => {
        desk.dialog.value = undefined;
      }}
    >
      {dialog.kind === 'keys' ? <KeySheet /> : <Operate key={key} dialog={dialog} />}
    </dialog>
  );
}

function KeySheet() {
  const desk = useDesk();
  return (
    <>
      <h2 id="dialog-title">{desk.say('keys.title')}</h2>
      <dl class="keys">
        {KEYS.map((k) => (
          <div key={k.shown}>
            <dt>
              <kbd>{k.shown}</kbd>
            </dt>
            <dd>{desk.say(k.word, k.filling)}</dd>
          </div>
        ))}
      </dl>
      <button
        type="button"
        onClick={() => {
          desk.dialog.value = undefined;
        }}
      >
        {desk.say('keys.close')}
      </button>
    </>
  );
}

function Operate({ dialog }: { readonly dialog: Exclude<Dialog, { kind: 'keys' }> }) {
  const desk = useDesk();
  const [why, setWhy] = useState('');
  const [minutes, setMinutes] = useState(String(USUAL_min));
  const [comment, setComment] = useState('');
  const shelve = dialog.kind === 'shelve';
  const submit = async (event: Event) => {
    event.preventDefault();
    const common = { alarm: dialog.alarm, who: desk.operator.peek() };
    const refused = await desk.player
      .peek()
      ?.operate?.(
        dialog.kind === 'shelve'
          ? { ...common, action: 'shelve', for_s: Number(minutes) * 60, comment }
          : { ...common, action: 'acknowledge', ...(comment.trim() === '' ? {} : { comment }) },
      );
    if (refused === undefined) desk.dialog.value = undefined;
    else setWhy(refused);
  };
  return (
    <form onSubmit={(e) => void submit(e)}>
      <h2 id="dialog-title">{desk.say(shelve ? 'alarm.shelveOne' : 'alarm.ackAll', { alarm: dialog.alarm })}</h2>
      <label>
        {desk.say('alarm.name')}
        <input
          required
          maxLength={64}
          autocomplete="name"
          value={desk.operator.value}
          onInput={(e) => {
            desk.operator.value = e.currentTarget.value;
          }}
        />
      </label>
      {shelve && (
        <label>
          {desk.say('alarm.minutes')}
          <input
            required
            type="number"
            min={1}
            max={LONGEST_min}
            value={minutes}
            onInput={(e) => setMinutes(e.currentTarget.value)}
          />
        </label>
      )}
      <label>
        {desk.say('alarm.comment')}
        <input required={shelve} maxLength={400} value={comment} onInput={(e) => setComment(e.currentTarget.value)} />
      </label>
      {why !== '' && <p role="alert">{desk.say('alarm.refused', { why })}</p>}
      <div class="buttons">
        <button type="submit" class="ack">
          {desk.say('alarm.confirm')}
        </button>
        <button
          type="button"
          onClick={() => {
            desk.dialog.value = undefined;
          }}
        >
          {desk.say('alarm.cancel')}
        </button>
      </div>
    </form>
  );
}
