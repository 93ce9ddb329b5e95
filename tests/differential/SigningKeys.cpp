#include "tests/differential/SigningKeys.h"

#include <QFile>

#include <array>

#include "tests/differential/Json.h"
#include "tests/support/TestPaths.h"

namespace rollcall::differential {

namespace {

using session::SignatureAlgorithm;

JsonValue loadKeys()
{
    QFile file(test::dataFile(QStringLiteral("jose/jws.json")));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", qPrintable(file.fileName()));
    const auto vectors = jose::parseJson(QString::fromUtf8(file.readAll()));
    const JsonValue *keys = vectors ? vectors->find(u"keys") : nullptr;
    return keys ? *keys : JsonValue();
}

} // namespace

std::optional<SignatureAlgorithm> signingAlgorithm(const QString &codec)
{
    for (const auto algorithm : {SignatureAlgorithm::HS256, SignatureAlgorithm::HS384, SignatureAlgorithm::HS512,
                                 SignatureAlgorithm::RS256, SignatureAlgorithm::ES256, SignatureAlgorithm::EdDSA}) {
        if (codec == u"signed-" + jose::algorithmName(algorithm))
            return algorithm;
    }
    return std::nullopt;
}

QStringList signingKeys(SignatureAlgorithm algorithm)
{
    static const JsonValue keys = loadKeys();
    const QString key = textOf(keys, QString(jose::algorithmName(algorithm) + u"-private"));
    return key.isEmpty() ? QStringList() : QStringList{key};
}

std::optional<jose::JwsKeys> signingKeysOf(SignatureAlgorithm algorithm, std::span<const base::SecretBytes> secrets)
{
    std::vector<base::SecretBytes> own;
    for (const QString &key : signingKeys(algorithm))
        own.emplace_back(QByteArrayView(key.toUtf8()));
    auto keys = jose::JwsKeys::make(algorithm, own.empty() ? secrets : own);
    return keys ? std::optional(std::move(*keys)) : std::nullopt;
}

} // namespace rollcall::differential
