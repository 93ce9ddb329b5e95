// Public and cheap: no session is looked at.
export function GET() {
  return Response.json({ status: 'ok' });
}
