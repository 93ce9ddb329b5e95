#include "core/store/watch/ChangeSignal.h"

#include "core/store/sql/PostgresConnection.h"
#include "core/store/sql/SqlDialect.h"
#include "core/store/watch/NotifyChannels.h"

using rollcall::base::Call;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

// Bits of pg_trigger.tgtype. Source: PostgreSQL 15, src/include/catalog/pg_trigger.h.
constexpr qint64 onInsert = 1 << 2;
constexpr qint64 onDelete = 1 << 3;
constexpr qint64 onUpdate = 1 << 4;

struct Triggers
{
    QStringList channels;
    qint64 events = 0; ///< at which one of them fires, whatever the row
};

Result<Triggers> readTriggers(SqlConnection &connection, const SchemaProfile &schema, const Call &call)
{
    SqlStatement statement;
    const QString schemaName = statement.params.add(schema.sessions.schema);
    const QString table = statement.params.add(schema.sessions.table);
    // Enabled for ordinary sessions of the deployment ('O' and 'A'); a condition or a list of columns leaves rows out.
    statement.sql = QStringLiteral("SELECT p.prosrc, t.tgtype::int, (t.tgqual IS NULL AND t.tgattr::text = '')::int "
                                   "FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid "
                                   "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                                   "JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid "
                                   "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') "
                                   "AND n.nspname = %1 AND c.relname = %2 ORDER BY t.tgname")
                        .arg(schemaName, table);
    Triggers triggers;
    const auto read = connection.read(
        statement,
        [&triggers](const SqlRow &row) {
            const QStringList channels = notifyChannels(row.text(0).value_or(QString()));
            triggers.channels << channels;
            if (!channels.isEmpty() && row.flag(2))
                triggers.events |= row.integer(1);
        },
        call);
    if (!read)
        return fail(read.error());
    triggers.channels.removeDuplicates();
    return triggers;
}

class NotifySignal final : public ChangeSignal
{
public:
    NotifySignal(std::unique_ptr<SqlConnection> connection, Triggers triggers)
        : m_connection(std::move(connection)), m_triggers(std::move(triggers))
    {}
    QString channel() const override { return m_triggers.channels.join(QStringLiteral(", ")); }
    bool coversAll() const override
    {
        constexpr qint64 all = onInsert | onUpdate | onDelete;
        return (m_triggers.events & all) == all;
    }
    Result<bool> wait(const Call &call) override { return m_connection->awaitNotification(call); }

private:
    std::unique_ptr<SqlConnection> m_connection;
    Triggers m_triggers;
};

} // namespace

Result<std::unique_ptr<ChangeSignal>> openChangeSignal(const DatabaseUrl &url, const SchemaProfile &schema,
                                                       const StoreOptions &options, const Call &call)
{
    if (url.redis || url.kind != DatabaseKind::PostgreSql)
        return nullptr;
    auto connection = PostgresConnection::open(url, options, Access::ReadOnly, call);
    if (!connection)
        return fail(std::move(connection.error()));
    if (!(*connection)->hearsNotifications())
        return nullptr;
    auto triggers = readTriggers(**connection, schema, call);
    if (!triggers)
        return fail(std::move(triggers.error()));
    if (triggers->channels.isEmpty())
        return nullptr;
    for (const QString &channel : std::as_const(triggers->channels)) {
        SqlStatement listen;
        listen.sql = QStringLiteral("LISTEN ") + SqlDialect::quoted(channel);
        if (auto listening = (*connection)->execute(listen, {}, call); !listening)
            return fail(std::move(listening.error()));
    }
    return std::make_unique<NotifySignal>(std::move(*connection), std::move(*triggers));
}

} // namespace rollcall::store
