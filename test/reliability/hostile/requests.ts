import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { chunksOf, Findings, type HostileRun, pollutionOf } from './findings.js';
import { nastyText } from './inputs.js';
import { type Answer, type Question, Wire, withHands } from './wire.js';

/** In every so many inputs one comes over a bare socket. */
const BARE_ONE_IN = 20;

/** A server that has done what it can: answered, or refused what is no request to it. */
const ANSWERS = new Set([200, 201, 304, 400, 404, 405, 411, 413, 414, 415, 417, 431, 501, 505]);

const parameterName = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'companyId',
      'period',
      'fail',
      '__proto__',
      'constructor',
      'companyId[]',
      'a[b][c]',
    ),
  },
  { weight: 1, arbitrary: nastyText },
);

const parameters = fc.oneof(fc.constant([]), fc.array(fc.tuple(parameterName, nastyText), { maxLength: 2 }));

/** Few enough that many requests ask for what is stored already. */
const id = fc.oneof(
  fc.constantFrom('__proto__', '%', '../../x', '\r\nx: y', '"', '01', '\0', 'a/b', '..'),
  nastyText,
);

const question: fc.Arbitrary<Question> = fc
  .record({
    route: fc.constantFrom('all', 'all', 'declared', 'declared', 'mine', 'told', 'evict'),
    id,
    query: parameters,
    isEncoded: fc.nat(9).map((dice) => dice > 0),
    headers: fc.record(
      {
        'x-view': fc.oneof(fc.constantFrom('a', '__proto__'), nastyText.map(toHeader)),
        'x-user': fc.oneof(fc.constantFrom('alice', 'bob'), nastyText.map(toHeader)),
        'if-none-match': fc.oneof(
          nastyText.map(toHeader),
          fc.constantFrom('*', 'W/"', '"a", ,"b', '"'.repeat(500)),
        ),
        'cache-control': fc.constantFrom(
          'max-age=1',
          'no-cache',
          'max-age=0',
          'no-cache="x',
          ','.repeat(500),
        ),
        'accept-encoding': fc.constantFrom('gzip;q=x', '*;q=0', 'identity;q=0', 'br,'.repeat(200)),
        authorization: nastyText.map(toHeader),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ route, id, query, isEncoded, headers }) => ({
    method: route === 'evict' ? 'POST' : 'GET',
    path: `/reports/${route}/${encode(id)}${toSearch(query, isEncoded)}`,
    headers,
  }));

/** What no client library would send: lines that end early, lengths that lie, two requests in one, plain noise. */
const bareBytes = fc
  .tuple(
    fc.constantFrom('GET', 'HEAD', 'POST', 'get', 'PRI', 'GET\t', '\0'),
    fc.oneof(
      nastyText,
      fc.constantFrom('/reports/all/1', '*', '//', '/%', '/%ff', '/reports/all/%00', 'http://evil/'),
    ),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', 'HTTP', ''),
    fc.array(
      fc.oneof(
        fc.tuple(nastyText, nastyText).map(([name, value]) => `${name}: ${value}`),
        fc.constantFrom(
          'Host: a\r\nHost: b',
          'Content-Length: 5',
          'Content-Length: -1',
          'Transfer-Encoding: chunked',
          'Transfer-Encoding: chunked\r\nContent-Length: 3',
          'Connection: close, keep-alive',
          'X-View: a\r\n b',
          'X-View: a\nSet-Cookie: evil=1',
        ),
      ),
      { maxLength: 3 },
    ),
    nastyText,
  )
  .map(([method, path, version, lines, body]) =>
    Buffer.from(
      `${method} ${path} ${version}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`,
      'latin1',
    ),
  );

/**
 * Requests of hostile clients. The guard says in a header what each request asks for, and the body, cached or not,
 * must say the same: an answer to another request would not.
 * @param databasePath beside which nothing may appear that was not there.
 */
export async function runRequests(
  url: string,
  databasePath: string,
  inputs: number,
): Promise<HostileRun & { hits: number }> {
  const findings = new Findings();
  const wire = new Wire(url);
  let hits = 0;
  for (const questions of chunksOf(question, inputs, 1_000)) {
    await withHands(16, questions, async (asked) => {
      const answer = await tryAsk(wire, asked, findings);
      if (answer?.headers['x-cache'] === 'HIT') hits += 1;
    });
    for (const bytes of chunksOf(bareBytes, questions.length / BARE_ONE_IN, 1_000)) {
      await withHands(8, bytes, (noise) => tryWrite(wire, noise, findings));
    }
    const strangers = readdirSync(dirname(databasePath)).filter(
      (name) => !/^cache\.sqlite(-wal|-shm|-lock)?$/.test(name),
    );
    if (strangers.length > 0) findings.add(strangers, 'files beside the cache');
    if (findings.isFull) break;
  }
  wire.close();
  return { inputs, hits, findings: findings.list };
}

async function tryAsk(wire: Wire, asked: Question, findings: Findings): Promise<Answer | undefined> {
  try {
    const answer = await wire.ask(asked);
    const fault = faultOf(answer) ?? pollutionOf();
    if (fault !== undefined) findings.add([asked, answer], fault);
    return answer;
  } catch (error) {
    findings.add(asked, String(error));
    return undefined;
  }
}

function faultOf({ status, headers, text }: Answer): string | undefined {
  if (!ANSWERS.has(status)) return `status ${status}`;
  if (headers['set-cookie'] !== undefined) return 'a header of the client in the answer';
  const seen = headers['x-seen'];
  if (status !== 200 || typeof seen !== 'string') return undefined;
  return Buffer.from(seen, 'base64url').toString() === text ? undefined : 'the answer to another request';
}

async function tryWrite(wire: Wire, noise: Buffer, findings: Findings): Promise<void> {
  try {
    const text = await wire.write(noise);
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
    if (status !== undefined && !ANSWERS.has(Number(status)))
      findings.add(noise.toString('latin1'), `status ${status}`);
    if (/^set-cookie:/im.test(text))
      findings.add(noise.toString('latin1'), 'a header of the client in the answer');
  } catch (error) {
    findings.add(noise.toString('latin1'), String(error));
  }
}

function toSearch(query: readonly (readonly [string, string])[], isEncoded: boolean): string {
  if (query.length === 0) return '';
  const spell = isEncoded ? encode : toUri;
  return `?${query.map(([name, value]) => `${spell(name)}=${spell(value)}`).join('&')}`;
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What Node's client lets through, percent signs of no meaning among it. */
function toUri(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '');
}

/** What Node's client lets through in a header. */
function toHeader(text: string): string {
  return text.replace(/[^\x20-\x7e\x80-\xff]/g, '');
}
