const LONGEST_BYTES = 8 * 1024;

/** What is stored under a name that ends in a number, by `set` or as a report: told from any other by its text. */
export function contentOf(name: string): string {
  const text = `content of ${name};`;
  const number = Number(name.split('-').at(-1));
  return text.repeat(1 + ((number * 7_919) % Math.floor(LONGEST_BYTES / text.length)));
}
