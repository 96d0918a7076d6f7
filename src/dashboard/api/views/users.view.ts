import type { DashboardServices } from '../../dashboard-services.js';
import type { UserRow, UsersView } from '../contract.js';

const DAY_MS = 86_400_000;

/** Every user with a switch, or who asked within a day; those switched off first, then those who asked most. */
export async function users(
  services: DashboardServices,
  { search = '', limit }: { search?: string; limit: number },
): Promise<UsersView> {
  const [switches, active] = await Promise.all([
    services.users.list(),
    services.performance.users(services.clock.now() - DAY_MS),
  ]);
  const rows = new Map<string, UserRow>();
  for (const { username, enabled, switchedAt } of switches)
    rows.set(username, { username, enabled, switchedAt, requests: 0, lastSeenAt: null });
  for (const { username, requests, lastSeenAt } of active) {
    const known = rows.get(username) ?? { username, enabled: true, switchedAt: null };
    rows.set(username, { ...known, requests, lastSeenAt });
  }
  const wanted = search.toLowerCase();
  const found = [...rows.values()].filter(({ username }) => username.toLowerCase().includes(wanted));
  return { users: found.sort(byInterest).slice(0, limit), total: found.length };
}

function byInterest(a: UserRow, b: UserRow): number {
  if (a.enabled !== b.enabled) return a.enabled ? 1 : -1;
  return b.requests - a.requests || (a.username < b.username ? -1 : 1);
}
