/** A row of tabs, moved by arrows as the pattern of WAI-ARIA has it. */
export interface Tab {
  readonly id: string;
  readonly name: string;
  readonly count?: number;
}

export function Tabs(props: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly shown: string;
  readonly show: (id: string) => void;
}) {
  const { tabs, shown, show } = props;
  const move = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = tabs[(tabs.findIndex((t) => t.id === shown) + by + tabs.length) % tabs.length]!;
    show(next.id);
    const row = event.currentTarget as HTMLElement;
    row.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={props.label} onKeyDown={move}>
      {tabs.map((t) => (
        <button
          type="button"
          role="tab"
          key={t.id}
          data-tab={t.id}
          aria-selected={t.id === shown}
          tabIndex={t.id === shown ? 0 : -1}
          onClick={() => show(t.id)}
        >
          {t.name}
          {t.count !== undefined && <span class="count">{t.count}</span>}
        </button>
      ))}
    </div>
  );
}
