/** Whether a pipe would read a number out of this text that is spelt otherwise, as the 1 out of `01`, ` 1` or `1.0`. */
export function isOddlySpeltNumber(text: string): boolean {
  const isNumber = text.trim() === '' || !Number.isNaN(Number(text));
  return isNumber && !/^(0|-?[1-9]\d*)$/.test(text);
}
