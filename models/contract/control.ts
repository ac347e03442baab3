/** What a value written to a control asks of the plant; the same for a Modbus master and for a detector in the same process. */
import { fromUnit } from '../kernel/index.ts';
import type { Command } from './command.ts';
import { type Control, isCoil, SETPOINT_ADDRESS, type UnitImage } from './registers.ts';

/**
 * @param value on the wire: 0 or 1 of a coil, else a float32 in the control's unit
 * @returns undefined where nothing is to be done: a trip or reset coil that is written 0
 */
export function controlCommand(control: Control, value: number): Command | undefined {
  const { element, property } = control;
  const on = value !== 0;
  switch (property) {
    case 'run':
      return { kind: 'pump', element, action: on ? 'start' : 'stop' };
    case 'bypass':
    case 'push':
      return { kind: 'set', element, property, value: on ? 1 : 0 };
    case 'reset':
      return on ? { kind: 'set', element, property, value: 1 } : undefined;
    case 'trip':
      return on ? { kind: 'pump', element, action: 'trip' } : undefined;
    default: {
      const float = Math.fround(value);
      return { kind: 'set', element, property, value: control.unit === '' ? float : fromUnit(float, control.unit) };
    }
  }
}

/** Where a unit has a control; undefined where it has not. */
export function controlAddress(
  unit: Pick<UnitImage, 'controls'>,
  element: string,
  property: string,
): { readonly table: 'coil' | 'holding'; readonly address: number } | undefined {
  const found = unit.controls.find((c) => c.element === element && c.property === property);
  if (!found) return undefined;
  const alike = unit.controls.filter((c) => isCoil(c) === isCoil(found));
  const index = alike.indexOf(found);
  return isCoil(found)
    ? { table: 'coil', address: index }
    : { table: 'holding', address: SETPOINT_ADDRESS + 2 * index };
}
