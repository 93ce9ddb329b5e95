// A small OpenID Connect provider on loopback: authorization code flow with PKCE, RS256 ID tokens, and a page of buttons in place of passwords.
// Source: OpenID Connect Core 1.0 §3.1, Discovery 1.0 §4, RFC 7636.
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { USERS, findUser } from './users.mjs';

const CODE_LIFETIME_MS = 60_000;
const BODY_LIMIT = 16 * 1024;

const base64url = (value) => Buffer.from(value).toString('base64url');

async function readForm(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > BODY_LIMIT) throw new Error('request body too large');
  }
  return new URLSearchParams(body);
}

function clientCredentials(request, form) {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '');
  if (!basic) return [form.get('client_id'), form.get('client_secret')];
  return Buffer.from(basic[1], 'base64').toString().split(':').map(decodeURIComponent);
}

const isLoopback = (url) => URL.canParse(url) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

/** Starts the provider on a free port of 127.0.0.1. Answers { issuer, clientId, clientSecret, close() }. */
export async function startProvider() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyId = randomBytes(8).toString('hex');
  const clientId = 'harbour-supplies';
  const clientSecret = randomBytes(32).toString('base64url');
  const grants = new Map(); // authorization code → what was granted
  const accessTokens = new Map(); // access token → user
  let issuer;

  const claimsOf = (user) => ({ sub: `sub-${user.user}`, name: user.name, email: user.email, email_verified: true });

  function idToken(user, nonce) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: clientId, iat: now, exp: now + 300, ...claimsOf(user), ...(nonce ? { nonce } : {}) };
    const signed = `${base64url(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: keyId }))}.${base64url(JSON.stringify(claims))}`;
    return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
  }

  function loginPage(query) {
    const buttons = USERS.map((user) => `<button name="user" value="${user.user}">${user.name}</button>`).join('\n');
    return `<!doctype html><meta charset="utf-8"><title>Sign in</title><h1>Who are you?</h1>
<form method="post" action="/authorize?${query.toString().replaceAll('&', '&amp;')}">${buttons}</form>`;
  }

  async function authorize(request, url) {
    const query = url.searchParams;
    if (query.get('client_id') !== clientId || query.get('response_type') !== 'code' || !isLoopback(query.get('redirect_uri'))) {
      return { status: 400, json: { error: 'invalid_request' } };
    }
    if (query.get('code_challenge_method') !== 'S256') return { status: 400, json: { error: 'invalid_request', error_description: 'PKCE with S256 is required' } };
    if (request.method !== 'POST') return { status: 200, html: loginPage(query) };
    const user = findUser((await readForm(request)).get('user'));
    const code = randomBytes(24).toString('base64url');
    grants.set(code, {
      user, challenge: query.get('code_challenge'), nonce: query.get('nonce'), redirectUri: query.get('redirect_uri'), expires: Date.now() + CODE_LIFETIME_MS,
    });
    const target = new URL(query.get('redirect_uri'));
    target.searchParams.set('code', code);
    if (query.has('state')) target.searchParams.set('state', query.get('state'));
    return { status: 303, location: target.href };
  }

  async function token(request) {
    const form = await readForm(request);
    const [id, secret] = clientCredentials(request, form);
    if (id !== clientId || secret !== clientSecret) return { status: 401, json: { error: 'invalid_client' } };
    const grant = grants.get(form.get('code'));
    grants.delete(form.get('code')); // a code is good for one try
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!grant || grant.expires < Date.now() || grant.redirectUri !== form.get('redirect_uri') || grant.challenge !== challenge) {
      return { status: 400, json: { error: 'invalid_grant' } };
    }
    const accessToken = randomBytes(24).toString('base64url');
    accessTokens.set(accessToken, grant.user);
    return {
      status: 200,
      json: { access_token: accessToken, token_type: 'Bearer', expires_in: 300, scope: 'openid email profile', id_token: idToken(grant.user, grant.nonce) },
    };
  }

  function userinfo(request) {
    const user = accessTokens.get((request.headers.authorization ?? '').replace(/^Bearer /i, ''));
    return user ? { status: 200, json: claimsOf(user) } : { status: 401, json: { error: 'invalid_token' } };
  }

  const discovery = () => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  });

  const routes = {
    '/.well-known/openid-configuration': () => ({ status: 200, json: discovery() }),
    '/jwks': () => ({ status: 200, json: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' }] } }),
    '/authorize': authorize,
    '/token': token,
    '/userinfo': userinfo,
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, issuer);
    let answer;
    try {
      answer = (await routes[url.pathname]?.(request, url)) ?? { status: 404, json: { error: 'not_found' } };
    } catch (error) {
      answer = { status: 400, json: { error: 'invalid_request', error_description: error.message } };
    }
    const type = answer.html ? 'text/html; charset=utf-8' : 'application/json';
    response.writeHead(answer.status, { 'content-type': type, 'cache-control': 'no-store', ...(answer.location ? { location: answer.location } : {}) });
    response.end(answer.html ?? JSON.stringify(answer.json ?? {}));
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${server.address().port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { issuer, clientId, clientSecret, close };
}
