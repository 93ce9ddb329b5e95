#include "tests/integration/store/PagingCase.h"

#include "tests/differential/Random.h"
#include "tests/integration/store/StoreFixtures.h"

namespace rollcall::test {

using differential::Random;
using session::SessionState;
using store::SessionOrder;
using store::SessionQuery;
using store::StateFilter;

namespace {

/// Few instants, so that many rows end at the same one, and some at the very moment.
std::optional<base::Instant> drawInstant(Random &random, int noneIn)
{
    if (random.below(noneIn) == 0)
        return std::nullopt;
    return fixtureNow() + std::chrono::minutes(random.between(-3, 3)) + std::chrono::milliseconds(random.below(2));
}

CaseRow drawRow(Random &random, int number)
{
    CaseRow row;
    row.number = number;
    if (random.below(8) > 0)
        row.user = static_cast<int>(random.between(1, caseUsers + 2));
    row.expires = drawInstant(random, 8);
    row.created = drawInstant(random, 5);
    row.microseconds = static_cast<int>(random.below(3)) * 400;
    return row;
}

SessionQuery drawQuery(Random &random)
{
    SessionQuery query;
    query.state = random.pick({StateFilter::Live, StateFilter::Expired, StateFilter::Orphan, StateFilter::All,
                               StateFilter::All, StateFilter::All});
    query.order = random.pick({SessionOrder::Expires, SessionOrder::User, SessionOrder::Created});
    query.descending = random.chance(50);
    query.limit = static_cast<int>(random.between(1, 9));
    const int user = static_cast<int>(random.between(1, caseUsers + 2));
    if (random.chance(15))
        query.user = random.chance(50) ? QString::number(user) : caseUserEmail(user);
    if (random.chance(15))
        query.provider = random.pick({QStringLiteral("github"), QStringLiteral("google"), QStringLiteral("none")});
    if (random.chance(15))
        query.search = random.pick({QStringLiteral("an"), QStringLiteral("%"), QStringLiteral("O_K"),
                                    QStringLiteral("@EXAMPLE"), QStringLiteral("\\"), QStringLiteral("'")});
    if (random.chance(20))
        query.expiresBefore = drawInstant(random, 1'000);
    if (random.chance(20))
        query.expiresAfter = drawInstant(random, 1'000);
    return query;
}

QString shown(const std::optional<base::Instant> &instant)
{
    return instant ? base::toIso(*instant) : QStringLiteral("none");
}

QString shown(const CaseRow &row)
{
    return QStringLiteral("%1: user %2, expires %3, created %4, +%5 us")
        .arg(QString::number(row.number), row.user ? QString::number(*row.user) : QStringLiteral("none"),
             shown(row.expires), shown(row.created), QString::number(row.microseconds));
}

} // namespace

QString CaseRow::token() const
{
    // In some collations these come in another order than in others; in none are two of them the same.
    static const char *const heads[]{"aB", "Ab", "zz", "ZZ", "a_", "A-", "m", "M"};
    return QString::fromLatin1(heads[number % 8]) + QStringLiteral("-a-token-of-session-%1").arg(number);
}

QString CaseRow::name() const
{
    return QStringLiteral("row %1").arg(number);
}

QString caseUserName(int user)
{
    static const char *const names[]{"Ann 100%", "o_k O'Neil", "anna\\b", "Bob", "BANANA", "Zoe"};
    return QString::fromLatin1(names[(user - 1) % caseUsers]);
}

QString caseUserEmail(int user)
{
    return QStringLiteral("user%1@example.com").arg(user);
}

QStringList caseProviders(int user)
{
    QStringList providers;
    if (user % 2 == 0)
        providers << QStringLiteral("github");
    if (user % 3 == 0)
        providers << QStringLiteral("google");
    return providers;
}

QString PagingCase::text() const
{
    QStringList lines;
    static const char *const states[]{"live", "expired", "orphan", "all"};
    static const char *const orders[]{"expires", "user", "created"};
    lines << QStringLiteral("state %1, order %2%3, pages of %4")
                 .arg(QString::fromLatin1(states[static_cast<int>(query.state)]),
                      QString::fromLatin1(orders[static_cast<int>(query.order)]),
                      query.descending ? QStringLiteral(" descending") : QString(), QString::number(query.limit));
    lines << QStringLiteral("user %1, provider %2, search %3, expires before %4, after %5")
                 .arg(query.user.value_or(QStringLiteral("any")), query.provider.value_or(QStringLiteral("any")),
                      query.search.value_or(QStringLiteral("any")), shown(query.expiresBefore),
                      shown(query.expiresAfter));
    for (const CaseRow &row : rows)
        lines << QStringLiteral("  ") + shown(row);
    static const char *const kinds[]{"insert", "delete", "move"};
    for (const CaseChange &change : changes)
        lines << QStringLiteral("  before page %1: %2 ")
                         .arg(change.beforePage)
                         .arg(QString::fromLatin1(kinds[static_cast<int>(change.kind)])) +
                     shown(change.row);
    return lines.join(QLatin1Char('\n'));
}

PagingCase drawCase(quint64 seed)
{
    Random random(seed);
    PagingCase drawn;
    drawn.query = drawQuery(random);
    const int rows = static_cast<int>(random.below(40));
    for (int i = 0; i < rows; ++i)
        drawn.rows.push_back(drawRow(random, i + 1));
    int next = rows;
    const auto pages = rows / drawn.query.limit + 1;
    for (qint64 left = random.below(25); left > 0; --left) {
        CaseChange change;
        change.beforePage = static_cast<int>(random.between(1, pages));
        change.kind = random.pick(
            {CaseChange::Kind::Insert, CaseChange::Kind::Delete, CaseChange::Kind::Delete, CaseChange::Kind::Move});
        const bool isNew = change.kind == CaseChange::Kind::Insert || rows == 0;
        if (rows == 0)
            change.kind = CaseChange::Kind::Insert;
        change.row = drawRow(random, isNew ? ++next : static_cast<int>(random.between(1, rows)));
        drawn.changes.push_back(change);
    }
    return drawn;
}

SessionState stateOf(const CaseRow &row, base::Instant now)
{
    if (!row.user || !row.expires)
        return SessionState::Unknown;
    if (*row.user > caseUsers)
        return SessionState::Orphan;
    return *row.expires >= now ? SessionState::Live : SessionState::Expired;
}

bool matches(const CaseRow &row, const SessionQuery &query, base::Instant now)
{
    const SessionState state = stateOf(row, now);
    const bool isOfState = query.state == StateFilter::All ||
                           (query.state == StateFilter::Live && state == SessionState::Live) ||
                           (query.state == StateFilter::Expired && state == SessionState::Expired) ||
                           (query.state == StateFilter::Orphan && state == SessionState::Orphan);
    const bool known = row.user && *row.user <= caseUsers;
    const bool isOfUser =
        !query.user ||
        (row.user && (*query.user == QString::number(*row.user) || (known && *query.user == caseUserEmail(*row.user))));
    const QStringList providers = known ? caseProviders(*row.user) : QStringList();
    const bool isOfProvider =
        !query.provider ||
        (*query.provider == QStringLiteral("none") ? providers.isEmpty() : providers.contains(*query.provider));
    const auto has = [&query](const QString &text) { return text.contains(*query.search, Qt::CaseInsensitive); };
    const bool isFound = !query.search || (known && (has(caseUserName(*row.user)) || has(caseUserEmail(*row.user))));
    const bool isBefore = !query.expiresBefore || (row.expires && *row.expires < *query.expiresBefore);
    const bool isAfter = !query.expiresAfter || (row.expires && *row.expires >= *query.expiresAfter);
    return isOfState && isOfUser && isOfProvider && isFound && isBefore && isAfter;
}

PagingCase smallest(PagingCase failing, const std::function<bool(const PagingCase &)> &stillFails, int attempts)
{
    const auto accept = [&](const PagingCase &smaller) {
        if (attempts-- <= 0 || !stillFails(smaller))
            return false;
        failing = smaller;
        return true;
    };
    for (bool shrunk = true; shrunk && attempts > 0;) {
        shrunk = false;
        for (std::size_t i = failing.changes.size(); i-- > 0;) {
            PagingCase smaller = failing;
            smaller.changes.erase(smaller.changes.begin() + qsizetype(i));
            shrunk = accept(smaller) || shrunk;
        }
        for (std::size_t i = failing.rows.size(); i-- > 0;) {
            PagingCase smaller = failing;
            smaller.rows.erase(smaller.rows.begin() + qsizetype(i));
            // What is not there can be neither deleted nor moved.
            std::erase_if(smaller.changes, [&](const CaseChange &change) {
                return change.kind != CaseChange::Kind::Insert && change.row.number == failing.rows[i].number;
            });
            shrunk = accept(smaller) || shrunk;
        }
        const auto without = [&](auto filter) {
            PagingCase plainer = failing;
            if (!(plainer.query.*filter))
                return;
            (plainer.query.*filter).reset();
            shrunk = accept(plainer) || shrunk;
        };
        without(&SessionQuery::user);
        without(&SessionQuery::provider);
        without(&SessionQuery::search);
        without(&SessionQuery::expiresBefore);
        without(&SessionQuery::expiresAfter);
    }
    return failing;
}

} // namespace rollcall::test
