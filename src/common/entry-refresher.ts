/** Makes an entry anew, by running the report's own handler: see {@link REPORTS_CACHE_ENTRY_REFRESHER}. */
export interface EntryRefresher {
  /**
   * Runs the report of an entry that is not there any more.
   * @returns whether it was run; `false` when nobody knows how this entry was asked for.
   */
  refresh(key: string): Promise<boolean>;
}
