#include "core/store/sql/SqlConnection.h"

#include <QCryptographicHash>

#include <charconv>

#include "core/base/Secret.h"

namespace rollcall::store {

SqlParams::~SqlParams()
{
    for (auto &value : m_values) {
        if (value)
            base::wipe(*value);
    }
}

void SqlParams::bind(QByteArrayView value)
{
    // A deep copy with its end marked by NUL, never the caller's shared buffer: it is wiped here.
    m_values.emplace_back(QByteArray(value.isNull() ? "" : value.data(), value.size()));
}

QString SqlParams::add(QByteArrayView value)
{
    bind(value);
    return QLatin1Char('$') + QString::number(m_values.size());
}

QString SqlParams::addOptional(const std::optional<QString> &value)
{
    if (value)
        return add(*value);
    m_values.emplace_back(std::nullopt);
    return QLatin1Char('$') + QString::number(m_values.size());
}

base::Result<bool> SqlConnection::awaitNotification(const base::Call &)
{
    return base::fail(base::Error(base::ErrorCode::Internal)
                          .with(base::ErrorParam::Detail, QStringLiteral("this link hears no notifications")));
}

void SqlStatement::keep()
{
    name = "rc" + QCryptographicHash::hash(sql.toUtf8(), QCryptographicHash::Sha256).toHex().first(16);
}

std::optional<QString> SqlRow::text(std::size_t column) const
{
    if (isNull(column))
        return std::nullopt;
    return QString::fromUtf8(bytes(column));
}

qint64 SqlRow::integer(std::size_t column) const
{
    const QByteArrayView text = bytes(column);
    qint64 value = 0;
    std::from_chars(text.begin(), text.end(), value);
    return value;
}

base::Result<SqlTransaction> SqlTransaction::begin(SqlConnection &connection, TransactionMode mode,
                                                   const base::Call &call)
{
    if (auto begun = connection.begin(mode, call); !begun)
        return base::fail(std::move(begun.error()));
    return SqlTransaction(connection);
}

base::Status SqlTransaction::commit(const base::Call &call)
{
    return std::exchange(m_connection, nullptr)->commit(call);
}

} // namespace rollcall::store
