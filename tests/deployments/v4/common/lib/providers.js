// Two providers of one issuer, so that sessions differ in the provider they came by.
const provider = (id, name) => ({
  id,
  name,
  type: 'oauth',
  wellKnown: `${process.env.OIDC_ISSUER}/.well-known/openid-configuration`,
  authorization: { params: { scope: 'openid email profile' } },
  idToken: true,
  checks: ['pkce', 'state'],
  clientId: process.env.OIDC_CLIENT_ID,
  clientSecret: process.env.OIDC_CLIENT_SECRET,
  profile: (claims) => ({ id: claims.sub, name: claims.name, email: claims.email, image: claims.picture }),
});

export const providers = [provider('harbour', 'Harbour'), provider('lantern', 'Lantern')];
