import { Inject, Injectable } from '@nestjs/common';
import type { Outcome } from '../cache/outcome.js';
import type { Telemetry } from '../common/telemetry.js';
import { TELEMETRY } from '../common/tokens.js';
import { AskedReports } from './asked-reports.js';
import type { BypassReason } from './bypass.js';
import { Replays } from './replays.js';
import { RequestRecorder } from './request-recorder.js';
import type { CacheablePlan } from './route-plan.js';
import type { Visit } from './visit.js';

/** Notes what users asked and how it was answered; of the module's own requests only what became of them. */
@Injectable()
export class VisitLog {
  constructor(
    private readonly recorder: RequestRecorder,
    private readonly reports: AskedReports,
    private readonly replays: Replays,
    @Inject(TELEMETRY) private readonly telemetry: Telemetry,
  ) {}

  answered({ asked, entry, username }: Visit, outcome: Outcome<unknown>, responseTimeMs: number): void {
    const { plan, request } = asked;
    const replay = this.replays.of(request);
    if (replay !== undefined) {
      replay.fate = { status: 'answered', outcome };
      return;
    }
    this.recorder.record(entry, username ?? null, outcome, responseTimeMs);
    tellOutcome(this.telemetry, entry.type, outcome, responseTimeMs);
    this.reports.note({ plan, request, entry, outcome });
  }

  /** The handler answered with a client error. */
  refused({ asked, entry }: Visit): void {
    if (!this.replays.has(asked.request)) this.telemetry.unanswered(entry.type, 'refused');
  }

  /** The source failed, and there was nothing to answer with in its place. */
  failed({ asked, entry, username }: Visit, responseTimeMs: number): void {
    if (this.replays.has(asked.request)) return;
    this.recorder.recordFailure(entry, username ?? null, responseTimeMs);
    this.telemetry.unanswered(entry.type, 'failed');
  }

  bypassed({ type }: CacheablePlan, reason: BypassReason): void {
    this.telemetry.unanswered(type, 'bypass', reason);
  }
}

function tellOutcome(
  telemetry: Telemetry,
  type: string,
  outcome: Outcome<unknown>,
  durationMs: number,
): void {
  if (outcome.status !== 'miss') telemetry.answered(type, outcome.status, durationMs);
  else telemetry.answered(type, outcome.collapsed ? 'coalesced' : 'miss', durationMs, outcome.reason);
}
