import { InvalidOptionsError } from '../common/errors.js';
import type { Constructor } from '../common/options.js';
import { type DecimalConstructor, installedDecimal, isDecimalPrototype } from './decimal.js';

const builtIns: readonly Constructor[] = [
  Array,
  ArrayBuffer,
  Object.getPrototypeOf(Uint8Array) as Constructor,
  Date,
  Error,
  Map,
  Promise,
  RegExp,
  Set,
  WeakMap,
  WeakSet,
];

/** The classes of the option `models`, by name for reading and by prototype for writing. */
export class ModelRegistry {
  private readonly byName = new Map<string, object>();
  private readonly byPrototype = new Map<object, string>();
  private decimal: DecimalConstructor | undefined;

  /** @throws {InvalidOptionsError} for two classes of one name, and for one whose state sits outside its fields (a Map, a Date). */
  constructor(models: readonly Constructor[] = []) {
    const faults = models.flatMap((model) => this.register(model));
    if (faults.length > 0) throw new InvalidOptionsError(faults);
  }

  /** The name an instance with this prototype is written under; `undefined` when its class is not registered. */
  nameOf(prototype: object): string | undefined {
    return this.byPrototype.get(prototype);
  }

  prototypeOf(name: string): object | undefined {
    return this.byName.get(name);
  }

  /** The class that Decimals come back as: the registered one, else the installed package's. */
  decimalClass(): DecimalConstructor | undefined {
    this.decimal ??= installedDecimal();
    return this.decimal;
  }

  private register(model: Constructor): string[] {
    const prototype = model.prototype as object;
    if (isDecimalPrototype(prototype)) {
      this.decimal = model as unknown as DecimalConstructor;
      return [];
    }
    const base = builtIns.find((builtIn) => model === builtIn || prototype instanceof builtIn);
    if (base !== undefined)
      return [`models: ${model.name} is a kind of ${base.name}, which cannot be rebuilt`];
    if (this.byName.has(model.name)) return [`models: there are two classes named ${model.name}`];
    this.byName.set(model.name, prototype);
    this.byPrototype.set(prototype, model.name);
    return [];
  }
}
