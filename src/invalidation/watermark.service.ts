import { Inject, Injectable } from '@nestjs/common';
import { Mutex } from 'async-mutex';
import { ReportCache } from '../cache/report-cache.js';
import type { Clock } from '../common/clock.js';
import { requireCompanyId, type CompanyId } from '../common/company-id.js';
import type { DataKeeper } from '../common/data-keeper.js';
import { messageOf } from '../common/message-of.js';
import { ModuleLogger } from '../common/module-logger.js';
import { requireText } from '../common/text.js';
import { REPORTS_CACHE_CLOCK } from '../common/tokens.js';
import type { CompanyWatermark, Watermark } from '../common/watermark-source.js';
import { CacheWatermarkRepository } from '../storage/repositories/cache-watermark.repository.js';
import { decodeWatermark, encodeWatermark } from './watermark-encoding.js';
import { WatermarkProbe } from './watermark-probe.js';

/** The last seen state of a company's books. */
export interface StoredWatermark {
  companyId: string;
  schema: string;
  maxIdAct: Watermark;
  /** When the books were asked, in epoch milliseconds. */
  checkedAt: number;
}

/** A row of `cache_watermarks`. */
type WatermarkRow = Omit<StoredWatermark, 'maxIdAct'> & { maxIdAct: string };

/** How far the clocks of processes may be apart, in milliseconds. */
const SKEW_MS = 5_000;

const NONE: ReadonlySet<string> = new Set();

/** Remembers the state of every company's books, and drops a company's entries when it changes. */
@Injectable()
export class WatermarkService implements DataKeeper {
  private readonly logger = new ModuleLogger();
  /**
   * What this process saw last, for a table that cannot be read or written. Where another process has brought the
   * table up to date since, that one dropped the rows, and what is in this process's memory must go as well.
   */
  private readonly seen = new Map<string, WatermarkRow>();
  private readonly noting = new Mutex();
  /** For each check under way, the companies that were forgotten since it asked. */
  private readonly checks = new Set<Set<string>>();

  /** A probe failed, or was left to another process, since the last that brought all companies' answers. */
  private answersLost = false;

  constructor(
    private readonly watermarks: CacheWatermarkRepository,
    private readonly cache: ReportCache,
    private readonly probe: WatermarkProbe,
    @Inject(REPORTS_CACHE_CLOCK) private readonly clock: Clock,
  ) {}

  async get(companyId: CompanyId): Promise<StoredWatermark | undefined> {
    const row = await this.watermarks.find(requireCompanyId(companyId, 'companyId'));
    return row === null ? undefined : { ...row, maxIdAct: decodeWatermark(row.maxIdAct) };
  }

  /**
   * Tells what a company's books look like now. Entries of the company are dropped when that differs from what was
   * seen last, a lower value included: a restore is a change too.
   * @returns whether it was a change.
   */
  async set(companyId: CompanyId, schema: string, maxIdAct: Watermark): Promise<boolean> {
    const askedAt = this.clock.now();
    return this.noting.runExclusive(() => this.note({ companyId, schema, watermark: maxIdAct }, askedAt));
  }

  /**
   * Asks the source now, for one company or for all that have live entries.
   * @returns the companies whose books changed.
   * @throws {InvalidArgumentError} when the module has no `watermark.source`; what the source throws comes as it is.
   */
  async check(companyId?: CompanyId): Promise<string[]> {
    const only = companyId === undefined ? undefined : requireCompanyId(companyId, 'companyId');
    const forgotten = new Set<string>();
    this.checks.add(forgotten);
    return this.askAndNote(only, forgotten).finally(() => this.checks.delete(forgotten));
  }

  /** What was asked before a purge must not come back after it. */
  async forgetCompany(companyId: string): Promise<void> {
    for (const forgotten of this.checks) forgotten.add(companyId);
    await this.noting.runExclusive(async () => {
      this.seen.delete(companyId);
      await this.watermarks.remove(companyId);
    });
  }

  /**
   * Another process asks the source now. What changed before this one asks again may have been told to that one alone,
   * so that the tags of the next answer are not all.
   */
  othersAsk(): void {
    this.answersLost = true;
  }

  /** Watermarks are of companies. */
  async forgetUser(): Promise<void> {}

  private async askAndNote(only: string | undefined, forgotten: ReadonlySet<string>): Promise<string[]> {
    const askedAt = this.clock.now();
    const answers = await this.probe.ask(only).catch((error: unknown) => this.lose(error));
    const outcomes = await this.noteAll(answers, askedAt, forgotten);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure !== undefined) this.lose(failure.reason);
    if (only === undefined) this.answersLost = false;
    return answers
      .filter((_answer, index) => (outcomes[index] as PromiseFulfilledResult<boolean>).value)
      .map((answer) => requireCompanyId(answer.companyId, 'companyId'));
  }

  /** @throws the error. */
  private lose(error: unknown): never {
    this.answersLost = true;
    throw error;
  }

  /**
   * One check after another: of two at once, the older could be remembered last. The companies of one check together,
   * so that their writes share a commit; all of them, so that one bad answer does not hide the changes of others.
   */
  private noteAll(
    answers: readonly CompanyWatermark[],
    askedAt: number,
    forgotten: ReadonlySet<string>,
  ): Promise<PromiseSettledResult<boolean>[]> {
    return this.noting.runExclusive(() =>
      Promise.allSettled(answers.map((answer) => this.note(answer, askedAt, forgotten))),
    );
  }

  /** `askedAt` orders answers: one that was asked for before a newer one is ignored, however late it comes. */
  private async note(
    answer: CompanyWatermark,
    askedAt: number,
    forgotten: ReadonlySet<string> = NONE,
  ): Promise<boolean> {
    const companyId = requireCompanyId(answer.companyId, 'companyId');
    if (forgotten.has(companyId)) return false;
    const schema = requireText(answer.schema, 'schema');
    const row = { companyId, schema, maxIdAct: encodeWatermark(answer.watermark), checkedAt: askedAt };
    const stored = this.unlessAhead(await this.findStored(companyId));
    const seen = this.unlessAhead(this.seen.get(companyId));
    if (askedAt < Math.max(stored?.checkedAt ?? 0, seen?.checkedAt ?? 0)) return false;
    // A source that tells what changed since it was last asked may have told it in an answer that was lost.
    const tags = seen === undefined || this.answersLost ? undefined : answer.changedTags;
    const changed = await this.dropOutdated(row, newest(seen, stored), tags);
    // Whatever memory took in before this process saw this state may be older than the table's watermark.
    if (!changed && !isSame(seen, row)) this.cache.dropFromMemory({ companyId }, 'watermark');
    this.seen.set(companyId, row);
    await this.store(row);
    return changed;
  }

  /**
   * Dropped before the new watermark is remembered: after a crash between the two the change is seen again, not lost.
   * Without an earlier watermark nothing is known of the entries that are there, so they go.
   */
  private async dropOutdated(
    row: WatermarkRow,
    known: WatermarkRow | undefined,
    tags: readonly string[] | undefined,
  ): Promise<boolean> {
    const { companyId, schema } = row;
    if (isSame(known, row)) return false;
    // Other books altogether: what changed in them says nothing of entries made of the old ones.
    await this.cache.invalidate(known?.schema === schema ? { companyId, tags } : { companyId }, 'watermark');
    return true;
  }

  /**
   * What was noted by a clock that went wrong, here or in another process, is as good as unknown: until that time has
   * come no answer would be newer.
   */
  private unlessAhead(row: WatermarkRow | undefined): WatermarkRow | undefined {
    return row !== undefined && row.checkedAt > this.latest ? undefined : row;
  }

  /** Of the times that can have been noted, in epoch milliseconds. */
  private get latest(): number {
    return this.clock.now() + SKEW_MS;
  }

  /** A file that fails must not keep changes from being noticed: then memory alone knows the watermarks. */
  private async findStored(companyId: string): Promise<WatermarkRow | undefined> {
    return (await this.watermarks.find(companyId).catch(() => null)) ?? undefined;
  }

  private async store(row: WatermarkRow): Promise<void> {
    try {
      await this.watermarks.upsert(row, this.latest);
    } catch (error) {
      const reason = messageOf(error);
      this.logger.debug(`Could not write a watermark: ${reason}`);
    }
  }
}

function newest(seen: WatermarkRow | undefined, stored: WatermarkRow | undefined): WatermarkRow | undefined {
  if (seen === undefined || stored === undefined) return seen ?? stored;
  return seen.checkedAt < stored.checkedAt ? stored : seen;
}

function isSame(known: WatermarkRow | undefined, row: WatermarkRow): boolean {
  return known?.maxIdAct === row.maxIdAct && known.schema === row.schema;
}
