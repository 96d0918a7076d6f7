import { InvalidArgumentError } from 'commander';

/** Reads the value of an option that is a whole number above zero. */
export function wholeNumber(option: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isSafeInteger(number) && number > 0) return number;
    throw new InvalidArgumentError(`${option} must be a whole number above zero.`);
  };
}
