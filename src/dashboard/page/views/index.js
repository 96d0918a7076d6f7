import { activityView } from './activity.js';
import { companiesView } from './companies.js';
import { entriesView } from './entries.js';
import { overviewView } from './overview.js';
import { typesView } from './types.js';
import { usersView } from './users.js';

/** The views in the order of the navigation; the first is shown where the address names none. */
export const VIEWS = /** @type {const} */ ([
  { id: 'overview', create: overviewView },
  { id: 'types', create: typesView },
  { id: 'companies', create: companiesView },
  { id: 'users', create: usersView },
  { id: 'entries', create: entriesView },
  { id: 'activity', create: activityView },
]);
