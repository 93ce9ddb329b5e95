import { NextResponse } from 'next/server';

// What deployments with database sessions do: withAuth reads JWTs only and would never let anybody in. Only the presence of the cookie is
// checked, so a revoked session still passes here, and the route behind has to refuse it.
export function middleware(request) {
  if (request.cookies.get('next-auth.session-token')?.value) return NextResponse.next();
  const url = new URL('/api/auth/signin', request.url);
  url.searchParams.set('callbackUrl', request.nextUrl.pathname + request.nextUrl.search);
  return NextResponse.redirect(url);
}

export const config = { matcher: ['/api/orders/:path*', '/reports/:path*'] };
