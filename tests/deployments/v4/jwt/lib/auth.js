import { jwt } from './ended.js';
import { providers } from './providers.js';

export const authOptions = { session: { strategy: 'jwt' }, providers, callbacks: { jwt } };
