#pragma once

#include "core/store/sql/SqlDialect.h"

namespace rollcall::store {

/// How SQLite (3.35 and newer, with our functions: SqliteFunctions.h) spells things. **Thread-safety:** immutable;
/// thread-safe.
class SqliteDialect final : public SqlDialect
{
public:
    QString textOfAll(const QStringList &texts) const override;
    bool nullsAreLargest() const override;
    QString cell(const QString &column, const QString &type) const override;
    QString asText(const QString &expression) const override;
    QString typed(const QString &placeholder, const QString &type) const override;
    bool accepts(const QString &type, const QString &value) const override;
    bool comparable(const QString &type, const QString &other) const override;
    QString idCell(const QString &column, const QString &type) const override;
    QString idColumn(const QString &column, const QString &type) const override;
    QString matches(const QString &column, const QString &value, const QString &type) const override;
    QString matchesId(const QString &column, const QString &value, const QString &type) const override;
    QString matchesRead(const QString &column, const QString &value, const QString &type) const override;
    QString isOneOfTokens(const QString &column, std::span<const QByteArrayView> values, const QString &type,
                          SqlParams &params) const override;
    QString isOneOf(const QString &column, std::span<const QByteArrayView> values, const QString &type,
                    SqlParams &params) const override;
    bool bindsLists() const override { return true; }
    QString sha256Hex(const QString &expression) const override;
    QString contains(const QString &expression, const QString &needle, SqlParams &params) const override;
    QString listRows(const QString &placeholder) const override;
    QByteArray listValue(std::span<const QByteArrayView> texts) const override;
    QString same(const QString &left, const QString &right) const override;
    InstantSql instant(const QString &column, const QString &type, ExpiresEncoding encoding, const QTimeZone &zone,
                       SqlParams &params) const override;
    QString instantValue(base::Instant value, const QString &sample, ExpiresEncoding encoding, const QTimeZone &zone,
                         SqlParams &params) const override;
    ExpiresEncoding encodingOfType(const QString &type) const override;
    QString serverClock() const override;
    QString shown(const QString &sql) const override;
};

} // namespace rollcall::store
