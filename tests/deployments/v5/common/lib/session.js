import { auth } from './auth.js';

/** The session of the current request, or null. */
export const currentSession = () => auth();
