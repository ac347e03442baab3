/**
 * How the twin itself is: GET /metrics for Prometheus (text format 0.0.4) and GET /healthz. Names follow Prometheus' own rules:
 * base units, `_total` for counters.
 */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { NotifierCounts } from '../../detector/notify/index.ts';
import { type AlarmEvent, type AlarmState, coreState, isActive, isAnnunciated } from '../../models/contract/index.ts';
import type { RunListener } from '../run/index.ts';
import { stopwatch } from '../run/index.ts';

export interface MetricsSources {
  readonly plant: string;
  /** Absent where nobody is notified. */
  readonly notifier?: () => NotifierCounts;
  /** Absent where there is no history. */
  readonly historian?: () => { readonly lostFrames: number };
}

/** Longest time between two scans of a run that moves, before it is no longer well; lockstep waits as long for its detector. */
const STILL_s = 30;
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class Metrics {
  readonly listener: RunListener;
  readonly #registry = new Registry();
  readonly #sources: MetricsSources;
  readonly #clock_s = stopwatch();
  readonly #standing = new Map<string, { state: AlarmState; priority: number }>();
  readonly #step: Histogram;
  readonly #latency: Histogram;
  readonly #lost: Counter;
  #scans = 0;
  #lastScan_s: number | undefined;
  #detectorSeq = 0;
  #over: string | undefined;

  constructor(sources: MetricsSources) {
    this.#sources = sources;
    const registers = [this.#registry];
    this.#registry.setDefaultLabels({ plant: sources.plant });
    collectDefaultMetrics({ register: this.#registry });
    const of = (name: string, help: string) => ({ name: `leaktwin_${name}`, help, registers });
    const scans = new Counter(of('scans_total', 'scans published'));
    const interval = new Histogram({ ...of('scan_seconds', 'wall time from one scan to the next'), buckets: SECONDS });
    this.#step = new Histogram({ ...of('detector_step_seconds', 'detector: time of one scan'), buckets: SECONDS });
    this.#latency = new Histogram({
      ...of('detector_latency_seconds', 'wall time from publication of a scan to its acknowledge'),
      buckets: SECONDS,
    });
    this.#lost = new Counter(of('detector_scans_lost_total', 'scans that the detector did not see'));
    const plantTime = new Gauge(of('plant_time_seconds', 'plant time of the newest scan'));
    const events = new Counter({ ...of('alarm_events_total', 'events of the journal'), labelNames: ['alarm', 'to'] });
    const horn = new Counter({
      ...of('alarms_annunciated_total', 'times that a person heard'),
      labelNames: ['priority'],
    });
    const standing = this.#standing;
    new Gauge({
      ...of('alarms_standing', 'alarms whose condition holds'),
      labelNames: ['priority'],
      collect() {
        for (const priority of [1, 2, 3, 4]) {
          const of4 = [...standing.values()].filter((s) => s.priority === priority && isActive(s.state));
          this.set({ priority }, of4.length);
        }
      },
    });
    const { notifier, historian } = sources;
    if (notifier) addNotifier(notifier, of);
    if (historian)
      new Gauge({
        ...of('history_scans_lost', 'scans that the history could not take'),
        collect() {
          this.set(historian().lostFrames);
        },
      });
    this.listener = {
      begin: () => {},
      frame: (frame) => {
        const now_s = this.#clock_s();
        if (this.#lastScan_s !== undefined) interval.observe(now_s - this.#lastScan_s);
        this.#lastScan_s = now_s;
        this.#scans += 1;
        scans.inc();
        plantTime.set(frame.timeUs / 1e6);
        return undefined;
      },
      alarm: (event: AlarmEvent) => {
        events.inc({ alarm: event.alarm, to: event.to });
        if (isAnnunciated(event)) horn.inc({ priority: event.priority });
        standing.set(event.alarm, { state: coreState(event), priority: event.priority });
      },
      end: async (because) => {
        this.#over = because;
      },
    };
  }

  /** A scan that the detector has done. */
  scan(seq: number, step_s: number, latency_s: number): void {
    this.#step.observe(step_s);
    this.#latency.observe(latency_s);
    if (seq > this.#detectorSeq + 1) this.#lost.inc(seq - this.#detectorSeq - 1);
    this.#detectorSeq = seq;
  }

  addTo(app: OpenAPIHono): void {
    app.get('/metrics', async (c) =>
      c.body(await this.#registry.metrics(), 200, { 'content-type': this.#registry.contentType }),
    );
    app.get('/healthz', (c) => {
      const health = this.health();
      return c.json(health, health.status === 'still' ? 503 : 200);
    });
  }

  /** `still`: a run that ought to move does not. `degraded`: it moves, and something beside it does not work. */
  health() {
    const age_s = this.#lastScan_s === undefined ? undefined : this.#clock_s() - this.#lastScan_s;
    const counts = this.#sources.notifier?.();
    const troubles = (counts?.channels ?? []).flatMap((c) => (c.trouble ? [`${c.channel}: ${c.trouble}`] : []));
    if (counts && counts.unsaved > 0) troubles.push('the outbox is not on disk');
    if ((this.#sources.historian?.().lostFrames ?? 0) > 0) troubles.push('the history has lost scans');
    const still = this.#over === undefined && age_s !== undefined && age_s > STILL_s;
    const status = still ? 'still' : troubles.length > 0 ? 'degraded' : 'ok';
    const run = this.#over ?? (age_s === undefined ? 'waits for its first scan' : 'goes on');
    return { status, run, scans: this.#scans, ...(age_s === undefined ? {} : { lastScan_s: age_s }), troubles };
  }
}

type Named = (name: string, help: string) => { name: string; help: string; registers: Registry[] };

function addNotifier(counts: () => NotifierCounts, of: Named): void {
  const labelNames = ['channel'];
  const per = (name: string, help: string, value: (c: NotifierCounts['channels'][number]) => number) =>
    new Gauge({
      ...of(name, help),
      labelNames,
      collect() {
        for (const c of counts().channels) this.set({ channel: c.channel }, value(c));
      },
    });
  per('notifications_waiting', 'notifications that wait to be taken', (c) => c.waiting);
  per('notifications_delivered', 'notifications taken since the start', (c) => c.delivered);
  per('notification_failures', 'tries that failed since the start', (c) => c.failures);
  new Gauge({
    ...of('notifications_held', 'quiet hours and escalations that wait for their time'),
    collect() {
      this.set(counts().held);
    },
  });
}
