/** What the schema of heat and products cannot see. */
import type { Checker } from '../plant/index.ts';
import type { LiquidSpec } from './spec.ts';

export function checkHeatSpec(spec: LiquidSpec, checker: Checker): void {
  const { problems, problemAt, need, declare } = checker;
  const { fluid } = spec;
  const names = [fluid.product, ...fluid.products.map((p) => p.id)];
  declare(fluid.products, 'fluid.products');
  if (fluid.products.length > 0 && !fluid.heat)
    problems.push(
      problemAt(['fluid', 'products'], 'products without heat', 'a "heat" beside them', 'heat: {} will do'),
    );
  spec.tanks.forEach((t, i) => {
    if (t.product === undefined) return;
    if (!fluid.heat) problems.push(problemAt(['tanks', i, 'product'], `"${t.product}"`, 'it only with "heat"'));
    else need(['tanks', i, 'product'], t.product, names, 'product');
  });
  fluid.products.forEach((p, i) => {
    if (p.id === fluid.product)
      problems.push(problemAt(['fluid', 'products', i, 'id'], `"${p.id}"`, 'another name than that of the line'));
    thicker(p.viscosities, ['fluid', 'products', i, 'viscosities']);
  });
  const { heat } = fluid;
  if (!heat) return;
  if (spec.cavitation !== 'none')
    problems.push(
      problemAt(['cavitation'], `"${spec.cavitation}"`, '"none" with heat', 'they cannot be had together yet'),
    );
  if (spec['unsteady-friction'] !== 'none')
    problems.push(
      problemAt(
        ['unsteady-friction'],
        `"${spec['unsteady-friction']}"`,
        '"none" with heat',
        'they cannot be had together yet',
      ),
    );
  if (heat.viscosities) thicker(heat.viscosities, ['fluid', 'heat', 'viscosities']);
  heat.ground?.forEach((p, i) => {
    const before = heat.ground?.[i - 1];
    if (before && !(p.kp > before.kp))
      problems.push(
        problemAt(['fluid', 'heat', 'ground', i, 'kp'], `${p.kp} m after ${before.kp} m`, 'distances that grow'),
      );
  });

  function thicker(list: readonly (readonly [number, number])[], path: PropertyKey[]): void {
    const [a, b] = list;
    for (const [k, p] of list.entries())
      if (list.length > 1 && p[1] < 2e-7)
        problems.push(problemAt([...path, k], `${p[1] * 1e6} cSt`, 'at least 0.2 cSt, where ASTM D341 begins'));
    if (a && b && (b[0] > a[0] !== b[1] < a[1] || a[0] === b[0]))
      problems.push(problemAt(path, 'two viscosities', 'two temperatures, the thinner liquid at the warmer'));
  }
}
