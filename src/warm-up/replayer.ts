import type { IncomingMessage } from 'node:http';
import type { MissOutcome } from '../cache/outcome.js';
import { loggable } from '../common/loggable.js';
import { ModuleLogger } from '../common/module-logger.js';
import { untilAborted } from '../common/until-aborted.js';
import type { WarmUpHeaders, WarmUpOptions } from '../common/warm-up-options.js';
import type { ReplayableRequest } from '../http/replayable-request.js';
import type { Replay, ReplayFate, Replays } from '../http/replays.js';
import type { ColdRequest } from '../storage/repositories/warm-up-request.repository.js';
import type { AppDoor } from './app-door.js';
import { sendInProcess } from './in-process-request.js';
import { decodeRequest } from './stored-request.js';
import type { WarmUpOutcome } from './warm-up-report.js';

/** What became of one request, and what the source took for it in milliseconds. */
export interface Replayed {
  readonly outcome: WarmUpOutcome;
  readonly sourceMs?: number;
}

const REFUSALS = [401, 403];

/** Sends a remembered request through the app, as the identity that the app supplies. */
export class Replayer {
  private readonly logger = new ModuleLogger();

  constructor(
    private readonly door: AppDoor,
    private readonly replays: Replays,
    private readonly identify: WarmUpOptions['identify'],
  ) {}

  /** Never rejects but for the signal's reason. */
  async replay(cold: ColdRequest, signal: AbortSignal): Promise<Replayed> {
    const request = decodeRequest(cold.request);
    if (request === undefined) return { outcome: 'strayed' };
    const identity = await untilAborted(this.identityFor(cold, request), signal);
    if (identity === undefined) return { outcome: 'unidentified' };
    try {
      return await this.send(cold.cacheKey, request, identity, signal);
    } catch (error) {
      signal.throwIfAborted();
      return this.failed(error);
    }
  }

  private async send(
    key: string,
    request: ReplayableRequest,
    identity: WarmUpHeaders,
    signal: AbortSignal,
  ): Promise<Replayed> {
    const { listener, port } = this.door;
    if (listener === undefined) return { outcome: 'failed' };
    let replay: Replay | undefined;
    const mark = (raw: IncomingMessage): void => void (replay = this.replays.begin(raw, key));
    const { url, protocol } = request;
    const headers = toHeaders(request, identity, port);
    const status = await sendInProcess(listener, { url, headers, protocol, localPort: port }, mark, signal);
    return judge(replay?.fate ?? { status: 'lost' }, status);
  }

  /** An entry that everybody shares because nobody was named is made by nobody. */
  private async identityFor(
    { cacheType: type, companyId }: ColdRequest,
    { anonymous, url }: ReplayableRequest,
  ): Promise<WarmUpHeaders | undefined> {
    if (anonymous || this.identify === undefined) return {};
    try {
      const path = url.split('?')[0] ?? '';
      return lowerCased(await this.identify({ type, companyId, path }));
    } catch (error) {
      this.logger.warn(
        `A warm-up has no identity: the module's "warmUp.identify" failed: ${loggable(error)}`,
      );
      return undefined;
    }
  }

  private failed(error: unknown): Replayed {
    this.logger.debug(`A report could not be warmed up: ${loggable(error)}`);
    return { outcome: 'failed' };
  }
}

/** What the route declares comes last: with another value of it, another entry would be made. */
function toHeaders(
  { headers, host, withOwnPort }: ReplayableRequest,
  identity: WarmUpHeaders,
  port: number | undefined,
): Record<string, string> {
  const ownPort = withOwnPort && port !== undefined ? `:${port}` : '';
  return { 'user-agent': 'nestjs-reports-cache warm-up', ...identity, ...headers, host: `${host}${ownPort}` };
}

/** @throws {TypeError} for what are no headers. */
function lowerCased(headers: WarmUpHeaders | undefined): WarmUpHeaders | undefined {
  if (headers === undefined) return undefined;
  const entries = Object.entries(headers);
  if (!entries.every(([, value]) => typeof value === 'string')) throw new TypeError('a header is no text');
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

function judge(fate: ReplayFate, status: number): Replayed {
  if (fate.status === 'turned-away') return { outcome: 'strayed' };
  if (fate.status === 'lost') return { outcome: REFUSALS.includes(status) ? 'refused' : 'failed' };
  const { outcome } = fate;
  if (outcome.status === 'miss') return judgeLoad(outcome);
  return { outcome: outcome.status === 'hit' ? 'fresh' : 'failed' };
}

/** Whoever waited for a user's load cost the source nothing. */
function judgeLoad({ stored, shareable, collapsed, sourceMs }: MissOutcome<unknown>): Replayed {
  if (stored !== undefined) return { outcome: 'warmed', sourceMs: collapsed ? 0 : sourceMs };
  return { outcome: shareable ? 'overtaken' : 'failed' };
}
