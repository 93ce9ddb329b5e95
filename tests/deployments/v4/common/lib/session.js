import { getServerSession } from 'next-auth';
import { authOptions } from './auth.js';

/** The session of the current request, or null. */
export const currentSession = () => getServerSession(authOptions);
