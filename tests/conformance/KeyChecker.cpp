#include <QCryptographicHash>

#include "core/jose/KeyDerivation.h"
#include "core/jose/KeyRing.h"
#include "tests/conformance/Checker.h"

namespace rollcall::conformance {

void checkDerivedKey(Fields &vector, const jose::JsonValue &, Differences &differences)
{
    const session::AuthVersion version = versionOf(vector, differences);
    const QByteArray salt = vector.text(u"salt").toUtf8();
    const QByteArray info = vector.text(u"info").toUtf8();
    differences.compare(QStringLiteral("hash"), QStringLiteral("SHA-256"), vector.text(u"hash"));
    differences.compare(QStringLiteral("info"), jose::derivationInfo(version, salt), info);
    const auto key =
        jose::deriveKey(vector.text(u"secret").toUtf8(), salt, info, static_cast<qsizetype>(vector.number(u"length")));
    const QByteArray expected = vector.text(u"key").toLatin1();
    if (!key)
        differences.add(QStringLiteral("no key is derived"));
    else
        differences.compare(QStringLiteral("key"), key->view().toByteArray().toHex(), expected);
}

void checkKeyId(Fields &vector, const jose::JsonValue &, Differences &differences)
{
    // The input and its hash name are how the library gets there; that we do the same shows in the kid.
    vector.ignore({u"thumbprintInput", u"thumbprintHash"});
    const auto secrets = secretsOf({vector.text(u"secret")});
    const jose::KeyRing ring(session::AuthVersion::V5, secrets, vector.text(u"salt").toUtf8());
    const QString enc = vector.text(u"enc");
    const QByteArray expectedKey = vector.text(u"key").toLatin1();
    const QByteArray expectedKid = vector.text(u"kid").toLatin1();
    if (enc != u"A256GCM" && enc != u"A256CBC-HS512") {
        differences.add(QStringLiteral("enc \"%1\" is not a known word").arg(enc));
        return;
    }
    const jose::KeyRing::Key &keys = ring.keys().front();
    const base::SecretBytes &key = enc == u"A256GCM" ? keys.gcm : keys.cbc;
    differences.compare(QStringLiteral("key"), key.view().toByteArray().toHex(), expectedKey);
    differences.compare(QStringLiteral("kid"), enc == u"A256GCM" ? keys.gcmId : keys.cbcId, expectedKid);
    differences.compare(QStringLiteral("thumbprint"), jose::keyThumbprint(key), expectedKid);
}

} // namespace rollcall::conformance
