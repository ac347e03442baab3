/**
 * The typed memory inside DuckDB's vectors. The public setters take one value at a time and read a float as a number,
 * which may change the bits of a NaN; whole-array copies keep every bit and cost a hundredth. The fields are private in
 * the declarations of @duckdb/node-api, whose version is pinned exactly; a new version that renames them fails here, loudly.
 */
import type { DuckDBListVector, DuckDBVector } from '@duckdb/node-api';

type Items = Float32Array | BigInt64Array | Uint32Array | Uint8Array;

/** The bytes of a vector of plain numbers. */
export function vectorBytes(vector: DuckDBVector): Uint8Array {
  const items = (vector as unknown as { items?: Items }).items;
  if (!ArrayBuffer.isView(items))
    throw new Error(`this version of @duckdb/node-api hides the items of a ${vector.type} vector`);
  return new Uint8Array(items.buffer, items.byteOffset, items.byteLength);
}

/** The bytes of the elements of an ARRAY vector, row after row. */
export function arrayBytes(vector: DuckDBVector): Uint8Array {
  const child = (vector as unknown as { childData?: DuckDBVector }).childData;
  if (child === undefined)
    throw new Error(`this version of @duckdb/node-api hides the elements of a ${vector.type} vector`);
  return vectorBytes(child);
}

/** The bytes of the elements of a LIST vector; a row's elements begin at `vector.getEntryOffset(row)`. */
export function listBytes(vector: DuckDBListVector): Uint8Array {
  return vectorBytes(vector.childVector);
}
