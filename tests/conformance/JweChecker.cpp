#include <algorithm>

#include "core/jose/TokenCodec.h"
#include "tests/conformance/Checker.h"

namespace rollcall::conformance {

namespace {

const QStringList &knownKinds()
{
    static const QStringList kinds{QStringLiteral("empty"),
                                   QStringLiteral("malformed"),
                                   QStringLiteral("alg-not-allowed"),
                                   QStringLiteral("unsupported"),
                                   QStringLiteral("no-matching-secret"),
                                   QStringLiteral("decryption-failed"),
                                   QStringLiteral("decompression-failed"),
                                   QStringLiteral("invalid-payload"),
                                   QStringLiteral("claim-type"),
                                   QStringLiteral("expired"),
                                   QStringLiteral("not-before"),
                                   QStringLiteral("header-claim-mismatch"),
                                   QStringLiteral("empty-secret"),
                                   QStringLiteral("other")};
    return kinds;
}

} // namespace

void checkJwe(Fields &vector, const jose::JsonValue &, Differences &differences)
{
    const session::AuthVersion version = versionOf(vector, differences);
    const auto secrets = secretsOf(vector.texts(u"secrets"));
    const jose::KeyRing ring(version, secrets, vector.text(u"salt").toUtf8());
    const jose::OpenedToken opened = jose::openToken(ring, vector.text(u"token").toUtf8(), vector.instant(u"now"));

    Fields expected = vector.object(u"expected");
    const bool ok = expected.flag(u"ok");
    differences.compare(QStringLiteral("ok"), opened.ok, ok);
    if (ok) {
        const jose::JsonValue &claims = expected.value(u"claims");
        const jose::JsonValue &header = expected.value(u"header");
        if (!opened.ok) {
            differences.add(QStringLiteral("refused: %1").arg(opened.detail));
            return;
        }
        differences.compare(QStringLiteral("claims"), opened.claims.value(), claims);
        differences.compare(QStringLiteral("header"), opened.header(), header);
        return;
    }
    Fields error = expected.object(u"error");
    error.ignore({u"name", u"message", u"code", u"claim", u"reason"});
    const QString kind = error.text(u"kind");
    if (!knownKinds().contains(kind))
        differences.add(QStringLiteral("kind \"%1\" is not a known word").arg(kind));
    if (opened.ok)
        return;
    differences.compare(QStringLiteral("kind"), jose::kindName(opened.failure), kind);
    // A refusal must be explained and give nothing away.
    if (opened.detail.isEmpty())
        differences.add(QStringLiteral("the refusal has no detail"));
    if (!opened.claims.members().isEmpty())
        differences.add(QStringLiteral("claims of a refused token are given out"));
}

} // namespace rollcall::conformance
