export { auth as proxy } from './lib/auth.js';

export const config = { matcher: ['/api/orders/:path*', '/reports/:path*'] };
