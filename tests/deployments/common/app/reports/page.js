import { redirect } from 'next/navigation';
import { currentSession } from '../../lib/session.js';
import { OrderTable } from '../../lib/OrderTable.js';

// The heaviest page: guarded by the middleware (proxy), checked again here, and a long table to render.
export default async function Reports() {
  const session = await currentSession();
  if (!session?.user) redirect('/api/auth/signin?callbackUrl=%2Freports');
  return (
    <>
      <h1>Reports</h1>
      <OrderTable count={400} />
    </>
  );
}
