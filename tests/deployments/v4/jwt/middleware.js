export { default } from 'next-auth/middleware';

export const config = { matcher: ['/api/orders/:path*', '/reports/:path*'] };
