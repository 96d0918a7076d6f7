import { createRequire } from 'node:module';

/** What this module needs of a `Decimal` of the npm package `decimal.js`, whichever copy made it. */
export interface DecimalLike {
  /** Exact text, with the sign of a negative zero, `'NaN'` and `'Infinity'`; `new Decimal(text)` gives the same number. */
  valueOf(): string;
}

/** A constructor of the package, or a clone of it with its own precision. */
export type DecimalConstructor = new (text: string) => DecimalLike;

/**
 * Whether a value carries decimal.js's brand. `instanceof` would miss the package's other copies: its ESM and CJS
 * builds are two classes, and some libraries bundle a third.
 */
export function isDecimal(value: object): value is DecimalLike {
  return isDecimalPrototype(Object.getPrototypeOf(value));
}

export function isDecimalPrototype(prototype: unknown): boolean {
  return (prototype as { toStringTag?: unknown } | null)?.toStringTag === '[object Decimal]';
}

/** The ESM build of the app's `decimal.js`, the one that `import` gives; `undefined` when it is not installed. */
export function installedDecimal(): DecimalConstructor | undefined {
  try {
    // `require` of the bare name would give the CJS build, and `await import` would make this package asynchronous to load.
    const require = createRequire(import.meta.url);
    return (require('decimal.js/decimal.mjs') as { default: DecimalConstructor }).default;
  } catch {
    return undefined;
  }
}
