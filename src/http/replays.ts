import { Injectable } from '@nestjs/common';
import type { Outcome } from '../cache/outcome.js';
import type { HttpRequest } from './http-types.js';

/** What became of a request that the module itself sent through the app. */
export type ReplayFate =
  | { readonly status: 'answered'; readonly outcome: Outcome<unknown> }
  /** It led to another entry, past the cache or to another route, whose handler was not run. */
  | { readonly status: 'turned-away' }
  /** It did not get as far as the cache: a guard refused it, or no route took it. */
  | { readonly status: 'lost' };

/** One request that the module itself sends, for one entry. */
export class Replay {
  fate: ReplayFate = { status: 'lost' };

  /** @param key of the entry that it is sent for. */
  constructor(readonly key: string) {}
}

/** Thrown inside this room: a replay that would make another entry than the one it was sent for. */
export class StrayReplay extends Error {}

/**
 * Knows the module's own requests from those of users. They are told by the request object itself: a header, an
 * address or a secret could be sent by a client too.
 */
@Injectable()
export class Replays {
  private readonly replays = new WeakMap<object, Replay>();
  /** Spares apps that replay nothing the lookup on every request. */
  private isUsed = false;

  /** @param rawRequest Node's own, as it is handed to the app. */
  begin(rawRequest: object, key: string): Replay {
    const replay = new Replay(key);
    this.isUsed = true;
    this.replays.set(rawRequest, replay);
    return replay;
  }

  /** `undefined` for every request of a user. */
  of(request: HttpRequest): Replay | undefined {
    return this.isUsed ? this.replays.get(request.raw ?? request) : undefined;
  }

  has(request: HttpRequest): boolean {
    return this.of(request) !== undefined;
  }

  /** @throws {StrayReplay} for a replay that was sent for another entry. */
  check(request: HttpRequest, key: string): void {
    const replay = this.of(request);
    if (replay !== undefined && replay.key !== key) throw new StrayReplay();
  }

  /** @returns whether it is a replay; its handler must not run then: nothing would be kept of what it brings. */
  turnAway(request: HttpRequest): boolean {
    const replay = this.of(request);
    if (replay !== undefined) replay.fate = { status: 'turned-away' };
    return replay !== undefined;
  }
}
