/** What every value of a process inherits from: whoever changes one of these changes all reports. */
const INTRINSICS: readonly object[] = [
  Object.prototype,
  Function.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
  Date.prototype,
  RegExp.prototype,
  Map.prototype,
  Set.prototype,
  Promise.prototype,
  Error.prototype,
  Uint8Array.prototype,
  Buffer.prototype,
];

type Shape = ReadonlyMap<PropertyKey, PropertyDescriptor>;

const shapes: readonly Shape[] = INTRINSICS.map(shapeOf);
const parents = INTRINSICS.map((intrinsic) => Object.getPrototypeOf(intrinsic) as unknown);

/**
 * What has been changed since this file was loaded, and puts it right again, so that a harness can go on after a
 * finding. An empty list is what a harness wants.
 */
export function takePollution(): string[] {
  return INTRINSICS.flatMap((intrinsic, index) => [
    ...changedParent(intrinsic, index),
    ...changedFields(intrinsic, shapes[index] as Shape),
  ]);
}

function changedParent(intrinsic: object, index: number): string[] {
  return Object.getPrototypeOf(intrinsic) === parents[index] ? [] : [`parent of intrinsic ${index}`];
}

function changedFields(intrinsic: object, shape: Shape): string[] {
  const names = Reflect.ownKeys(intrinsic).filter((name) => !isUnchanged(intrinsic, name, shape));
  for (const name of names) restore(intrinsic, name, shape.get(name));
  return names.map(String);
}

function isUnchanged(intrinsic: object, name: PropertyKey, shape: Shape): boolean {
  const known = shape.get(name);
  const now = Object.getOwnPropertyDescriptor(intrinsic, name);
  return (
    known !== undefined &&
    Object.is(now?.value, known.value) &&
    now?.get === known.get &&
    now?.set === known.set
  );
}

function restore(intrinsic: object, name: PropertyKey, known: PropertyDescriptor | undefined): void {
  if (known === undefined) Reflect.deleteProperty(intrinsic, name);
  else Object.defineProperty(intrinsic, name, known);
}

function shapeOf(intrinsic: object): Shape {
  return new Map(
    Reflect.ownKeys(intrinsic).map((name) => [
      name,
      Object.getOwnPropertyDescriptor(intrinsic, name) as PropertyDescriptor,
    ]),
  );
}
