#include "tests/bench/BenchInputs.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdlib>

#include "core/jose/TokenCodec.h"

namespace rollcall::bench {

namespace {

[[noreturn]] void stop(const QString &why)
{
    qCritical("rollcall_bench: %s", qPrintable(why));
    std::exit(2);
}

TokenInputs sealed(session::AuthVersion version)
{
    const bool v4 = version == session::AuthVersion::V4;
    TokenInputs made;
    made.version = version;
    made.secret = QByteArrayLiteral("a secret that opens nothing but benchmarks");
    const QByteArray cookie =
        v4 ? QByteArrayLiteral("next-auth.session-token") : QByteArrayLiteral("authjs.session-token");
    made.salt = v4 ? QByteArray() : cookie;
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(made.secret);
    for (int i = 0; i < distinctInputs; ++i) {
        const QByteArray number = QByteArray::number(i);
        const auto token =
            jose::encodeToken(version,
                              "{\"name\":\"User " + number + "\",\"email\":\"user" + number +
                                  "@example.com\",\"picture\":\"https://example.com/avatars/" + number +
                                  ".png\",\"sub\":\"" + number + "\"}",
                              secrets, made.salt, std::chrono::hours(24 * 30), base::SystemClock().now());
        if (!token)
            stop(QStringLiteral("a token could not be sealed"));
        made.tokens.push_back(token->view().toByteArray());
        made.cookieHeaders.push_back(browserCookies(made, made.tokens.back()));
    }
    return made;
}

std::vector<QByteArray> texts(const QJsonValue &array)
{
    std::vector<QByteArray> result;
    for (const auto &text : array.toArray())
        result.push_back(text.toString().toUtf8());
    if (result.size() != distinctInputs)
        stop(QStringLiteral("the input file does not hold %1 tokens").arg(distinctInputs));
    return result;
}

TokenInputs read(session::AuthVersion version, const QJsonObject &object)
{
    TokenInputs given;
    given.version = version;
    given.secret = object.value(QStringLiteral("secret")).toString().toUtf8();
    given.salt = object.value(QStringLiteral("salt")).toString().toUtf8();
    given.tokens = texts(object.value(QStringLiteral("tokens")));
    given.cookieHeaders = texts(object.value(QStringLiteral("cookieHeaders")));
    return given;
}

BenchInputs load()
{
    BenchInputs all;
    const QString path = qEnvironmentVariable("ROLLCALL_BENCH_INPUTS");
    if (path.isEmpty()) {
        all.v4 = sealed(session::AuthVersion::V4);
        all.v5 = sealed(session::AuthVersion::V5);
        return all;
    }
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        stop(QStringLiteral("cannot read %1: %2").arg(path, file.errorString()));
    const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    all.v4 = read(session::AuthVersion::V4, object.value(QStringLiteral("v4")).toObject());
    all.v5 = read(session::AuthVersion::V5, object.value(QStringLiteral("v5")).toObject());
    all.postgresUrl = object.value(QStringLiteral("postgresUrl")).toString().toUtf8();
    all.sqliteUrl = object.value(QStringLiteral("sqliteUrl")).toString().toUtf8();
    all.databaseSessions = object.value(QStringLiteral("databaseSessions")).toInt();
    return all;
}

} // namespace

std::shared_ptr<const session::AuthProfile> TokenInputs::profile(session::Strategy strategy) const
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = version;
    profile->strategy = strategy;
    profile->cookieParser = session::CookieParser::Pages;
    profile->secrets.emplace_back(secret);
    return profile;
}

const BenchInputs &inputs()
{
    static const BenchInputs all = load();
    return all;
}

QByteArray sessionToken(int length, int number)
{
    const QByteArray seed = "rollcall-bench:" + QByteArray::number(length) + ':' + QByteArray::number(number);
    const QByteArray digest = QCryptographicHash::hash(seed, QCryptographicHash::Sha256).toHex();
    return digest.repeated(length / digest.size() + 1).first(length);
}

QByteArray browserCookies(const TokenInputs &given, const QByteArray &token)
{
    const QByteArray prefix = given.version == session::AuthVersion::V4 ? "next-auth." : "authjs.";
    const QByteArray random(64, 'a');
    const QByteArray hash =
        QCryptographicHash::hash(QByteArray(random + given.secret), QCryptographicHash::Sha256).toHex();
    return prefix + "csrf-token=" + random + "%7C" + hash + "; " + prefix +
           "callback-url=http%3A%2F%2Flocalhost%3A3000; " + prefix + "session-token=" + token;
}

} // namespace rollcall::bench
