import { currentSession } from '../../../lib/session.js';

// Not in the middleware's matcher: the handler alone decides.
export async function GET() {
  const session = await currentSession();
  if (!session?.user) return Response.json({ error: 'Sign in first.' }, { status: 401 });
  return Response.json({ user: session.user });
}
