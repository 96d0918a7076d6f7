/** Keeps data about companies or users, in memory or in tables, and lets go of it when asked. */
export interface DataKeeper {
  /** Afterwards it holds nothing of the company. */
  forgetCompany(companyId: string): Promise<void>;
  /** Afterwards it holds nothing of the user. */
  forgetUser(username: string): Promise<void>;
}
