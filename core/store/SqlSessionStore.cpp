#include "core/store/SqlSessionStore.h"

#include <QHash>
#include <QSet>

#include "core/store/SqlCanary.h"
#include "core/store/UserProviders.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

constexpr qsizetype idsPerStatement = 500;
constexpr std::size_t tokensPerStatement = 1'000;
constexpr std::size_t tokensPerList = 20'000; ///< where a list is one parameter
constexpr int mostUsersOfOneEmail = 1000;
constexpr int mostUsersSearched = 1000; ///< of whom a search names each

const QString &selectRight()
{
    static const QString right = QStringLiteral("SELECT");
    return right;
}

} // namespace

SqlSessionStore::SqlSessionStore(std::unique_ptr<SqlConnection> connection, DatabaseKind kind, BoundSchema schema,
                                 const QTimeZone &zone, Access access)
    : m_connection(std::move(connection)),
      m_kind(kind),
      m_schema(dialectFor(kind), std::move(schema), zone),
      m_list(m_schema),
      m_row(m_schema),
      m_inspector(*m_connection, kind, m_schema),
      m_users(*m_connection, m_schema, m_list, [this](Error error) { return explain(std::move(error), reading()); }),
      m_access(access),
      m_kept(*m_connection, kind, m_schema, m_row, access, explainer()),
      m_expired(*m_connection, kind, m_schema, access, explainer()),
      m_form(*m_connection, kind, m_schema)
{}

std::function<Error(Error, std::vector<NeededRight>)> SqlSessionStore::explainer()
{
    return
        [this](Error error, std::vector<NeededRight> needed) { return explain(std::move(error), std::move(needed)); };
}

NeededRight SqlSessionStore::onSessions(const QString &right) const
{
    const auto &sessions = m_schema.profile().sessions;
    return {sessions.schema, sessions.table, right};
}

std::vector<NeededRight> SqlSessionStore::reading() const
{
    const auto &profile = m_schema.profile();
    std::vector<NeededRight> needed{onSessions(selectRight())};
    if (profile.users)
        needed.push_back({profile.users->schema, profile.users->table, selectRight()});
    if (profile.accounts)
        needed.push_back({profile.accounts->schema, profile.accounts->table, selectRight()});
    return needed;
}

Error SqlSessionStore::explain(Error error, std::vector<NeededRight> needed)
{
    if (error.code == ErrorCode::PermissionDenied)
        return missingRight(*m_connection, std::move(error), needed);
    const QString state = error.param(ErrorParam::SqlState);
    const QString detail = error.param(ErrorParam::Detail);
    const bool postgresMisses =
        state == QStringLiteral("42P01") || state == QStringLiteral("42703") || state == QStringLiteral("3F000");
    const bool mysqlMisses = state == QStringLiteral("42S02") || state == QStringLiteral("42S22");
    const bool sqliteMisses = m_kind == DatabaseKind::Sqlite && (detail.startsWith(QStringLiteral("no such table")) ||
                                                                 detail.startsWith(QStringLiteral("no such column")));
    if (postgresMisses || mysqlMisses || sqliteMisses) {
        const auto &sessions = m_schema.profile().sessions;
        return Error(ErrorCode::SchemaChanged)
            .with(ErrorParam::Table, sessions.schema + QLatin1Char('.') + sessions.table)
            .with(ErrorParam::Detail, detail);
    }
    return error;
}

Result<QStringList> SqlSessionStore::userIds(const SqlStatement &statement, const Call &call)
{
    QStringList ids;
    const auto read = m_connection->read(
        statement,
        [&](const SqlRow &row) {
            if (auto id = row.text(0); id && m_list.canBeUserId(*id))
                ids << std::move(*id);
        },
        call);
    if (!read)
        return fail(explain(read.error(), reading()));
    return ids;
}

Result<ResolvedQuery> SqlSessionStore::resolve(const SessionQuery &query, bool again, const Call &call)
{
    ResolvedQuery resolved{query, std::nullopt};
    if (query.user) {
        QStringList ids;
        const bool canBeId = m_list.canBeUserId(*query.user);
        if (canBeId)
            ids << *query.user;
        // Where no index finds addresses, all users are not read for what looks like an id.
        const auto byEmail = m_list.usersByEmail(*query.user, mostUsersOfOneEmail + 1);
        if (byEmail && (!canBeId || query.user->contains(QLatin1Char('@')) || m_list.isEmailIndexed())) {
            const auto found = userIds(*byEmail, call);
            if (!found)
                return fail(found.error());
            if (found->size() > mostUsersOfOneEmail)
                return fail(Error(ErrorCode::TooManyMatched)
                                .with(ErrorParam::Part, QStringLiteral("users of an e-mail"))
                                .with(ErrorParam::Count, qint64{found->size()})
                                .with(ErrorParam::Limit, qint64{mostUsersOfOneEmail}));
            ids << *found;
        }
        ids.removeDuplicates();
        resolved.userIds = ids;
        return resolved; // what is searched for besides is looked for among the sessions of these
    }
    if (!query.search || query.search->isEmpty())
        return resolved;
    // Few users: their sessions are found by the users' ids. Many: the order is walked until enough of them fit.
    if (!again || !m_searched || m_searched->needle != *query.search) {
        m_searched = {*query.search, std::nullopt};
        if (const auto search = m_list.usersBySearch(*query.search, mostUsersSearched + 1)) {
            auto found = userIds(*search, call);
            if (!found)
                return fail(found.error());
            if (found->size() <= mostUsersSearched)
                m_searched->users = std::move(*found);
        }
    }
    if (m_searched->users) {
        resolved.userIds = m_searched->users;
        resolved.query.search.reset();
    }
    return resolved;
}

Status SqlSessionStore::addProviders(std::span<session::ListedSession *> sessions, const Call &call)
{
    UserProviders providers(sessions.size());
    std::vector<std::size_t> places;
    places.reserve(sessions.size());
    for (const auto *session : sessions)
        places.push_back(session->userId ? providers.place(*session->userId) : 0);
    if (auto read = providers.read(*m_connection, m_list, call); !read)
        return fail(explain(read.error(), reading()));
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        if (sessions[i]->userId)
            sessions[i]->providers = providers.of(places[i]);
    }
    return {};
}

Status SqlSessionStore::addProviders(std::vector<PlannedRow> &rows, const Call &call)
{
    std::vector<session::ListedSession *> sessions;
    sessions.reserve(rows.size());
    for (PlannedRow &row : rows)
        sessions.push_back(&row.shown);
    return addProviders(std::span(sessions), call);
}

Result<std::vector<PlannedRow>> SqlSessionStore::readRows(const SqlStatement &statement, StateFilter said,
                                                          const Call &call)
{
    std::vector<PlannedRow> rows;
    const auto read = m_connection->read(
        statement,
        [&](const SqlRow &row) {
            rows.push_back({m_list.key(row), m_list.listed(row, said)});
        },
        call);
    if (!read)
        return fail(explain(read.error(), reading()));
    return rows;
}

Result<std::vector<PlannedRow>> SqlSessionStore::planRows(const SessionQuery &query, qint64 max, base::Instant now,
                                                          const Call &call)
{
    const auto resolved = resolve(query, false, call);
    if (!resolved)
        return fail(resolved.error());
    auto rows = readRows(m_list.list(*resolved, std::nullopt, now, max + 1, true), query.state, call);
    if (!rows)
        return rows;
    if (auto added = addProviders(*rows, call); !added)
        return fail(std::move(added.error()));
    return rows;
}

Result<std::vector<PlannedRow>> SqlSessionStore::rowsOfTokens(std::span<const PlannedRow> rows, int atLeast,
                                                              base::Instant now, const Call &call)
{
    std::vector<PlannedRow> found;
    if (!m_schema.bound().tokenCanRepeat())
        return found;
    QHash<QString, QByteArrayView> tokens; // by fingerprint
    for (const PlannedRow &row : rows) {
        if (!row.key.token.isEmpty())
            tokens.insert(row.key.fingerprint.text(), row.key.token.view());
    }
    const std::size_t atOnce = m_schema.dialect().bindsLists() ? tokensPerList : tokensPerStatement;
    std::vector<QByteArrayView> wanted;
    if (static_cast<std::size_t>(tokens.size()) <= atOnce) {
        wanted.assign(tokens.cbegin(), tokens.cend());
    } else {
        // Digests alone leave the database, and of nearly all tokens there is but one row.
        const auto read = m_connection->read(
            m_list.sharedDigests(atLeast),
            [&](const SqlRow &row) {
                if (const auto token = tokens.constFind(row.text(0).value_or(QString())); token != tokens.cend())
                    wanted.push_back(*token);
            },
            call);
        if (!read)
            return fail(explain(read.error(), reading()));
    }
    QHash<QString, int> holders;
    for (std::size_t from = 0; from < wanted.size(); from += atOnce) {
        const auto some = std::span(wanted).subspan(from, std::min(atOnce, wanted.size() - from));
        auto read = readRows(m_list.rowsByToken(some, now), StateFilter::All, call);
        if (!read)
            return read;
        for (PlannedRow &row : *read) {
            if (tokens.value(row.key.fingerprint.text()) != row.key.token.view())
                continue;
            ++holders[row.key.fingerprint.text()];
            found.push_back(std::move(row));
        }
    }
    std::erase_if(found, [&](const PlannedRow &row) { return holders.value(row.key.fingerprint.text()) < atLeast; });
    if (auto added = addProviders(found, call); !added)
        return fail(std::move(added.error()));
    return found;
}

Result<std::vector<PlannedRow>> SqlSessionStore::findRows(std::span<const QString> ids, QStringList &unmatched,
                                                          base::Instant now, const Call &call)
{
    std::vector<PlannedRow> result;
    QStringList open(ids.begin(), ids.end());
    open.removeDuplicates();
    QSet<QString> seen; // row keys, so that an id and a fingerprint of one row give one row
    const auto take = [&](std::vector<PlannedRow> rows) {
        for (auto &row : rows) {
            const QString key = row.shown.id.value_or(QString()) + QLatin1Char('/') + row.key.fingerprint.text();
            if (!seen.contains(key)) {
                seen.insert(key);
                result.push_back(std::move(row));
            }
        }
    };
    if (m_schema.profile().sessions.id) {
        QStringList rest;
        for (qsizetype from = 0; from < open.size(); from += idsPerStatement) {
            const QStringList names = open.mid(from, idsPerStatement);
            auto rows = readRows(m_list.rowsById(names, now), StateFilter::All, call);
            if (!rows)
                return rows;
            QSet<QString> found;
            for (const auto &row : *rows)
                found.insert(row.shown.id.value_or(QString()));
            std::ranges::copy_if(names, std::back_inserter(rest),
                                 [&](const QString &name) { return !found.contains(name); });
            take(std::move(*rows));
        }
        open = rest;
    }
    QHash<QString, QString> fingerprints; // as stored, and as it was written
    for (const QString &name : std::as_const(open)) {
        const auto fingerprint = base::Fingerprint::fromText(name);
        if (fingerprint.isEmpty())
            unmatched << name;
        else
            fingerprints.insert(fingerprint.text(), name);
    }
    const QStringList wanted = fingerprints.keys();
    for (qsizetype from = 0; from < wanted.size(); from += idsPerStatement) {
        auto rows = readRows(m_list.rowsByFingerprint(wanted.mid(from, idsPerStatement), now), StateFilter::All, call);
        if (!rows)
            return rows;
        QHash<QString, qint64> matches;
        for (const auto &row : *rows)
            ++matches[row.key.fingerprint.text()];
        for (const QString &name : wanted.mid(from, idsPerStatement)) {
            if (const qint64 number = matches.value(name); number == 0)
                unmatched << fingerprints.value(name);
            else if (number > 1)
                return fail(Error(ErrorCode::FingerprintAmbiguous)
                                .with(ErrorParam::Name, base::Fingerprint::fromText(name))
                                .with(ErrorParam::Count, number));
        }
        take(std::move(*rows));
    }
    if (auto added = addProviders(result, call); !added)
        return fail(std::move(added.error()));
    return result;
}

namespace {

/// Times the stages of a look-up.
class LookupWatch
{
public:
    /// Lets @p read make something of a row.
    template <typename Read>
    void onRow(const Read &read)
    {
        const Clock::time_point arrived = Clock::now();
        if (!m_firstRow)
            m_firstRow = arrived;
        read();
        m_reading += Clock::now() - arrived;
    }
    /// To be asked when the statement has ended.
    [[nodiscard]] LookupStages stages() const
    {
        const Clock::time_point ended = Clock::now();
        const Clock::time_point executed = m_firstRow.value_or(ended);
        return {ns(executed - m_begun), ns(ended - executed - m_reading), ns(m_reading)};
    }

private:
    using Clock = std::chrono::steady_clock;
    static qint64 ns(std::chrono::nanoseconds time) { return time.count(); }

    Clock::time_point m_begun = Clock::now();
    std::optional<Clock::time_point> m_firstRow;
    Clock::duration m_reading{0};
};

} // namespace

Result<std::optional<SessionRow>> SqlSessionStore::lookup(QByteArrayView token, const Call &call)
{
    std::optional<SessionRow> found;
    if (!m_row.canBeToken(token))
        return found;
    const SqlStatement statement = m_row.lookup(token);
    LookupWatch watch;
    const auto read = m_connection->read(
        statement, [&](const SqlRow &row) { watch.onRow([&] { found = m_row.readLookup(row); }); }, call);
    if (!read)
        return fail(explain(read.error(), reading()));
    m_inspector.noteLookup(watch.stages());
    return found;
}

template <typename Row, typename Statement, typename Read>
Result<std::vector<std::optional<Row>>> SqlSessionStore::rowsOf(std::span<const QByteArrayView> tokens,
                                                                const Statement &statement, const Read &read,
                                                                const Call &call)
{
    std::vector<std::optional<Row>> found(tokens.size());
    std::vector<QByteArrayView> asked;
    std::vector<std::size_t> places; // of what is asked among the tokens
    LookupWatch watch;
    for (std::size_t next = 0; next < tokens.size();) {
        asked.clear();
        places.clear();
        for (; next < tokens.size() && asked.size() < mostLookedUpAtOnce; ++next) {
            if (m_row.canBeToken(tokens[next])) {
                asked.push_back(tokens[next]);
                places.push_back(next);
            }
        }
        if (asked.empty())
            break;
        const auto rows = m_connection->read(
            statement(asked),
            [&](const SqlRow &row) {
                watch.onRow([&] {
                    if (auto &place = found[places.at(RowSql::placeOf(row))]; !place)
                        place = read(row);
                });
            },
            call);
        if (!rows)
            return fail(explain(rows.error(), reading()));
    }
    m_inspector.noteLookup(watch.stages());
    return found;
}

Result<std::vector<std::optional<SessionRow>>> SqlSessionStore::lookupMany(std::span<const QByteArrayView> tokens,
                                                                           const Call &call)
{
    return rowsOf<SessionRow>(
        tokens, [this](const auto &asked) { return m_row.lookupMany(asked); },
        [this](const SqlRow &row) { return m_row.readLookup(row); }, call);
}

Result<std::vector<std::optional<WholeRow>>> SqlSessionStore::wholeRows(std::span<const QByteArrayView> tokens,
                                                                        const Call &call)
{
    return rowsOf<WholeRow>(
        tokens, [this](const auto &asked) { return m_row.wholeRows(asked); },
        [this](const SqlRow &row) { return m_row.readWhole(row); }, call);
}

Status SqlSessionStore::mayWrite() const
{
    if (m_access == Access::Write)
        return {};
    return fail(Error(ErrorCode::WriteRefused)
                    .with(ErrorParam::Detail, QStringLiteral("this connection was opened for reading only")));
}

Result<std::vector<DeleteOutcome>> SqlSessionStore::deleteRows(std::span<const RowKey> keys, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return fail(std::move(allowed.error()));
    auto transaction = SqlTransaction::begin(*m_connection, TransactionMode::Write, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    std::vector<DeleteOutcome> outcomes;
    outcomes.reserve(keys.size());
    for (const RowKey &key : keys) {
        auto deleted = m_connection->execute(m_row.deleteRow(key), {}, call);
        DeleteOutcome outcome = DeleteOutcome::Deleted;
        if (deleted && *deleted == 0) {
            deleted = m_connection->execute(m_row.isLeft(key), {}, call);
            if (deleted)
                outcome = *deleted > 0 ? DeleteOutcome::Changed : DeleteOutcome::AlreadyGone;
        }
        if (!deleted) {
            m_connection->rollback();
            return fail(
                explain(std::move(deleted.error()), {onSessions(QStringLiteral("DELETE")), onSessions(selectRight())}));
        }
        outcomes.push_back(outcome);
    }
    if (auto done = transaction->commit(call); !done)
        return fail(std::move(done.error()));
    return outcomes;
}

Result<std::vector<bool>> SqlSessionStore::stillThere(std::span<const RowKey> keys, const Call &call)
{
    std::vector<bool> result;
    for (const RowKey &key : keys) {
        const auto rows = m_connection->read(m_row.isLeft(key), {}, call);
        if (!rows)
            return fail(explain(rows.error(), reading()));
        result.push_back(*rows > 0);
    }
    return result;
}

Result<CanaryKey> SqlSessionStore::insertCanary(const CanaryRow &canary, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return fail(std::move(allowed.error()));
    const SqlCanary writer(*m_connection, dialectFor(m_kind), m_kind, m_schema.bound(), m_schema.zone());
    auto inserted = writer.insert(canary, call);
    if (!inserted)
        return fail(explain(std::move(inserted.error()), writer.neededRights()));
    return inserted;
}

Status SqlSessionStore::removeCanary(const CanaryKey &canary, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return allowed;
    const SqlCanary writer(*m_connection, dialectFor(m_kind), m_kind, m_schema.bound(), m_schema.zone());
    if (auto removed = writer.remove(canary, call); !removed)
        return fail(explain(std::move(removed.error()), writer.neededRights()));
    return {};
}

Status SqlSessionStore::write(const SqlStatement &statement, const QString &right, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return allowed;
    auto transaction = SqlTransaction::begin(*m_connection, TransactionMode::Write, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    if (auto done = m_connection->execute(statement, {}, call); !done) {
        m_connection->rollback();
        return fail(explain(std::move(done.error()), {onSessions(right), onSessions(selectRight())}));
    }
    return transaction->commit(call);
}

Status SqlSessionStore::extend(QByteArrayView token, base::Instant expires, const Call &call)
{
    return write(m_row.extend(token, expires), QStringLiteral("UPDATE"), call);
}

Status SqlSessionStore::deleteExpired(QByteArrayView token, base::Instant now, const Call &call)
{
    return write(m_row.deleteExpired(token, now), QStringLiteral("DELETE"), call);
}

QString SqlSessionStore::deleteStatement() const
{
    return m_schema.dialect().shown(m_row.deleteRow(RowKey{{}, {}, {}, QString()}).sql);
}

Result<base::Instant> SqlSessionStore::serverTime(const Call &call)
{
    std::optional<base::Instant> now;
    const auto read = m_connection->read(
        {.sql = QStringLiteral("SELECT ") + m_schema.dialect().serverClock()},
        [&now](const SqlRow &row) { now = readInstant(row.bytes(0), QTimeZone::utc()).instant(); }, call);
    if (!read)
        return fail(read.error());
    if (!now)
        return fail(Error(ErrorCode::Internal).with(ErrorParam::Detail, QStringLiteral("unreadable server time")));
    return *now;
}

} // namespace rollcall::store
