import { gunzipSync, gzipSync } from 'node:zlib';
import { Controller, Get, Param } from '@nestjs/common';
import fc from 'fast-check';
import { Cacheable, CacheEntryRepository } from '../../../src/index.js';
import { StoredResponseCodec } from '../../../src/http/stored-response.codec.js';
import type { StoredEntry } from '../../../src/storage/entries/entry.js';
import type { ReportApp } from '../../support/report-app.js';
import { chunksOf, Findings, type HostileRun, pollutionOf } from './findings.js';
import { bytesFrom } from './forged-bytes.js';
import { nastyJson, nastyText, ownFields } from './inputs.js';
import { type Answer, Wire, withHands } from './wire.js';

const ROWS_AT_ONCE = 250;

/** A report for each row. */
@Controller('rows')
export class RowReports {
  @Get(':id')
  @Cacheable({ type: 'rows', scope: 'global' })
  row(@Param('id') id: string): string {
    return `fresh ${id}`;
  }
}

const body = nastyText.map((text) => Buffer.from(text));

const header = fc.oneof(
  fc.constantFrom(
    'content-type',
    'content-length',
    'content-encoding',
    'transfer-encoding',
    'connection',
    'set-cookie',
    'vary',
    'cache-control',
    'x-fine',
    'X-Upper',
  ),
  nastyText,
);

const headers = fc
  .array(fc.tuple(header, fc.oneof(nastyText, nastyJson, fc.constantFrom('0', '9999', 'chunked', 'gzip'))), {
    maxLength: 3,
  })
  .map(ownFields);

const ETAG = '"an-etag"';

/** A head in which each field may be anything. */
const forgedHead = fc
  .record({
    status: fc.oneof({ weight: 4, arbitrary: fc.constant(200) }, { weight: 1, arbitrary: nastyJson }),
    kind: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('text', 'file', 'empty') },
      { weight: 1, arbitrary: nastyJson },
    ),
    etag: fc.oneof({ weight: 4, arbitrary: fc.constant(ETAG) }, { weight: 1, arbitrary: nastyJson }),
    headers: fc.oneof({ weight: 4, arbitrary: headers }, { weight: 1, arbitrary: nastyJson }),
    hasForms: fc.oneof(fc.boolean(), nastyJson),
    gzipOf: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.oneof(fc.nat(), nastyJson) },
    ),
    __proto__: nastyJson,
  })
  .chain((head) => body.map((bytes) => answerOf(head, bytes)));

const head = {
  status: 200,
  kind: 'text',
  headers: { 'content-type': 'text/plain', 'x-fine': 'a' },
  etag: ETAG,
};

const written = body.map((bytes) => answerOf({ ...head, hasForms: false }, bytes));

/** The gzip form of a body, with its length or that of another. */
const zipped = fc
  .tuple(body, fc.constantFrom(0, 0, 0, 1, -1, 1e15))
  .map(([bytes, more]) =>
    answerOf({ ...head, hasForms: true, gzipOf: bytes.length + more }, gzipSync(bytes)),
  );

/** As {@link StoredResponseCodec} lays an answer out, whatever stands in it. */
function answerOf(head: object, kept: Buffer): Buffer {
  const headBytes = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(headBytes.length);
  return Buffer.concat([length, headBytes, kept]);
}

const rows = fc.oneof(forgedHead, bytesFrom(written), bytesFrom(zipped));

/**
 * Answers that this module never wrote, with a checksum that is right. Whoever asks gets the forged body whole, or a
 * fresh report: always with status 200, in time, and without a header that a stored answer cannot have.
 */
export async function runStoredAnswers(
  { app, clock, url }: ReportApp,
  inputs: number,
  patienceMs?: number,
): Promise<HostileRun & { hits: number }> {
  const findings = new Findings();
  const wire = new Wire(url, patienceMs);
  const entries = app.get(CacheEntryRepository, { strict: false });
  const keyOf = await keysOf(wire, app);
  let hits = 0;
  for (const chunk of chunksOf(rows, inputs, ROWS_AT_ONCE)) {
    await Promise.all(chunk.map((bytes, id) => entries.put(toEntry(keyOf(id), bytes, clock.now()))));
    await withHands(16, [...chunk.entries()], async ([id, bytes]) => {
      const answer = await wire.ask({ path: `/rows/${id}` }).catch(String);
      const fault = (typeof answer === 'string' ? answer : faultOf(answer, id, bytes)) ?? pollutionOf();
      if (fault !== undefined) findings.add([bytes.toString('latin1'), answer], fault);
      if (typeof answer !== 'string' && answer.headers['x-cache'] === 'HIT') hits += 1;
    });
    if (findings.isFull) break;
  }
  wire.close();
  return { inputs, hits, findings: findings.list };
}

/** The keys of these reports, learnt from one that the module has made. */
export async function keysOf(wire: Wire, app: ReportApp['app']): Promise<(id: number) => string> {
  await wire.ask({ path: '/rows/sample' });
  const entries = app.get(CacheEntryRepository, { strict: false });
  let sample = '';
  await entries.remove({ type: 'rows' }, (keys) => (sample = keys[0] ?? ''));
  return (id) => sample.replace('"sample"', `"${id}"`);
}

function faultOf({ status, headers, body, text }: Answer, id: number, bytes: Buffer): string | undefined {
  if (status !== 200) return `status ${status}`;
  if (headers['set-cookie'] !== undefined) return 'a cookie from the row';
  if (headers['x-cache'] === 'MISS')
    return text === `fresh ${id}` ? undefined : 'a forged body as a fresh one';
  if (headers['content-type']?.startsWith('undefined')) return 'a content type of nothing';
  return bytes.includes(body) || unzipped(bytes)?.equals(body) ? undefined : 'a body that is not in the row';
}

function unzipped(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes.subarray(4 + bytes.readUInt32BE(0)));
  } catch {
    return undefined;
  }
}

function toEntry(key: string, bytes: Buffer, now: number): StoredEntry {
  const expiresAt = now + 60_000;
  const owner = { key, type: 'rows', companyId: null, username: null, tags: [] };
  return {
    ...owner,
    createdAt: now,
    expiresAt,
    graceUntil: expiresAt,
    loadMs: 1,
    format: new StoredResponseCodec().format,
    bytes,
  };
}
