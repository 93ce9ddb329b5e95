#include <QtTest>

#include "tests/support/TestPaths.h"
#include "tests/unit/engine/reasons/Produced.h"

using namespace rollcall;
using session::NullReason;
using test::Produced;

namespace {

/// Every reason of the catalogue is driven from here. The switch has no default: a reason that is added to the
/// enumeration does not compile until something produces it.
Produced produce(NullReason reason)
{
    switch (reason) {
    case NullReason::NoCookie:
    case NullReason::EmptyCookie:
    case NullReason::SecurePrefixMismatch:
    case NullReason::OtherMajorName:
    case NullReason::CustomNameMismatch:
    case NullReason::DuplicateCookie:
    case NullReason::CookieNotParsed:
    case NullReason::BearerOnly:
    case NullReason::DomainPathMismatch:
    case NullReason::CookieDropped:
    case NullReason::ChunkMissing:
    case NullReason::ChunkOrder:
    case NullReason::StaleChunk:
    case NullReason::PrefixSharer:
        return test::produceOfCookies(reason);
    case NullReason::MalformedToken:
    case NullReason::WrongSecret:
    case NullReason::WrongSalt:
    case NullReason::KidUnknown:
    case NullReason::OtherMajorToken:
    case NullReason::AlgOrEncRefused:
    case NullReason::Tampered:
    case NullReason::DecompressionFailed:
    case NullReason::PayloadNotObject:
    case NullReason::ClaimType:
    case NullReason::Expired:
    case NullReason::NotBefore:
    case NullReason::ClockSkew:
    case NullReason::IatAbsent:
    case NullReason::HeaderClaimMismatch:
    case NullReason::EmptySecret:
    case NullReason::CustomDecodeNull:
    case NullReason::DbTokenAtJwt:
        return test::produceOfTokens(reason);
    case NullReason::SessionCbNull:
    case NullReason::SessionCbThrew:
    case NullReason::SessionCbEmpty:
    case NullReason::JwtCbNull:
    case NullReason::JwtCbThrew:
        return test::produceOfCallbacks(reason);
    case NullReason::JwtAtDatabase:
    case NullReason::RowMissing:
    case NullReason::RowExpired:
    case NullReason::UserMissing:
    case NullReason::AdapterError:
    case NullReason::AdapterWriteError:
    case NullReason::BadRow:
    case NullReason::AdapterMissing:
    case NullReason::CancelledOrDeadline:
        return test::produceOfRows(reason);
    case NullReason::MissingSecret:
    case NullReason::UntrustedHost:
    case NullReason::WrongBasePath:
    case NullReason::InvalidCallbackUrl:
    case NullReason::UnconfiguredRuntime:
    case NullReason::UnusableUrl:
    case NullReason::MethodRefused:
    case NullReason::HelperWithoutRequest:
        return test::produceOfConfiguration(reason);
    case NullReason::ProxyNetworkError:
    case NullReason::ProxyTimeout:
    case NullReason::ProxyNotJson:
    case NullReason::ProxyRedirect:
    case NullReason::Proxy4xx:
    case NullReason::Proxy5xx:
    case NullReason::ProxyEmptyObject:
    case NullReason::ProxyNull:
    case NullReason::ProxyOriginMismatch:
    case NullReason::ProxyTooLarge:
        return test::produceOfProxy(reason);
    case NullReason::MatcherNotCovering:
    case NullReason::WithauthDatabase:
    case NullReason::AuthorizedSaidNo:
    case NullReason::MiddlewareNoSecret:
    case NullReason::MiddlewareExempt:
        return test::produceOfMiddleware(reason);
    case NullReason::CacheStaleNegative:
    case NullReason::CacheStalePositive:
    case NullReason::CacheUnavailable:
        return test::produceOfCache(reason);
    case NullReason::BaBadSignature:
    case NullReason::BaUnsigned:
    case NullReason::BaCacheRefused:
    case NullReason::BaCacheWithoutToken:
    case NullReason::BaStorageMiss:
    case NullReason::BaGoneWhileRenewing:
    case NullReason::BaStoreError:
        return test::produceOfBetterAuth(reason);
    }
    return {};
}

struct Entry
{
    QString id;
    QString name;
    QByteArray outcome;
};

/// The catalogue as the protocol facts have it.
QList<Entry> catalogue()
{
    QFile file(test::dataFile(QStringLiteral("null-reasons.txt")));
    QList<Entry> entries;
    if (!file.open(QIODevice::ReadOnly))
        return entries;
    for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
        const QList<QByteArray> words = line.trimmed().split(' ');
        if (words.size() == 3)
            entries.append({QString::fromLatin1(words.at(0)), QString::fromLatin1(words.at(1)), words.at(2)});
    }
    return entries;
}

} // namespace

/// The numbered catalogue of null reasons: one row a number. Each is produced by the engine from an input that has that
/// cause, or has the outcome that the catalogue names in its place.
class NullReasonsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areProduced_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("outcome");
        const auto entries = catalogue();
        for (const Entry &entry : entries)
            QTest::addRow("%s %s", qPrintable(entry.id), qPrintable(entry.name)) << entry.name << entry.outcome;
    }
    void areProduced()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, outcome);
        const auto reason = session::nullReasonOf(name);
        QVERIFY(reason);
        const Produced produced = produce(*reason);
        const bool isNever = outcome == "never";
        QCOMPARE(produced.outcome, isNever ? QByteArray("session") : outcome);
        QCOMPARE(produced.reason ? session::nullReasonName(*produced.reason) : QStringLiteral("none"),
                 isNever ? QStringLiteral("none") : name);
    }

    void areTheCatalogues()
    {
        const auto entries = catalogue();
        QCOMPARE(entries.size(), 79);
        QSet<int> numbers;
        for (const Entry &entry : entries) {
            const auto reason = session::nullReasonOf(entry.name);
            QVERIFY2(reason, qPrintable(entry.name));
            QCOMPARE(session::nullReasonId(*reason), entry.id);
            numbers.insert(static_cast<int>(*reason));
        }
        QCOMPARE(numbers.size(), entries.size());
        // What the enumeration has beyond the catalogue would be produced too.
        for (int number = 0; number <= 100; ++number)
            QCOMPARE(!produce(static_cast<NullReason>(number)).outcome.isEmpty(), numbers.contains(number));
    }
};

QTEST_GUILESS_MAIN(NullReasonsTest)
#include "tst_NullReasons.moc"
