/** One handler of one controller. */
export interface Route {
  readonly controller: new (...args: never[]) => unknown;
  readonly methodName: string;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
  readonly handler: Function;
}
