import { loggable } from '../../src/common/loggable.js';

loggable(new Error('no listener for alice'));
