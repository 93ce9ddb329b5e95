#include "tests/integration/store/RedisStoreFixture.h"

#include <QtTest>

namespace rollcall::test {

const base::Call &RedisStoreFixture::soon()
{
    static base::Call call;
    call = base::Call::within(std::chrono::seconds(20));
    return call;
}

base::Instant betterAuthNow()
{
    return *base::parseTime(QStringLiteral("2026-11-21T12:00:00Z"), {});
}

RedisKeys behind(const QByteArray &prefix, const RedisKeys &keys)
{
    RedisKeys moved;
    for (auto key = keys.begin(); key != keys.end(); ++key) {
        const bool pointer = key.value().startsWith("user:");
        moved.insert(prefix + key.key(), pointer ? prefix + key.value() : key.value());
    }
    return moved;
}

RedisKeys renamed(const RedisKeys &keys)
{
    static const std::pair<QByteArray, QByteArray> names[]{{"user:session:by-user-id:", "last*of/"},
                                                           {"user:session:", "s/"},
                                                           {"user:account:by-user-id:", "oa/last/"},
                                                           {"user:account:", "oa/"},
                                                           {"user:email:", "mail/"},
                                                           {"user:token:", "vt/"},
                                                           {"user:", "people/"}};
    const auto rename = [](const QByteArray &text) -> QByteArray {
        for (const auto &[from, to] : names) {
            if (text.startsWith(from))
                return to + text.sliced(from.size());
        }
        return text;
    };
    RedisKeys moved;
    for (auto key = keys.begin(); key != keys.end(); ++key)
        moved.insert(rename(key.key()), key.value().startsWith("user:") ? rename(key.value()) : key.value());
    return moved;
}

store::RowKey RedisStoreFixture::keyOf(const QByteArray &token, const QString &userId)
{
    return {base::SecretBytes(token), base::SecretBytes(token), base::Fingerprint::of(token), userId};
}

QString RedisStoreFixture::start()
{
    m_server = std::make_unique<RedisServer>();
    if (!m_server->problem().isEmpty())
        return m_server->problem();
    return m_adapters.size() == 42 && m_betterAuth.size() == 9
               ? QString()
               : QStringLiteral("the fixtures hold other keys than they should");
}

void RedisStoreFixture::load(const RedisKeys &keys) const
{
    QString problem;
    loadRedis(m_server->url(), keys, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

std::unique_ptr<store::SessionStore> RedisStoreFixture::open(store::Access access,
                                                             const store::StoreOptions &options) const
{
    QString problem;
    auto opened = openDetected(url(), access, problem, options);
    if (!opened)
        qWarning("%s", qPrintable(problem));
    return opened;
}

} // namespace rollcall::test
