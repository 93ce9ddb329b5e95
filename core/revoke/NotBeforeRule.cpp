#include "core/revoke/NotBeforeRule.h"

#include <algorithm>
#include <array>

#include "core/redis/ReadOnlyChannel.h"
#include "core/store/redis/KeyPattern.h"
#include "core/store/redis/KeyReader.h"
#include "core/store/sql/OpenConnection.h"
#include "core/store/sql/SqlDialect.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::fail;
using base::Instant;
using base::Result;
using base::Status;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int mostRules = 10'000;

const QString &everybody()
{
    static const QString scope = QStringLiteral("*");
    return scope;
}

QString storedScope(const std::optional<QString> &user)
{
    return user ? QStringLiteral("user:") + *user : everybody();
}

qint64 secondsOf(Instant instant)
{
    return std::chrono::ceil<seconds>(instant.time_since_epoch()).count();
}

qint64 millisecondsOf(Instant instant)
{
    return instant.time_since_epoch().count();
}

/// nullopt: no scope of ours.
std::optional<NotBeforeRule> ruleOf(const QString &scope, qint64 notBefore, qint64 setAt)
{
    NotBeforeRule rule{{}, Instant(seconds(notBefore)), Instant(milliseconds(setAt))};
    if (scope.startsWith(QStringLiteral("user:")))
        rule.user = scope.sliced(5);
    else if (scope != everybody())
        return std::nullopt;
    return rule;
}

void sortRules(std::vector<NotBeforeRule> &rules)
{
    std::ranges::sort(rules, {}, [](const NotBeforeRule &rule) { return storedScope(rule.user); });
}

/// The rules as rows of a table.
class SqlRules final : public RuleStore
{
public:
    SqlRules(std::unique_ptr<store::SqlConnection> connection, store::DatabaseKind kind)
        : m_connection(std::move(connection)), m_kind(kind), m_dialect(store::dialectFor(kind))
    {}

    Result<std::vector<NotBeforeRule>> rules(const Call &call) override
    {
        std::vector<NotBeforeRule> rules;
        const QString sql =
            QStringLiteral("SELECT scope, not_before, set_at FROM %1 LIMIT %2").arg(table()).arg(mostRules);
        const auto read = m_connection->read(
            {.sql = sql},
            [&](const store::SqlRow &row) {
                if (auto rule = ruleOf(row.text(0).value_or(QString()), row.integer(1), row.integer(2)))
                    rules.push_back(std::move(*rule));
            },
            call);
        if (!read && isMissingTable(read.error()))
            return rules;
        if (!read)
            return fail(explained(read.error(), QStringLiteral("SELECT")));
        sortRules(rules);
        return rules;
    }

    Result<QStringList> statements(const Call &call) override
    {
        const auto there = hasTable(call);
        if (!there)
            return fail(there.error());
        const NotBeforeRule any;
        QStringList all;
        if (!*there)
            all << createStatement();
        for (const store::SqlStatement &step : replacement(any))
            all << m_dialect.shown(step.sql);
        return all;
    }

    Status set(const NotBeforeRule &rule, const Call &call) override
    {
        const auto there = hasTable(call);
        if (!there)
            return fail(there.error());
        if (!*there) {
            if (auto made = createTable(call); !made)
                return made;
        }
        return inTransaction(replacement(rule), QStringLiteral("INSERT, DELETE"), call);
    }

    QString removalStatement() const override { return m_dialect.shown(deletion(everybody()).sql); }

    Status remove(const std::optional<QString> &user, const Call &call) override
    {
        const std::array steps{deletion(storedScope(user))};
        return inTransaction(steps, QStringLiteral("DELETE"), call);
    }

private:
    Status createTable(const Call &call)
    {
        const std::array creation{store::SqlStatement{.sql = createStatement()}};
        if (m_kind != store::DatabaseKind::MySql)
            return inTransaction(creation, QStringLiteral("CREATE"), call);
        // MySQL ends a transaction before CREATE TABLE, so that the session itself must be let write for it: begun as a
        // transaction first, which a connection for reading refuses.
        if (auto allowed = inTransaction({}, QStringLiteral("CREATE"), call); !allowed)
            return allowed;
        const auto run = [this](const QString &sql, const Call &bounds) -> Status {
            const auto done = m_connection->execute({.sql = sql}, {}, bounds);
            return done ? Status() : fail(explained(done.error(), QStringLiteral("CREATE")));
        };
        if (auto opened = run(QStringLiteral("SET SESSION TRANSACTION READ WRITE"), call); !opened)
            return opened;
        Status made = run(createStatement(), call);
        Status closed = run(QStringLiteral("SET SESSION TRANSACTION READ ONLY"), Call::within(std::chrono::seconds(5)));
        return made ? closed : made;
    }
    /// Runs @p steps, all or none; @p right is what they need.
    Status inTransaction(std::span<const store::SqlStatement> steps, const QString &right, const Call &call)
    {
        auto transaction = store::SqlTransaction::begin(*m_connection, store::TransactionMode::Write, call);
        if (!transaction)
            return fail(std::move(transaction.error()));
        for (const store::SqlStatement &step : steps) {
            if (const auto done = m_connection->execute(step, {}, call); !done) {
                m_connection->rollback();
                return fail(explained(done.error(), right));
            }
        }
        return transaction->commit(call);
    }

    static QString table() { return store::SqlDialect::quoted(QStringLiteral("rollcall_not_before")); }
    static QString createStatement()
    {
        return QStringLiteral("CREATE TABLE rollcall_not_before (scope VARCHAR(255) NOT NULL PRIMARY KEY, "
                              "not_before BIGINT NOT NULL, set_at BIGINT NOT NULL)");
    }
    static store::SqlStatement deletion(const QString &scope)
    {
        store::SqlStatement statement;
        statement.sql = QStringLiteral("DELETE FROM %1 WHERE scope = %2").arg(table(), statement.params.add(scope));
        return statement;
    }
    [[nodiscard]] std::vector<store::SqlStatement> replacement(const NotBeforeRule &rule) const
    {
        const QString type = QStringLiteral("bigint");
        store::SqlStatement insertion;
        const QString scope = insertion.params.add(storedScope(rule.user));
        const QString notBefore = m_dialect.typed(insertion.params.add(secondsOf(rule.notBefore)), type);
        const QString setAt = m_dialect.typed(insertion.params.add(millisecondsOf(rule.setAt)), type);
        insertion.sql = QStringLiteral("INSERT INTO %1 (scope, not_before, set_at) VALUES (%2, %3, %4)")
                            .arg(table(), scope, notBefore, setAt);
        std::vector<store::SqlStatement> steps; // no upsert that all databases know
        steps.push_back(deletion(storedScope(rule.user)));
        steps.push_back(std::move(insertion));
        return steps;
    }

    static bool isMissingTable(const Error &error)
    {
        const QString state = error.param(ErrorParam::SqlState);
        return state == QStringLiteral("42P01") || state == QStringLiteral("42S02") ||
               error.param(ErrorParam::Detail).startsWith(QStringLiteral("no such table"));
    }
    Result<bool> hasTable(const Call &call)
    {
        const auto read =
            m_connection->read({.sql = QStringLiteral("SELECT scope FROM %1 LIMIT 1").arg(table())}, {}, call);
        if (read)
            return true;
        if (isMissingTable(read.error()))
            return false;
        return fail(explained(read.error(), QStringLiteral("SELECT")));
    }
    static Error explained(const Error &error, const QString &right)
    {
        if (error.code != ErrorCode::PermissionDenied)
            return error;
        return Error(ErrorCode::PermissionDenied)
            .with(ErrorParam::Table, QStringLiteral("rollcall_not_before"))
            .with(ErrorParam::Right, right);
    }

    std::unique_ptr<store::SqlConnection> m_connection;
    store::DatabaseKind m_kind;
    const store::SqlDialect &m_dialect;
};

/// The rules as keys.
class RedisRules final : public RuleStore
{
public:
    RedisRules(std::unique_ptr<redis::RedisChannel> channel, store::Access access, const store::ScanPace &pace)
        : m_channel(std::move(channel)),
          m_readOnly(*m_channel),
          m_writing(access == store::Access::Write ? *m_channel : m_readOnly),
          m_pace(pace),
          m_reader(m_readOnly, QString::fromLatin1(prefix()) + QLatin1Char('*'), pace)
    {}

    Result<std::vector<NotBeforeRule>> rules(const Call &call) override
    {
        std::vector<NotBeforeRule> rules;
        store::KeyScan scan(m_reader, store::patternOf(prefix()), m_pace);
        while (!scan.isDone() && rules.size() < mostRules) {
            const auto step = scan.next({}, call);
            if (!step)
                return fail(step.error());
            const auto values = m_reader.values(step->keys, call);
            if (!values)
                return fail(values.error());
            for (std::size_t i = 0; i < step->keys.size(); ++i)
                take(step->keys[i], (*values)[i], rules);
        }
        sortRules(rules);
        // SCAN may return a key twice. (Not ranges::unique: clang 14 does not take libstdc++'s subrange.)
        rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
        return rules;
    }

    Result<QStringList> statements(const Call &) override
    {
        return QStringList{QStringLiteral("SET %1$1 \"$2 $3\"").arg(QString::fromLatin1(prefix()))};
    }

    Status set(const NotBeforeRule &rule, const Call &call) override
    {
        const auto done = m_writing.send(
            {"SET", keyOf(rule.user),
             QByteArray::number(secondsOf(rule.notBefore)) + ' ' + QByteArray::number(millisecondsOf(rule.setAt))},
            call);
        return done ? Status() : fail(done.error());
    }

    QString removalStatement() const override { return QStringLiteral("DEL %1$1").arg(QString::fromLatin1(prefix())); }

    Status remove(const std::optional<QString> &user, const Call &call) override
    {
        const auto done = m_writing.send({"DEL", keyOf(user)}, call);
        return done ? Status() : fail(done.error());
    }

private:
    static QByteArray prefix() { return QByteArrayLiteral("rollcall:not-before:"); }
    static QByteArray keyOf(const std::optional<QString> &user) { return prefix() + storedScope(user).toUtf8(); }

    static void take(const QByteArray &key, const store::KeyReader::Value &value, std::vector<NotBeforeRule> &rules)
    {
        const QByteArrayList numbers = value.value_or(QByteArray()).split(' ');
        bool isNumber = false;
        const qint64 notBefore = numbers.front().toLongLong(&isNumber);
        if (!isNumber || numbers.size() != 2)
            return;
        if (auto rule = ruleOf(QString::fromUtf8(key.sliced(prefix().size())), notBefore, numbers.back().toLongLong()))
            rules.push_back(std::move(*rule));
    }

    std::unique_ptr<redis::RedisChannel> m_channel;
    redis::ReadOnlyChannel m_readOnly;
    redis::RedisChannel &m_writing; ///< refuses where it was opened for reading
    store::ScanPace m_pace;
    store::KeyReader m_reader;
};

} // namespace

QString NotBeforeRule::scope() const
{
    return user ? storedScope(user) : QStringLiteral("all");
}

bool isRefused(std::span<const NotBeforeRule> rules, Instant since, const std::optional<QString> &userId,
               const std::optional<QString> &email)
{
    return std::ranges::any_of(rules, [&](const NotBeforeRule &rule) {
        const bool concerns = !rule.user || rule.user == userId || rule.user == email;
        return concerns && secondsOf(since) < secondsOf(rule.notBefore);
    });
}

Result<std::unique_ptr<RuleStore>> openRuleStore(const deployment::ConnectionConfig &config, store::Access access,
                                                 const Call &call)
{
    const auto redisRules = [&config, access](const redis::RedisUrl &url) {
        return std::make_unique<RedisRules>(redis::makeChannel(url.clone(), config.httpOptions), access,
                                            config.storeOptions.scanPace);
    };
    if (config.database && config.database->redis)
        return redisRules(*config.database->redis);
    if (config.database) {
        auto connection = store::openConnection(*config.database, config.storeOptions, access, call);
        if (!connection)
            return fail(std::move(connection.error()));
        return std::make_unique<SqlRules>(std::move(*connection), config.database->kind);
    }
    if (auto usable = config.checkCache(); !usable)
        return fail(std::move(usable.error()));
    if (config.cache)
        return redisRules(*config.cache);
    return fail(Error(ErrorCode::PartNotGiven)
                    .with(ErrorParam::Part, QStringLiteral("database or Redis, where the rule is kept"))
                    .with(ErrorParam::Flag, QStringLiteral("--database or --cache")));
}

} // namespace rollcall::revoke
