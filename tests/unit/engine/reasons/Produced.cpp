#include "tests/unit/engine/reasons/Produced.h"

#include "core/jose/Base64Url.h"
#include "core/jose/ContentCipher.h"
#include "core/jose/TokenCodec.h"

namespace rollcall::test {

using session::AuthVersion;

namespace {

std::vector<base::SecretBytes> oneSecret(const char *secret)
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView(secret));
    return secrets;
}

} // namespace

std::shared_ptr<session::AuthProfile> profileOf(AuthVersion version, session::Strategy strategy)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = strategy;
    profile->secrets = oneSecret("current");
    return profile;
}

engine::LocalRuntime localRuntime(std::shared_ptr<const session::AuthProfile> profile,
                                  const engine::Callbacks &callbacks)
{
    engine::LocalRuntime runtime;
    runtime.profile = std::move(profile);
    runtime.callbacks = std::make_shared<const engine::Callbacks>(callbacks);
    runtime.clock = std::make_shared<const base::FixedClock>(testNow);
    return runtime;
}

Produced ask(engine::LocalRuntime runtime, const engine::RequestHeaders &request, const base::Call &call)
{
    engine::SessionRuntime configured;
    if (!configured.configureLocal(std::move(runtime)))
        return {"not configured", std::nullopt};
    const auto answer = configured.getServerSession(request, call);
    if (!answer)
        return {"error", std::nullopt};
    return {answer->session ? "session" : "null", answer->reason};
}

Produced askCookie(engine::LocalRuntime runtime, const QByteArray &cookieHeader)
{
    return ask(std::move(runtime), engine::RequestHeaders::fromCookie(cookieHeader));
}

QByteArray tokenOf(AuthVersion version, const QByteArray &claims, const QByteArray &salt, const char *secret)
{
    const auto token =
        jose::encodeToken(version, claims, oneSecret(secret), version == AuthVersion::V4 ? QByteArray() : salt,
                          std::chrono::hours(1), testNow);
    return token ? token->view().toByteArray() : QByteArray();
}

QByteArray craftedToken(AuthVersion version, const QByteArray &header, const QByteArray &payload)
{
    const jose::KeyRing ring(version, oneSecret("current"),
                             version == AuthVersion::V4 ? QByteArray() : QByteArray("authjs.session-token"));
    const jose::ContentAlgorithm *gcm = jose::contentAlgorithm(u"A256GCM");
    const QByteArray iv(gcm->ivBytes, 'i');
    const QByteArray protectedHeader = jose::toBase64Url(header);
    const auto sealed = jose::sealContent(*gcm, ring.keys().front().gcm.view(), iv, payload, protectedHeader);
    return protectedHeader + ".." + jose::toBase64Url(iv) + '.' + jose::toBase64Url(sealed->ciphertext) + '.' +
           jose::toBase64Url(sealed->tag);
}

} // namespace rollcall::test
