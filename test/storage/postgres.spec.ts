import { describe } from 'vitest';
import { hasPostgres } from '../support/postgres.js';
import { describeStore } from './store.contract.js';

describe.skipIf(!hasPostgres)('on a server', () => describeStore('postgres'));
