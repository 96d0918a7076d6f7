import { describeStore } from './store.contract.js';

describeStore('sqlite');
