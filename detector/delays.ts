/**
 * What a recipe's own settings cost of every detection: how long a feature must look behind an event before it can speak, and how
 * long a condition must last before it becomes an alarm. What a method takes beyond that is its own.
 */
import type { MethodSpec, Recipe } from './recipe.ts';

export interface RecipeDelay {
  readonly alarm: string;
  readonly windowUs: number;
  readonly alarmDelayUs: number;
}

/** Delays of each alarm of a recipe; a condition is looked at once per scan. */
export function recipeDelays(recipe: Recipe, scanUs: number): RecipeDelay[] {
  return recipe.spec.methods.flatMap((m) =>
    'alarm' in m
      ? [
          {
            alarm: m.alarm,
            windowUs: Math.round(window_s(m) * 1e6),
            alarmDelayUs: Math.ceil((m['on-delay'] * 1e6) / scanUs) * scanUs,
          },
        ]
      : [],
  );
}

function window_s(m: MethodSpec): number {
  // Half of the matched filter lies behind the front.
  if (m.method === 'wave') return m.window;
  if (m.method === 'gas-source') return m.average;
  if (m.method === 'gas-level') return m.over === 'background' || m.within !== undefined ? m.average : 0;
  return 0;
}
