#include <QtTest>

#include <QRandomGenerator>
#include <QTextBoundaryFinder>

#include "core/base/PersonalText.h"

using namespace rollcall;

/// How names and e-mails are masked.
class PersonalTextTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void names_data();
    void names();
    void emails_data();
    void emails();
    void usersAreMaskedByTheirEmailAlone();
    void nothingButTheFirstOfEachPartStays();
    void aLongPartIsNotReadThrough();

private:
    static QStringList graphemes(const QString &text)
    {
        QStringList all;
        QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, text);
        for (qsizetype from = 0, to = finder.toNextBoundary(); to > from; from = to, to = finder.toNextBoundary())
            all << text.mid(from, to - from);
        return all;
    }
};

void PersonalTextTest::names_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("masked");
    const auto row = [](const char *what, const char16_t *name, const char16_t *masked) {
        QTest::newRow(what) << QString::fromUtf16(name) << QString::fromUtf16(masked);
    };
    row("empty", u"", u"");
    row("blank", u"  ", u"");
    row("two parts", u"Ada Lovelace", u"A••• L•••");
    row("one letter would be all", u"A", u"•••");
    row("one letter a part would be all", u"李 明", u"••• •••");
    row("an initial", u"A Lovelace", u"A••• L•••");
    row("an e-mail before a name", u"ada@acme.de Ott", u"a•••@a•••");
    row("blanks around", u"  Ada \t Lovelace ", u"A••• L•••");
    row("a combining mark", u"A\u0308da", u"A\u0308•••");
    row("an emoji of several code points", u"👩‍🔬 Curie", u"👩‍🔬••• C•••");
    row("a flag", u"🇦🇹 Ada", u"🇦🇹••• A•••");
    row("without blanks", u"山田太郎", u"山•••");
    row("an e-mail as name", u"ada@acme.com", u"a•••@a•••.com");
}

void PersonalTextTest::names()
{
    QFETCH(const QString, name);
    QTEST(base::maskedName(name), "masked");
}

void PersonalTextTest::emails_data()
{
    QTest::addColumn<QString>("email");
    QTest::addColumn<QString>("masked");
    const auto row = [](const char *what, const char16_t *email, const char16_t *masked) {
        QTest::newRow(what) << QString::fromUtf16(email) << QString::fromUtf16(masked);
    };
    row("empty", u"", u"");
    row("usual", u"ada@acme.com", u"a•••@a•••.com");
    row("subdomains", u"ada@mail.acme.co.uk", u"a•••@m•••.uk");
    row("no @", u"ada", u"a•••");
    row("no domain", u"ada@", u"a•••@•••");
    row("one letter a part", u"李@明.com", u"•••@•••.com");
    row("a name behind", u"x@y. Smith", u"x•••@y•••");
    row("digits at the end", u"ada@10.0.0.7", u"a•••@1•••");
    row("no local part", u"@acme.com", u"•••@a•••.com");
    row("an @ alone", u"@", u"•••@•••");
    row("several @", u"\"ada@home\"@acme.com", u"\"•••@a•••.com");
    row("no registry", u"ada@localhost", u"a•••@l•••");
    row("a family's name at the end", u"ada@the.lovelace", u"a•••@t•••");
    row("a domain of dots", u"ada@.com", u"a•••@.•••");
    row("another script", u"иван@почта.рф", u"и•••@п•••");
}

void PersonalTextTest::emails()
{
    QFETCH(const QString, email);
    QTEST(base::maskedEmail(email), "masked");
}

void PersonalTextTest::usersAreMaskedByTheirEmailAlone()
{
    for (const char *id : {"", "42", "cm4x0000000008", "0x5E551000", "user 7"})
        QCOMPARE(base::maskedUser(QLatin1String(id)), QLatin1String(id));
    QCOMPARE(base::maskedUser(QStringLiteral("ada@acme.com")), base::maskedEmail(QStringLiteral("ada@acme.com")));
}

void PersonalTextTest::nothingButTheFirstOfEachPartStays()
{
    // Parts of distinct graphemes, the first of each marked by being of no other part: whatever else shows is a leak.
    const QStringList alphabet{QStringLiteral("a"),       QStringLiteral("B"),  QStringLiteral("é"),
                               QStringLiteral("o\u0308"), QStringLiteral("山"), QStringLiteral("👩‍🔬"),
                               QStringLiteral("7"),       QStringLiteral("-"),  QStringLiteral("🇦🇹"),
                               QStringLiteral("ж")};
    QRandomGenerator random(20261123);
    const auto part = [&] {
        QString text;
        for (int i = random.bounded(1, 12); i > 0; --i)
            text += alphabet.at(random.bounded(alphabet.size()));
        return text;
    };
    const QString bullets(3, QChar(0x2022));
    const auto masks = [&](const QStringList &parts) {
        const bool areShort =
            std::ranges::all_of(parts, [](const QString &each) { return graphemes(each).size() == 1; });
        QStringList expected;
        for (const QString &each : parts)
            expected << (areShort ? bullets : graphemes(each).first() + bullets);
        return expected;
    };
    for (int i = 0; i < 2'000; ++i) {
        QStringList parts;
        for (int n = random.bounded(1, 5); n > 0; --n)
            parts << part();
        QCOMPARE(base::maskedName(parts.join(QLatin1Char(' '))), masks(parts).join(QLatin1Char(' ')));
        const QStringList both{part(), part()};
        QCOMPARE(base::maskedEmail(both.join(QLatin1Char('@')) + QStringLiteral(".org")),
                 masks(both).join(QLatin1Char('@')) + QStringLiteral(".org"));
    }
}

void PersonalTextTest::aLongPartIsNotReadThrough()
{
    const QString marks = QString(1'000'000, QChar(0x0308)); // all of one grapheme with the letter before them
    QVERIFY(base::maskedName(QLatin1Char('a') + marks).size() < 64);
    // Nor is a character cut in two where the look ends.
    const QString masked = base::maskedName(QLatin1Char('a') + marks.first(30) + QStringLiteral("\U0001F3FB") + marks);
    QVERIFY(masked.isValidUtf16());
}

QTEST_GUILESS_MAIN(PersonalTextTest)
#include "tst_PersonalText.moc"
