/** Which entries an invalidation drops: those that meet every given condition. `{}` selects all. */
export interface EntrySelector {
  readonly key?: string;
  readonly type?: string;
  readonly companyId?: string;
  readonly username?: string;
  /** Any of these tags. */
  readonly tags?: readonly string[];
  /** Nothing that was stored later; epoch milliseconds. For a removal that is made up for after it had failed. */
  readonly storedUpTo?: number;
}

/** What a selector looks at. */
export interface Selectable {
  readonly key: string;
  readonly type: string;
  readonly companyId: string | null;
  readonly username: string | null;
  readonly tags: readonly string[];
}

/** What has no `createdAt`, because it is only being loaded, counts as stored early enough. */
export function matches(
  selector: EntrySelector,
  entry: Selectable & { readonly createdAt?: number },
): boolean {
  return (
    (selector.storedUpTo === undefined || (entry.createdAt ?? 0) <= selector.storedUpTo) &&
    (selector.key === undefined || selector.key === entry.key) &&
    (selector.type === undefined || selector.type === entry.type) &&
    (selector.companyId === undefined || selector.companyId === entry.companyId) &&
    (selector.username === undefined || selector.username === entry.username) &&
    (selector.tags === undefined || selector.tags.some((tag) => entry.tags.includes(tag)))
  );
}
