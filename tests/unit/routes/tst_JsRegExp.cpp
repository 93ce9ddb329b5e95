#include <QtTest>

#include <QRandomGenerator>

#include "core/routes/JsRegExp.h"

using namespace rollcall;
using routes::JsRegExp;
using routes::RegExpFault;

namespace {

enum class Verdict { Matches, No, Refused };

Verdict verdict(const QString &source, const QString &subject)
{
    const auto regExp = JsRegExp::compile(source);
    if (!regExp)
        return Verdict::Refused;
    return regExp->test(subject).value_or(false) ? Verdict::Matches : Verdict::No;
}

} // namespace

/// Expectations: `new RegExp(source).test(subject)` in Node 20.20.2.
class JsRegExpTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void meansWhatItMeansInJavaScript_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("subject");
        QTest::addColumn<int>("expected");
        const auto row = [](const char *source, const QString &subject, Verdict expected) {
            QTest::addRow("%s on %s", source, qPrintable(subject))
                << QString::fromUtf8(source) << subject << static_cast<int>(expected);
        };
        const auto text = [](const char *utf8) { return QString::fromUtf8(utf8); };
        row("^a$", text("a"), Verdict::Matches);
        row("^a$", text("a\n"), Verdict::No);
        row("^.$", text("\r"), Verdict::No);
        row("^.$", text("\xe2\x80\xa8"), Verdict::No);
        row("^..$", text("\xf0\x9f\x98\x80"), Verdict::Matches); // two code units
        row("^.$", text("\xf0\x9f\x98\x80"), Verdict::No);
        row("^[^a]{2}$", text("\xf0\x9f\x98\x80"), Verdict::Matches);
        row("^\\ud83d", text("\xf0\x9f\x98\x80"), Verdict::Matches);
        row("[\\u0000-\\uffff]", QString(QChar(0xdc00)), Verdict::Matches);
        row("[\\u0000-\\ud7ff\\ue000-\\uffff]", QString(QChar(0xdc00)), Verdict::No);
        row("^\\s$", QString(QChar(0xfeff)), Verdict::Matches);
        row("^\\S$", QString(QChar(0xfeff)), Verdict::No);
        row("^\\d$", text("\xd9\xa1"), Verdict::No);
        row("^[\\W]$", text("\xc3\xa9"), Verdict::Matches);
        row("^[^\\S]$", text(" "), Verdict::Matches);
        row("[]", text("a"), Verdict::No);
        row("[]*a", text("a"), Verdict::Matches);
        row("^[^]$", text("\n"), Verdict::Matches);
        row("^[[]$", text("["), Verdict::Matches);
        row("^[[:alpha:]]$", text("a]"), Verdict::Matches);
        row("^\\Qa.b\\E$", text("Qa.bE"), Verdict::Matches);
        row("^\\h\\R\\A\\z$", text("hRAz"), Verdict::Matches);
        row("^a{,2}$", text("a{,2}"), Verdict::Matches);
        row("^a{1$", text("a{1"), Verdict::Matches);
        row("^]}$", text("]}"), Verdict::Matches);
        row("^(?:(a)|b)\\1$", text("b"), Verdict::Matches); // a group that took no part matches nothing
        row("^(?:(a)|b)\\1$", text("a"), Verdict::No);
        row("^\\1(a)$", text("a"), Verdict::Matches);
        row("^(a|b)+\\1$", text("abb"), Verdict::Matches); // the last round's
        row("^(a|b)+\\1$", text("aba"), Verdict::No);
        row("^(?:x(a))?\\1$", text("xaa"), Verdict::Matches); // not repeated: nothing to forget
        row("^(?:a(b)\\1)$", text("abb"), Verdict::Matches);
        row("^\\1$", text("\x01"), Verdict::Matches); // no such group: octal
        row("^\\8$", text("8"), Verdict::Matches);
        row("^\\101\\400$", text("A 0"), Verdict::Matches);
        row("^(?<n>a)\\k<n>$", text("aa"), Verdict::Matches);
        row("^\\k<n>$", text("k<n>"), Verdict::Matches);
        row("^\\cA\\c1$", text("\x01\\c1"), Verdict::Matches);
        row("^[\\c1]$", text("\x11"), Verdict::Matches);
        row("^\\u{2}$", text("uu"), Verdict::Matches);
        row("^\\x4$", text("x4"), Verdict::Matches);
        row("^[\\d-x]+$", text("1-x"), Verdict::Matches);
        row("^[\\d-x]$", text("w"), Verdict::No);
        row("^(?=a)*b$", text("b"), Verdict::Matches);
        row("^(?#c)$", QString(), Verdict::Refused);
        row("a++", text("aa"), Verdict::Refused);
        for (const char *source :
             {"*",     "a**",           "a|*",        "(",       ")",      "(?:a",           "[a",
              "\\",    "[z-a]",         "a{3,1}",     "{1}",     "(?i:a)", "(?<n>a)(?<n>b)", "(?<1>a)",
              "(?<n",  "(?<n>a)\\k<m>", "(?<n>a)\\k", "(?<=a)*", "^*",     "\\b+",           "(?P<n>a)",
              "(?>a)", "(?|a)",         "(*ACCEPT)"})
            row(source, text("a"), Verdict::Refused);
    }
    void meansWhatItMeansInJavaScript()
    {
        QFETCH(QString, source);
        QFETCH(QString, subject);
        QFETCH(int, expected);
        QCOMPARE(static_cast<int>(verdict(source, subject)), expected);
    }

    void faultsSayWhoseTheyAre()
    {
        QCOMPARE(JsRegExp::compile(u"(").error().kind, RegExpFault::Kind::Syntax);
        QCOMPARE(JsRegExp::compile(u"(").error().reason, QStringLiteral("Unterminated group"));
        // What JavaScript takes and PCRE2 does not.
        for (const QString &source :
             {QStringLiteral("(?<=a*)b"), QStringLiteral("a{70000}"),
              // JavaScript forgets what these groups held when the repetition begins its next round.
              QStringLiteral("(?:(a)|b)*\\1"), QStringLiteral("(?:(?<n>a)|b)*c\\k<n>"), QStringLiteral("(?:\\1(a))+"),
              QStringLiteral("(\\1a){2}"), QStringLiteral("((a)|b)*\\2"),
              QString(u"(?:" + QStringLiteral("(").repeated(300) + QStringLiteral(")").repeated(301))})
            QCOMPARE(JsRegExp::compile(source).error().kind, RegExpFault::Kind::Unsupported);
    }

    void hostileExpressionsEnd_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("subject");
        const QString as = QStringLiteral("a").repeated(5000) + u'!';
        QTest::newRow("nested") << QStringLiteral("^(?:a+)+$") << as;
        QTest::newRow("alternatives") << QStringLiteral("^(?:a|a|aa)+$") << as;
        QTest::newRow("wide") << QStringLiteral("^(?:.*.*.*.*.*.*.*.*)=$") << as;
        QTest::newRow("references") << QStringLiteral("^(a*)*\\1b$") << as;
        QTest::newRow("look-ahead") << QStringLiteral("^(?:(?=a*!)a+)*b$") << as;
    }
    void hostileExpressionsEnd()
    {
        QFETCH(QString, source);
        QFETCH(QString, subject);
        const auto regExp = JsRegExp::compile(source);
        QVERIFY(regExp.has_value());
        const auto result = regExp->test(subject);
        QVERIFY2(!result.has_value(), "it was not as hard as expected");
        QCOMPARE(result.error().kind, RegExpFault::Kind::TooHard); // the limit counts steps, not time
    }

    void longSubjects()
    {
        const auto regExp = JsRegExp::compile(u"^(?:\\/[^\\/#\\?]+?)*$");
        QVERIFY(regExp->test(QStringLiteral("/ab").repeated(20'000)).value_or(false));
        QCOMPARE(regExp->test(QString(JsRegExp::maxSubject + 1, u'/')).error().kind, RegExpFault::Kind::TooHard);
    }

    void survivesGarbage()
    {
        QRandomGenerator random(20261121);
        const QString alphabet = QStringLiteral("ab\\()[]{}*+?|^$.-,:<>=!12nkucx\xe9") + QChar(0xd83d);
        int compiled = 0;
        for (int round = 0; round < 20000; ++round) {
            QString source;
            for (int length = random.bounded(14); length > 0; --length)
                source += alphabet.at(random.bounded(static_cast<int>(alphabet.size())));
            const auto regExp = JsRegExp::compile(source);
            if (!regExp) {
                QVERIFY(!regExp.error().reason.isEmpty());
                continue;
            }
            ++compiled;
            QVERIFY(regExp->test(source).has_value());
        }
        QVERIFY2(compiled > 2000, qPrintable(QString::number(compiled)));
    }
};

QTEST_GUILESS_MAIN(JsRegExpTest)
#include "tst_JsRegExp.moc"
