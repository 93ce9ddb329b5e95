// Signs a user in as a browser would: csrf token, sign-in form, provider, callback. So cookies and rows come from the library itself.

const MAX_REDIRECTS = 10;

/** A browser in small: keeps cookies per host name (not per port, as browsers do) and does not follow redirects by itself. */
class Browser {
  #jars = new Map();

  cookies(host) {
    if (!this.#jars.has(host)) this.#jars.set(host, new Map());
    return this.#jars.get(host);
  }

  async request(url, options = {}) {
    const jar = this.cookies(url.hostname);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...options, redirect: 'manual', signal: AbortSignal.timeout(30_000), headers: { ...options.headers, ...(cookie ? { cookie } : {}) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';');
      const [name, value] = [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1)];
      if (value === '' || attributes.some((attribute) => attribute.trim().toLowerCase() === 'max-age=0')) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  submit(url, fields) {
    return this.request(url, { method: 'POST', body: new URLSearchParams(fields) });
  }
}

const redirectTarget = (response, from) => {
  const location = response.headers.get('location');
  if (!location) throw new Error(`${from.pathname} answered ${response.status} without a redirect`);
  return new URL(location, from);
};

/**
 * Signs `user` in at the deployment at `baseUrl`.
 * Answers the Cookie header with the session cookies alone (all chunks), once the deployment itself has confirmed the session.
 */
export async function signIn({ baseUrl, basePath, cookieName, user }) {
  const browser = new Browser();
  const auth = (action) => new URL(`${basePath}/${action}`, baseUrl);

  const { csrfToken } = await (await browser.request(auth('csrf'))).json();
  const signInUrl = auth(`signin/${user.provider}`);
  const started = await browser.submit(signInUrl, { csrfToken, callbackUrl: `${baseUrl}/dashboard` });
  const atProvider = redirectTarget(started, signInUrl);
  const agreed = await browser.submit(atProvider, { user: user.user });

  let url = redirectTarget(agreed, atProvider);
  for (let hop = 0; ; ++hop) {
    if (hop === MAX_REDIRECTS) throw new Error(`too many redirects while signing in, the last to ${url.pathname}`);
    const response = await browser.request(url);
    await response.arrayBuffer();
    if (url.searchParams.has('error')) throw new Error(`sign-in of ${user.user} failed: ${url.searchParams.get('error')}`);
    if (response.status === 200) break;
    url = redirectTarget(response, url);
  }

  const confirmed = await (await browser.request(auth('session'))).json();
  if (confirmed?.user?.email !== user.email) throw new Error(`after the sign-in of ${user.user} the deployment knows no such session`);

  const host = new URL(baseUrl).hostname;
  const own = [...browser.cookies(host)].filter(([name]) => name === cookieName || name.startsWith(`${cookieName}.`));
  return own.map(([name, value]) => `${name}=${value}`).join('; ');
}
