/**
 * How the report looks and the little that moves in it. Grey until something is abnormal: saturated colour belongs to
 * alarms alone (by priority: vermilion, orange, sky blue, grey; Okabe and Ito's palette, distinct to the colour-blind),
 * so verdicts use muted ink. Everything coloured also has its own shape or letter.
 */
const DARK = `
  --ground: #15181b; --panel: #1b1f23; --plot: #1f2428; --ink: #e3e6e8; --ink2: #a3aab0; --ink3: #767e85; --rule: #333a40; --grid: #2a3035;
  --trace: #b4bbc1; --leak: #737b82; --hatch: #59626a; --halo: #1b1f23;
  --p1: #f0762b; --p2: #efb02e; --p3: #6cc0f0; --p4: #9aa1a7;
  --pass: #9fb3a8; --acceptable: #c3b184; --fail: #dd949b; --none: #7d858b; --failwash: #33262a;`;

export const STYLE = `
:root { color-scheme: light dark;
  --ground: #eeefee; --panel: #f9f9f8; --plot: #f3f4f3; --ink: #23282c; --ink2: #596067; --ink3: #888f95; --rule: #d3d6d6; --grid: #e3e5e5;
  --trace: #4f575e; --leak: #80878d; --hatch: #a9afb4; --halo: #f9f9f8;
  --p1: #d55e00; --p2: #e69f00; --p3: #3d9fd9; --p4: #83898e;
  --pass: #4d6a5c; --acceptable: #7d6a2d; --fail: #8f3440; --none: #888f95; --failwash: #f3e7e7;
}
@media (prefers-color-scheme: dark) { :root {${DARK} } }
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); font: 14px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
body { margin: 0 auto; max-width: 1280px; padding: 28px 24px 48px; }
h1 { font-size: 26px; line-height: 1.2; font-weight: 650; margin: 2px 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 12px; font-weight: 650; letter-spacing: 0.09em; text-transform: uppercase; color: var(--ink2); margin: 0 0 12px; }
p { margin: 0; }
header { display: flex; gap: 32px; align-items: flex-start; justify-content: space-between; margin-bottom: 18px; }
.eyebrow { font-size: 12px; letter-spacing: 0.09em; text-transform: uppercase; color: var(--ink3); }
.about { color: var(--ink2); max-width: 72ch; }
.badge { flex: none; display: flex; align-items: center; gap: 12px; border: 2px solid currentColor; border-radius: 6px; padding: 8px 18px 8px 12px; font-size: 19px; font-weight: 650; background: var(--panel); }
.badge small { display: block; font-size: 12px; font-weight: 400; color: var(--ink2); letter-spacing: 0; }
.badge svg { width: 34px; height: 34px; }
.facts { display: flex; flex-wrap: wrap; gap: 0; margin: 0 0 18px; padding: 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); }
.facts div { padding: 8px 22px 8px 0; margin-right: 22px; border-right: 1px solid var(--rule); }
.facts div:last-child { border: 0; margin: 0; }
.facts dt { font-size: 11px; color: var(--ink3); }
.facts dd { margin: 0; font-weight: 550; }
.notice { border-left: 4px solid var(--fail); background: var(--failwash); padding: 10px 14px; margin-bottom: 18px; }
section { background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: 18px 20px; margin-bottom: 16px; }
table { border-collapse: collapse; width: 100%; }
th { font-size: 11px; font-weight: 500; color: var(--ink3); text-align: left; padding: 0 12px 6px 0; white-space: nowrap; vertical-align: bottom; }
td { padding: 8px 12px 0 0; vertical-align: top; }
.n { text-align: right; white-space: nowrap; }
.verdicts tbody tr.v td { border-top: 1px solid var(--rule); }
.verdicts tbody tr.why td { padding-top: 0; padding-bottom: 9px; color: var(--ink2); font-size: 13px; }
.verdicts .name { font-weight: 600; white-space: nowrap; }
.verdicts .name span { font-weight: 400; color: var(--ink2); }
.verdicts .actual { font-weight: 650; font-size: 16px; line-height: 1.3; }
.verdicts .floor { color: var(--ink3); }
.verdicts th.floor { border-bottom: 0; }
.status { display: inline-flex; align-items: center; gap: 8px; white-space: nowrap; font-weight: 600; }
.status svg { width: 20px; height: 20px; flex: none; }
.pass { color: var(--pass); } .acceptable { color: var(--acceptable); } .fail { color: var(--fail); } .not-applicable { color: var(--none); }
.mark .face { fill: none; stroke: currentColor; stroke-width: 1.6; } .mark .solid { fill: currentColor; stroke: currentColor; stroke-width: 1.6; }
.mark text { font: 700 10px system-ui, sans-serif; text-anchor: middle; fill: currentColor; } .mark .on { fill: var(--panel); }
.gauge { display: block; width: 230px; height: 26px; }
.gauge .track { fill: var(--grid); } .gauge .good { fill: var(--rule); } .gauge .soft { fill: none; stroke: var(--rule); }
.gauge .limit { stroke: var(--ink2); stroke-width: 1.5; } .gauge .whisker { stroke: var(--ink3); stroke-width: 1.5; fill: none; } .gauge .dot { fill: currentColor; }
.gauge .beyond { fill: currentColor; }
svg { display: block; max-width: 100%; height: auto; overflow: visible; }
svg text { font-size: 12px; fill: var(--ink2); font-family: inherit; }
.scroll { overflow-x: auto; } .timeline, .strip { width: 100%; min-width: 760px; }
.timeline .plot { fill: var(--plot); }
svg .grid { stroke: var(--grid); stroke-width: 1; } svg .base { stroke: var(--rule); stroke-width: 1; }
svg .tick { font-size: 11px; fill: var(--ink3); } svg .tag { font-size: 13px; font-weight: 650; fill: var(--ink); } svg .unit { fill: var(--ink3); }
svg .lane { fill: var(--ink3); } svg .label { fill: var(--ink2); } svg .strong { font-weight: 650; fill: var(--ink); }
svg .halo { paint-order: stroke; stroke: var(--halo); stroke-width: 4px; stroke-linejoin: round; }
svg .readout, svg .least { font-size: 13px; font-weight: 600; fill: var(--ink); }
svg .trace { fill: var(--trace); fill-opacity: 0.4; stroke: var(--trace); stroke-width: 0.8; stroke-linejoin: round; }
svg .hatch { stroke: var(--hatch); stroke-width: 2.2; } svg .dots { fill: var(--hatch); } svg .rogue { fill: var(--ink2); }
svg .leak { fill: var(--leak); stroke: var(--ink2); stroke-width: 1; }
svg .event { fill: none; stroke: var(--ink2); stroke-width: 1.5; } svg .fault { stroke: var(--hatch); }
svg .witness { stroke: var(--ink3); stroke-width: 1; stroke-dasharray: 2 3; }
svg .dimension .line { fill: none; stroke: var(--ink); stroke-width: 1.2; } svg .dimension .head { fill: var(--ink); } svg .dimension text { font-weight: 650; font-size: 13px; fill: var(--ink); }
svg .p1 { --c: var(--p1); } svg .p2 { --c: var(--p2); } svg .p3 { --c: var(--p3); } svg .p4 { --c: var(--p4); }
svg .alarm path { fill: var(--c); stroke: var(--halo); stroke-width: 1.2; } svg .alarm.false path { fill: var(--panel); stroke: var(--c); stroke-width: 2; } svg .alarm.repeat path { fill: var(--c); stroke: none; opacity: 0.75; }
svg .standing { stroke: var(--c); stroke-width: 5; opacity: 0.55; } svg .standing.acknowledged { stroke-width: 2; }
svg .pipe { stroke: var(--ink3); stroke-width: 3; } svg .station { stroke: var(--ink2); stroke-width: 1.5; fill: none; } svg .truth { fill: var(--ink); }
svg .lens { fill: var(--grid); opacity: 0.75; } svg .estimate line { stroke: var(--c); } svg .estimate .thin { stroke-width: 1.5; } svg .estimate .thick { stroke-width: 5; opacity: 0.55; }
.crosshair line { stroke: var(--ink); stroke-width: 1; } .crosshair rect { fill: var(--ink); } .crosshair text { fill: var(--panel); font-weight: 600; }
svg .building, svg .tank { fill: var(--grid); stroke: var(--ink3); stroke-width: 1.2; } svg .bund { fill: none; stroke: var(--ink3); stroke-width: 1.6; } svg .rack { fill: var(--grid); stroke: none; } svg .road { fill: var(--rule); opacity: 0.6; } svg .fence { fill: none; stroke: var(--ink3); stroke-width: 1; stroke-dasharray: 5 3; }
svg.plan .plot { fill: var(--plot); } svg .sensor { fill: var(--panel); stroke: var(--ink2); stroke-width: 1.6; } svg .beam { fill: none; stroke: var(--ink2); stroke-width: 1.2; stroke-dasharray: 1 3; }
svg .suspect { fill: var(--c); stroke: none; } svg .claim { fill: var(--c); fill-opacity: 0.08; stroke: var(--c); stroke-width: 1.6; stroke-dasharray: 6 4; }
svg .wind circle { fill: var(--halo); stroke: var(--rule); } svg .wind path { fill: var(--ink2); }
figure { margin: 0; } figure + figure { margin-top: 18px; } figcaption { color: var(--ink2); margin-bottom: 10px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 12px; font-size: 12px; color: var(--ink2); }
.legend span { display: inline-flex; align-items: center; gap: 6px; } .legend svg { width: 16px; height: 16px; }
.alarms td { padding: 6px 14px 6px 0; border-top: 1px solid var(--rule); } .alarms .t { white-space: nowrap; } .alarms svg { width: 18px; height: 18px; max-width: none; } .alarms .because { color: var(--ink2); min-width: 26ch; }
.alarms .fate { white-space: nowrap; } .alarms .id { font-weight: 600; white-space: nowrap; }
.provenance { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 0; font-size: 12px; } .provenance dt { color: var(--ink3); } .provenance dd { margin: 0; overflow-wrap: anywhere; }
code { font: 12px ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; }
.rule { color: var(--ink2); font-size: 12px; margin-top: 12px; max-width: 110ch; }
@media (max-width: 760px) { header { flex-direction: column; gap: 14px; } .gaugecell, .floor { display: none; } body { padding: 16px 12px; } }
@media print { html { background: #fff; font-size: 11px; } body { max-width: none; padding: 0; } section { border: 0; padding: 0 0 10px; background: none; } figure, .verdicts tr, .alarms tr { break-inside: avoid; } .hint, .crosshair { display: none; } .timeline, .strip { min-width: 0; } }
`;

/** The crosshair: one line through all lanes, each trend's values beside it. Without it the page loses nothing but that. */
export const SCRIPT = `
'use strict';
for (const figure of JSON.parse(document.getElementById('figures').textContent)) {
  const svg = document.getElementById(figure.id);
  const hair = svg.querySelector('.crosshair');
  const label = hair.querySelector('text');
  const outs = [...svg.querySelectorAll('.readout')];
  const leasts = [...svg.querySelectorAll('.least')];
  const minus = (text) => text.replace('-', '\\u2212');
  const value = (v) => minus(Math.abs(v) >= 1000 ? v.toFixed(1) : String(Number(v.toPrecision(4))));
  const clock = (us) => {
    const two = (n) => String(Math.floor(n)).padStart(2, '0');
    const s = Math.abs(us) / 1e6;
    const days = Math.floor(s / 86400);
    return (us < 0 ? '\\u2212' : '') + (days > 0 ? days + 'd ' : '') + two((s / 3600) % 24) + ':' + two((s / 60) % 60) + ':' + two(s % 60) + '.' + Math.floor((s * 10) % 10);
  };
  const nearest = (t, at) => {
    let low = 0, high = t.length - 1;
    while (high - low > 1) { const m = (low + high) >> 1; if (t[m] <= at) low = m; else high = m; }
    return at - t[low] <= t[high] - at ? low : high;
  };
  const hide = () => {
    hair.setAttribute('visibility', 'hidden');
    for (const o of outs) o.textContent = o.dataset.rest;
    for (const o of leasts) o.textContent = '';
  };
  svg.addEventListener('pointerleave', hide);
  svg.addEventListener('pointermove', (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    if (point.x < figure.x0 || point.x > figure.x1) return hide();
    const at = ((point.x - figure.x0) / (figure.x1 - figure.x0)) * (figure.toUs - figure.fromUs);
    hair.setAttribute('visibility', 'visible');
    hair.setAttribute('transform', 'translate(' + point.x.toFixed(1) + ' 0)');
    label.textContent = clock(figure.fromUs + at);
    outs.forEach((o, k) => {
      const tag = figure.tags[Number(o.dataset.k)];
      const i = tag.t.length > 0 ? nearest(tag.t, at) : -1;
      const lo = i < 0 ? null : tag.lo[i];
      o.textContent = lo === null ? 'no value' : value(tag.hi[i]);
      leasts[k].textContent = lo === null || value(lo) === value(tag.hi[i]) ? '' : value(lo);
    });
  });
}
`;
