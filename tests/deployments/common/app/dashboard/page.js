import { redirect } from 'next/navigation';
import { currentSession } from '../../lib/session.js';
import { OrderTable } from '../../lib/OrderTable.js';

// Rendered on the server for each request; not in the middleware's matcher, so the page itself checks the session.
export default async function Dashboard() {
  const session = await currentSession();
  if (!session?.user) redirect('/api/auth/signin?callbackUrl=%2Fdashboard');
  return (
    <>
      <h1>Dashboard</h1>
      <p>Signed in as {session.user.name ?? session.user.email}.</p>
      <OrderTable count={25} />
    </>
  );
}
