import { describeStore } from './store.contract.js';

describeStore('better-sqlite3');
