import { VERSION } from '../../version.js';
import type { ResolvedRouteOptions, ResolvedViewOptions } from '../../dashboard-options.js';
import type { DashboardServices } from '../../dashboard-services.js';
import type { SettingsView } from '../contract.js';
import { unlessStoreIsOut } from '../store-is-out.js';

/** What the page is to look like, and who looks at it. */
export async function settings(
  { config, warmUp }: DashboardServices,
  routes: ResolvedRouteOptions,
  view: ResolvedViewOptions,
  username: string | null,
): Promise<SettingsView> {
  const all = await unlessStoreIsOut<Record<string, string>>(config.all(), () => ({}));
  const { title, language, showPayloads } = view;
  return {
    ...{ version: VERSION, title, language, showPayloads, username },
    readOnly: routes.readOnly,
    cacheEnabled: all['cache.enabled'] !== 'false',
    warmUp: warmUp.progress().enabled,
  };
}
