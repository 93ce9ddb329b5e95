#include <QtTest>

#include "core/store/PageCursor.h"

using namespace rollcall;
using store::PageCursor;
using store::SessionQuery;

class PageCursorTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas()
    {
        const SessionQuery query;
        for (const PageCursor &cursor :
             {PageCursor{QByteArray("2026-06-15 12:00:00.123456+00"), "17"},
              PageCursor{std::nullopt, QByteArray(64, 'a')}, PageCursor{QByteArray(), QByteArray("\0\xff", 2)},
              PageCursor{QByteArray("x"), QByteArray(64, 'a'), {QByteArray(16, 'b'), QByteArray(16, 'c')}},
              PageCursor{QByteArray("x"), std::nullopt, {}, QByteArray(64, 'd'), 3}}) {
            const QByteArray text = cursor.encode(query, m_scope);
            const auto decoded = PageCursor::decode(text, query, m_scope);
            QVERIFY(decoded.has_value());
            QVERIFY(*decoded == cursor);
        }
    }

    void remembersTheRowsBefore()
    {
        const auto at = [](const char *order, char key) { return PageCursor{QByteArray(order), QByteArray(64, key)}; };
        PageCursor last = at("1", 'a');
        for (const char key : {'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'}) {
            PageCursor here = at("2", key);
            here.comesAfter(last, true);
            last = here;
        }
        QCOMPARE(last.before.size(), std::size_t{7}); // no more; and of the same order alone
        QCOMPARE(last.rankOf(QByteArray(64, 'j')), std::optional(std::size_t{0}));
        QCOMPARE(last.rankOf(QByteArray(64, 'i')), std::optional(std::size_t{1}));
        QCOMPARE(last.rankOf(QByteArray(64, 'c')), std::optional(std::size_t{7}));
        QCOMPARE(last.rankOf(QByteArray(64, 'b')), std::nullopt);
        QCOMPARE(last.rankOf(QByteArray(3, 'i')), std::nullopt);
        PageCursor other = at("3", 'k');
        other.comesAfter(last, true);
        QVERIFY(other.before.empty());
    }

    void countsRowsThatAreAlike()
    {
        const PageCursor first{QByteArray("1"), std::nullopt, {}, QByteArray(64, 'd')};
        PageCursor second = first;
        second.comesAfter(first, true);
        QCOMPARE(second.passed, 2U);
        PageCursor other = first;
        other.tie = QByteArray(64, 'e');
        other.comesAfter(second, true);
        QCOMPARE(other.passed, 1U);
        // A key stands after NULL: where it is gone, that is known of its place.
        PageCursor key{QByteArray("1"), QByteArray(64, 'k')};
        key.comesAfter(other, true);
        QVERIFY(key.before == std::vector<QByteArray>{QByteArray()});
    }

    void rowIdsNeedNoneBefore()
    {
        // A row id tells its own place.
        const PageCursor first{QByteArray("1"), "17", {}, QByteArray(64, 'd')};
        PageCursor alike = first;
        alike.comesAfter(first, false);
        QVERIFY(alike.before.empty());
        QCOMPARE(alike.passed, 2U);
        PageCursor next{QByteArray("1"), "18", {}, QByteArray(64, 'd')};
        next.comesAfter(alike, false);
        QVERIFY(next.before.empty());
        QCOMPARE(next.passed, 1U);
    }

    void anyDamageIsSeen()
    {
        const SessionQuery query;
        const QByteArray text = PageCursor{QByteArray("2026"), "17"}.encode(query, m_scope);
        for (qsizetype i = 0; i < text.size(); ++i) {
            QByteArray damaged = text;
            damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
            const auto decoded = PageCursor::decode(damaged, query, m_scope);
            // The last character holds spare bits, which decoding does not see.
            if (i < text.size() - 1)
                QVERIFY2(!decoded && decoded.error().code == base::ErrorCode::CursorInvalid, damaged.constData());
            QVERIFY(!PageCursor::decode(text.first(i), query, m_scope));
        }
        QVERIFY(!PageCursor::decode("not base64 !", query, m_scope));
        QVERIFY(!PageCursor::decode(QByteArray(100'000, 'A'), query, m_scope));
    }

    void belongsToItsQuery_data()
    {
        QTest::addColumn<int>("change");
        for (int i = 0; i < 9; ++i)
            QTest::addRow("%d", i) << i;
    }

    void belongsToItsQuery()
    {
        QFETCH(int, change);
        const PageCursor cursor{QByteArray("2026"), "17"};
        const SessionQuery query;
        SessionQuery other = query;
        QString scope = m_scope;
        switch (change) {
        case 0:
            other.state = store::StateFilter::Expired;
            break;
        case 1:
            other.user = QString();
            break;
        case 2:
            other.provider = QStringLiteral("github");
            break;
        case 3:
            other.search = QStringLiteral("a");
            break;
        case 4:
            other.expiresAfter = base::Instant();
            break;
        case 5:
            other.expiresBefore = base::Instant();
            break;
        case 6:
            other.order = store::SessionOrder::User;
            break;
        case 7:
            other.descending = true;
            break;
        default:
            scope = QStringLiteral("another table");
        }
        const QByteArray text = cursor.encode(query, m_scope);
        const auto decoded = PageCursor::decode(text, other, scope);
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().code, base::ErrorCode::CursorInvalid);
        other = query;
        other.limit = 7; // the page size may change
        QVERIFY(PageCursor::decode(text, other, m_scope).has_value());
    }

private:
    const QString m_scope = QStringLiteral("\"public\".\"sessions\".\"id\"");
};

QTEST_GUILESS_MAIN(PageCursorTest)
#include "tst_PageCursor.moc"
