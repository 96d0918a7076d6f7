/** A content coding (RFC 9110, section 8.4.1) in which stored bodies are kept. */
export type Coding = 'identity' | 'gzip';

/**
 * The codings that a client takes, the best first, by `Accept-Encoding` (RFC 9110, section 12.5.3); of two that it
 * likes as well, the shorter. Without the header any would be acceptable, and whoever sends none may know none.
 */
export function acceptedCodings(acceptEncoding: string | undefined): readonly Coding[] {
  if (acceptEncoding === undefined) return ['identity'];
  const weights = readWeights(acceptEncoding);
  const anyOther = weights.get('*');
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? anyOther ?? 0;
  // What is not listed is taken, and only after what is.
  const identity = weights.get('identity') ?? (anyOther === 0 ? 0 : LEAST);
  if (gzip === 0) return ['identity'];
  if (identity === 0) return ['gzip'];
  return gzip >= identity ? ['gzip', 'identity'] : ['identity', 'gzip'];
}

/** The smallest weight that can be written is 0.001. */
const LEAST = 0.0001;

function readWeights(acceptEncoding: string): ReadonlyMap<string, number> {
  return new Map(acceptEncoding.toLowerCase().split(',').map(readMember));
}

function readMember(member: string): [coding: string, weight: number] {
  const [coding = '', ...parameters] = member.split(';').map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [coding, weight === undefined ? 1 : readWeight(weight.slice(2))];
}

/** What cannot be read is a refusal: the client then gets what everybody understands. */
function readWeight(text: string): number {
  const weight = Number(text);
  return weight >= 0 && weight <= 1 ? weight : 0;
}
