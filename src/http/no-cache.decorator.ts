const NO_CACHE = Symbol.for('nestjs-reports-cache:no-cache');

/** Takes one route out of a `@Cacheable()` controller. */
export function NoCache(): MethodDecorator {
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata(NO_CACHE, true, descriptor.value as object);
  };
}

/** @internal */
export function isNoCache(handler: object): boolean {
  return Reflect.getMetadata(NO_CACHE, handler) === true;
}
