import { currentSession } from '../../../lib/session.js';
import { orders } from '../../../lib/orders.js';

// Guarded twice: by the middleware (proxy) and, because a cookie-presence check lets a revoked session through, here.
export async function GET() {
  const session = await currentSession();
  if (!session?.user) return Response.json({ error: 'Sign in first.' }, { status: 401 });
  return Response.json({ customer: session.user.email, orders: orders(200) });
}
