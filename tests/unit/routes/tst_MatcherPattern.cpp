#include <QtTest>

#include <QRandomGenerator>

#include "core/routes/MatcherConfig.h"

using namespace rollcall;
using routes::MatcherPattern;
using routes::MatcherSource;

namespace {

tl::expected<MatcherPattern, routes::MatcherFault> compile(const QString &source)
{
    return MatcherPattern::compile({source, true, {}, {}}, {});
}

} // namespace

/// Beyond matcher.json: where refusals point, and what no vector has. Expectations: next 16.4.6.
class MatcherPatternTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusals_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("reason"); // empty: compiles
        QTest::addColumn<int>("position");   // -1: none
        const auto row = [](const char *source, const char *reason, int position) {
            QTest::newRow(source) << QString::fromUtf8(source) << QString::fromUtf8(reason) << position;
        };
        row("/a(b", "Unbalanced pattern at 2", 2);
        row("/a()", "Missing pattern at 2", 2);
        row("/a:", "Missing parameter name at 2", 2);
        row("/:-", "Missing parameter name at 1", 1);
        row("/a(?b)", "Pattern cannot start with \"?\" at 3", 3);
        row("/a/:x((b|c))", "Capturing groups are not allowed at 6", 6);
        row("/:path**", "Unexpected MODIFIER at 7, expected END", 7);
        row("/a?b", "Unexpected MODIFIER at 2, expected END", 2);
        row("/a}", "Unexpected CLOSE at 2, expected END", 2);
        row("/{a", "Unexpected END at 3, expected CLOSE", 3);
        row("/{a:b(c)d{", "Unexpected OPEN at 9, expected CLOSE", 9);
        row("/:a:b", "Must have text between two parameters, missing text after \"a\"", -1);
        row("/(a):b", "Must have text between two parameters, missing text after \"0\"", -1);
        row("/(\\", "Unbalanced pattern at 1", 1);
        row("/([z-a])",
            "Invalid regular expression: /^(?:\\/([z-a]))[\\/#\\?]?$/i: Range out of order in character class", -1);
        row("/a/(.*)*", "", -1);
        row("/{a}?", "", -1);
    }
    void refusals()
    {
        QFETCH(QString, source);
        QFETCH(QString, reason);
        QFETCH(int, position);
        const auto pattern = compile(source);
        QCOMPARE(pattern.has_value(), reason.isEmpty());
        if (pattern)
            return;
        QCOMPARE(pattern.error().reason, QString(u"Invalid source '" + source + u"': " + reason));
        QCOMPARE(static_cast<int>(pattern.error().position.value_or(-1)), position);
    }

    void compiledText()
    {
        // An escape of nothing is dropped.
        QCOMPARE(routes::pathPatternToRegExp(QStringLiteral("/a\\")), QStringLiteral("^\\/a[\\/#\\?]?$"));
        QCOMPARE(routes::pathPatternToRegExp(QStringLiteral("/x(.*)*")),
                 QStringLiteral("^\\/x(?:\\/((?:.*)(?:\\/(?:.*))*))?[\\/#\\?]?$"));
        QCOMPARE(routes::pathPatternToRegExp(QStringLiteral("/:a-:b")),
                 QStringLiteral("^(?:\\/([^\\/#\\?]+?))-((?:(?!-)[^\\/#\\?])+?)[\\/#\\?]?$"));
        QCOMPARE(routes::pathPatternToRegExp(QStringLiteral("/{-:a+}*")).error().reason,
                 QStringLiteral("Unexpected MODIFIER at 5, expected CLOSE"));
    }

    void sourcesHaveALimit()
    {
        QVERIFY(!compile(QStringLiteral("/").repeated(4097)).has_value());
        // The whole of it must fit too.
        QVERIFY(!compile(QStringLiteral("/").repeated(4090)).has_value());
        QVERIFY(compile(QStringLiteral("/a").repeated(1900)).has_value());
    }

    void conditionsThatCannotBeMatched()
    {
        MatcherSource source{QStringLiteral("/p"), true, {}, {}};
        source.has.push_back({routes::MatcherCondition::Kind::Header, QStringLiteral("h"), QStringLiteral("(")});
        const auto pattern = MatcherPattern::compile(source, {});
        QVERIFY(pattern.has_value());
        // Looked at only where the header is there, as in Next.js.
        QCOMPARE(pattern->matches({QStringLiteral("/p"), {}}), false);
        QVERIFY(!pattern->matches({QStringLiteral("/p"), {{"H", "x"}}}).has_value());
    }

    void configurations_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<qsizetype>("sources"); // -1: refused
        const auto row = [](const char *json, qsizetype sources) {
            QTest::newRow(json) << QByteArray(json) << sources;
        };
        row("\"/a\"", 1);
        row("[\"/a\",{\"source\":\"/b\",\"locale\":false}]", 2);
        row("[]", 0);
        row("{\"source\":\"/a\"}", -1);
        row("[7]", -1);
        row("null", -1);
        row("[{\"source\":\"/a\",\"locale\":true}]", -1);
        row("[{\"source\":7}]", -1);
        row("[{}]", -1);
        row("[{\"source\":\"/a\",\"has\":{}}]", -1);
        row("[{\"source\":\"/a\",\"has\":[{\"type\":\"host\"}]}]", -1);
        row("[{\"source\":\"/a\",\"has\":[{\"type\":\"header\"}]}]", -1);
        row("[{\"source\":\"/a\",\"has\":[{\"type\":\"host\",\"value\":\"h\",\"key\":\"k\"}]}]", -1);
        row("[{\"source\":\"/a\",\"missing\":[{\"type\":\"query\",\"key\":\"k\",\"value\":null}]}]", -1);
    }
    void configurations()
    {
        QFETCH(QByteArray, json);
        QFETCH(qsizetype, sources);
        const auto read = routes::readMatcherConfig(*jose::parseJson(QString::fromUtf8(json)));
        QCOMPARE(read ? static_cast<qsizetype>(read->size()) : qsizetype{-1}, sources);
    }

    void hostilePatternsEnd()
    {
        QRandomGenerator random(7);
        const QStringList pieces{QStringLiteral("/:a*"),      QStringLiteral("(.*)"),      QStringLiteral("(.*)*"),
                                 QStringLiteral("(?:a|aa)+"), QStringLiteral("((?:a+)+)"), QStringLiteral("/a"),
                                 QStringLiteral("{/:b-}*"),   QStringLiteral("\\"),        QStringLiteral("("),
                                 QStringLiteral(":"),         QStringLiteral("{"),         QStringLiteral("}"),
                                 QStringLiteral("[^/]{1,50}")};
        int compiled = 0;
        for (int round = 0; round < 400; ++round) {
            QString source = QStringLiteral("/");
            for (int count = random.bounded(6); count >= 0; --count)
                source += pieces.at(random.bounded(static_cast<int>(pieces.size())));
            const auto pattern = compile(source);
            if (!pattern)
                continue;
            ++compiled;
            // Any verdict will do, as long as there is one.
            const auto verdict =
                pattern->matches({u'/' + QStringLiteral("a/").repeated(random.bounded(200)) + u'!', {}});
            QVERIFY(verdict || !verdict.error().reason.isEmpty());
        }
        QVERIFY2(compiled > 50, qPrintable(QString::number(compiled)));
    }
};

QTEST_GUILESS_MAIN(MatcherPatternTest)
#include "tst_MatcherPattern.moc"
