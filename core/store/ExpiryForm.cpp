#include "core/store/ExpiryForm.h"

using rollcall::base::Call;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

/// A look at every row that takes longer than this,
constexpr std::chrono::milliseconds longPass(20);
/// is not repeated before so many times as long has gone by.
constexpr int passRest = 100;

} // namespace

bool ExpiryForm::isWanted(const SessionQuery &query) const
{
    return m_kind == DatabaseKind::Sqlite && m_schema.profile().indexes.expires && query.order == SessionOrder::Expires;
}

Result<std::optional<StoredForm>> ExpiryForm::current(const Call &call)
{
    // The first counts what others committed, the second what was changed over this connection.
    // Source: sqlite.org/pragma.html#pragma_data_version.
    QByteArray version;
    const auto asked = m_connection.execute(
        {.sql = QStringLiteral("SELECT data_version || ' ' || total_changes() FROM pragma_data_version")},
        [&version](const SqlRow &row) { version = row.bytes(0).toByteArray(); }, call);
    if (!asked)
        return fail(asked.error());
    if (version == m_version && (m_isLookedAt || m_now() < m_lookAgain))
        return m_form;
    if (mayTrust()) {
        const auto agree = endsAgree(call);
        if (!agree)
            return fail(agree.error());
        if (*agree) {
            m_version = version;
            m_isLookedAt = false;
            return m_form;
        }
    }
    const auto begun = m_now();
    auto form = read(call);
    if (!form)
        return form;
    const auto ended = m_now();
    m_lookAgain = ended - begun > longPass ? ended + passRest * (ended - begun) : ended;
    m_form = std::move(*form);
    m_version = version;
    m_isLookedAt = true;
    return m_form;
}

bool ExpiryForm::mayTrust() const
{
    return !m_version.isEmpty() && m_now() < m_lookAgain;
}

Result<bool> ExpiryForm::endsAgree(const Call &call)
{
    if (!m_form)
        return true; // there is nothing that could be wrong
    // Each by itself is found through the index.
    const QString column = m_schema.column(m_schema.profile().sessions.expires);
    const QString end = QStringLiteral("SELECT rollcall_stored_form(e) FROM (SELECT %1(%2) AS e FROM %3 s)");
    qint64 alike = 0;
    const auto asked = m_connection.execute(
        {.sql = end.arg(QStringLiteral("min"), column, m_schema.table()) + QStringLiteral(" UNION ALL ") +
                end.arg(QStringLiteral("max"), column, m_schema.table())},
        [&](const SqlRow &row) { alike += row.bytes(0) == m_form->name() ? 1 : 0; }, call);
    if (!asked)
        return fail(asked.error());
    return alike == 2;
}

Result<std::optional<StoredForm>> ExpiryForm::read(const Call &call)
{
    const QString column = m_schema.column(m_schema.profile().sessions.expires);
    std::optional<StoredForm> form;
    const auto sampled = m_connection.execute(
        {.sql =
             QStringLiteral("SELECT e, typeof(e) FROM (SELECT min(%1) AS e FROM %2 s)").arg(column, m_schema.table())},
        [&](const SqlRow &row) {
            const QByteArrayView type = row.bytes(1);
            if (type == "integer" || type == "text")
                form = StoredForm::of(row.bytes(0), type == "integer", m_schema.zone());
        },
        call);
    if (!sampled)
        return fail(sampled.error());
    if (!form)
        return form;
    SqlStatement others;
    others.sql =
        QStringLiteral("SELECT 1 FROM %1 s WHERE %2 IS NOT NULL AND rollcall_stored_form(%2) IS NOT %3 LIMIT 1")
            .arg(m_schema.table(), column, others.params.add(QByteArrayView(form->name())));
    const auto found = m_connection.execute(others, {}, call);
    if (!found)
        return fail(found.error());
    if (*found > 0)
        form.reset();
    return form;
}

} // namespace rollcall::store
