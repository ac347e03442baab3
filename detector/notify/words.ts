/** The sentences of a notification in the languages that people on duty read. Evidence stays in the words of its method. */
import { fromUnit } from '../../models/kernel/index.ts';
import type { Kind, Notice } from './message.ts';

export const LANGUAGES = ['en', 'de', 'es', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

interface Words {
  readonly kind: Readonly<Record<Kind, string>>;
  readonly priority: string;
  readonly escalation: string;
  readonly time: string;
  readonly incident: string;
  readonly place: string;
  readonly rate: string;
  readonly evidence: string;
  readonly acknowledge: string;
  readonly enclosed: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    kind: {
      raised: 'Alarm',
      reminder: 'Alarm still stands',
      acknowledged: 'Acknowledged',
      returned: 'Returned to normal',
      plan: 'Response plan',
    },
    priority: 'priority',
    escalation: 'Not acknowledged, escalation',
    time: 'Time',
    incident: 'Incident',
    place: 'Place',
    rate: 'Leak rate',
    evidence: 'Evidence',
    acknowledge: 'Please acknowledge in the control room.',
    enclosed: 'Enclosed',
  },
  de: {
    kind: {
      raised: 'Alarm',
      reminder: 'Alarm steht weiter an',
      acknowledged: 'Quittiert',
      returned: 'Wieder normal',
      plan: 'Einsatzplan',
    },
    priority: 'Priorität',
    escalation: 'Nicht quittiert, Eskalation',
    time: 'Zeit',
    incident: 'Ereignis',
    place: 'Ort',
    rate: 'Leckrate',
    evidence: 'Befund',
    acknowledge: 'Bitte in der Leitwarte quittieren.',
    enclosed: 'Anlagen',
  },
  es: {
    kind: {
      raised: 'Alarma',
      reminder: 'La alarma sigue activa',
      acknowledged: 'Reconocida',
      returned: 'Vuelta a la normalidad',
      plan: 'Plan de respuesta',
    },
    priority: 'prioridad',
    escalation: 'Sin reconocer, escalado',
    time: 'Hora',
    incident: 'Incidente',
    place: 'Lugar',
    rate: 'Caudal de fuga',
    evidence: 'Indicio',
    acknowledge: 'Reconózcala en la sala de control.',
    enclosed: 'Adjuntos',
  },
  zh: {
    kind: {
      raised: '报警',
      reminder: '报警仍未解除',
      acknowledged: '已确认',
      returned: '恢复正常',
      plan: '应急预案',
    },
    priority: '优先级',
    escalation: '未确认，升级',
    time: '时间',
    incident: '事件',
    place: '位置',
    rate: '泄漏速率',
    evidence: '依据',
    acknowledge: '请在控制室确认。',
    enclosed: '附件',
  },
};

/** Subject and body of a notice. @param localTime the instant, on the wall clock of the receiver, with its zone */
export function tell(notice: Notice, language: Language, step: number, localTime: string) {
  const w = WORDS[language];
  const { event } = notice;
  const what = notice.subject ?? `${w.kind[notice.kind]} ${notice.alarm}`;
  const urgent = step > 0 ? `${w.escalation} ${step}: ` : '';
  const subject = `${urgent}${what} · ${notice.plant} · ${w.priority} ${notice.priority}`;
  const lines = [`${w.time}: ${localTime}`];
  if (notice.incident !== undefined) lines.push(`${w.incident}: ${notice.incident}`);
  const place = placeText(event?.where);
  if (place !== undefined) lines.push(`${w.place}: ${place}`);
  if (event?.rate)
    lines.push(`${w.rate}: ${event.rate.massRate_kg_s.toPrecision(3)} ± ${event.rate.sigma_kg_s.toPrecision(2)} kg/s`);
  if (event) lines.push(`${w.evidence} (${event.by}): ${event.because}`);
  if (notice.enclosures.length > 0) lines.push(`${w.enclosed}: ${notice.enclosures.map((e) => e.name).join(', ')}`);
  if (notice.kind === 'raised' || notice.kind === 'reminder') lines.push('', w.acknowledge);
  return { subject, body: `${subject}\n\n${lines.join('\n')}\n` };
}

function placeText(where: NonNullable<Notice['event']>['where']): string | undefined {
  if (!where) return undefined;
  const km = (m: number) => (m / fromUnit(1, 'km')).toFixed(3);
  if (where.position_m !== undefined) return `km ${km(where.position_m)} ± ${km(where.sigma_m)}`;
  const source = where.source === undefined ? '' : `${where.source}, `;
  return `${source}(${where.place_m!.map((m) => m.toFixed(0)).join(', ')}) m ± ${where.sigma_m.toFixed(0)} m`;
}
