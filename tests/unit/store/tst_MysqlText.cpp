#include <QtTest>

#include "core/store/sql/MysqlText.h"

using namespace rollcall;

/// Statements of ours in MySQL's spelling: names in back quotes, a question mark for each placeholder.
class MysqlTextTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void spells_data()
    {
        QTest::addColumn<QString>("ours");
        QTest::addColumn<QString>("theirs");
        QTest::addColumn<QList<int>>("places");
        const auto row = [](const char *name, const char *ours, const char *theirs, const QList<int> &places) {
            QTest::newRow(name) << QString::fromUtf8(ours) << QString::fromUtf8(theirs) << places;
        };
        row("nothing to do", "SELECT 1", "SELECT 1", {});
        row("names", "SELECT \"a\".\"b\" FROM \"c\"", "SELECT `a`.`b` FROM `c`", {});
        row("a quote in a name", "\"a\"\"b\"", "`a\"b`", {});
        row("only a quote", "\"\"\"\"", "`\"`", {});
        row("a back quote in a name", "\"a`b\"", "`a``b`", {});
        row("a backslash in a name", "\"a\\\" = 1", "`a\\` = 1", {});
        row("an apostrophe in a name", "\"a'b\" = 'c'", "`a'b` = 'c'", {});
        row("a placeholder in a name", "\"a $1 ? b\"", "`a $1 ? b`", {});
        row("placeholders", "a = $1 AND b = $2", "a = ? AND b = ?", {0, 1});
        row("again and in another order", "$2, $1, $2", "?, ?, ?", {1, 0, 1});
        row("two digits", "$12$1", "??", {11, 0});
        row("a literal", "'$1 \"x\" `y`' || $1", "'$1 \"x\" `y`' || ?", {0});
        row("an apostrophe in a literal", "'it''s $1' || $1", "'it''s $1' || ?", {0});
        row("an empty literal", "'' || $1", "'' || ?", {0});
        row("other scripts", "SELECT \"\xc3\xbc\xf0\x9f\x98\x80\" = $1", "SELECT `\xc3\xbc\xf0\x9f\x98\x80` = ?", {0});
    }

    void spells()
    {
        QFETCH(QString, ours);
        QFETCH(QString, theirs);
        QFETCH(QList<int>, places);
        const auto text = store::mysqlText(ours);
        QCOMPARE(QString::fromUtf8(text.sql), theirs);
        QCOMPARE(QList<int>(text.places.begin(), text.places.end()), places);
    }

    void peopleSeePlaceholders()
    {
        QCOMPARE(store::withBackQuotes(QStringLiteral("DELETE FROM \"s\" WHERE \"t\" = $1 AND x = 'a\"$2'")),
                 QStringLiteral("DELETE FROM `s` WHERE `t` = $1 AND x = 'a\"$2'"));
    }
};

QTEST_GUILESS_MAIN(MysqlTextTest)
#include "tst_MysqlText.moc"
