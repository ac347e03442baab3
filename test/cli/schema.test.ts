/**
 * The JSON Schemas in models/schema are those of the code, and they accept what ships.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCHEMAS, schemaFileName, schemaText } from '../../scenarios/cli/schema.ts';
import { root } from './terminal.ts';

const folder = `${root}models/schema/`;

describe('JSON Schemas', () => {
  it.each(SCHEMAS.map((s) => [s.name, s] as const))(
    '%s is fresh ("npx leaktwin schema --write" refreshes it)',
    (name, named) => {
      expect(readFileSync(folder + schemaFileName(name), 'utf8')).toBe(schemaText(named));
    },
  );

  it('there is none that no code stands behind', () => {
    expect(
      readdirSync(folder)
        .filter((f) => f.endsWith('.json'))
        .sort(),
    ).toEqual(SCHEMAS.map((s) => schemaFileName(s.name)).sort());
  });

  it('a quantity is described with its unit, and unknown keys are refused', () => {
    const plant = JSON.parse(schemaText(SCHEMAS[0]!)) as {
      additionalProperties: boolean;
      properties: Record<string, { description?: string }>;
    };
    expect(plant.additionalProperties).toBe(false);
    expect(plant.properties['design-flow']!.description).toBe('a flow with its unit, such as "1060 m3/h"');
  });
});
