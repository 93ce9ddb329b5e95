#include "core/store/UserProviders.h"

#include <algorithm>

namespace rollcall::store {

namespace {

constexpr std::size_t usersPerStatement = 500;

std::string_view viewOf(QByteArrayView bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

} // namespace

UserProviders::UserProviders(std::size_t users)
{
    m_texts.reserve(users);
    m_places.reserve(users);
    m_providers.reserve(users);
}

std::size_t UserProviders::place(const QString &id)
{
    QByteArray text = id.toUtf8();
    const auto [found, isNew] = m_places.try_emplace(viewOf(text), m_texts.size());
    if (isNew) {
        m_texts.push_back(std::move(text)); // its bytes stay where they are, and the map looks at them
        m_providers.emplace_back();
    }
    return found->second;
}

base::Status UserProviders::read(SqlConnection &connection, const SessionSql &sessions, const base::Call &call)
{
    const std::vector<QByteArrayView> ids(m_texts.begin(), m_texts.end());
    for (std::size_t from = 0; from < ids.size(); from += usersPerStatement) {
        const auto statement =
            sessions.providers(std::span(ids).subspan(from, std::min(usersPerStatement, ids.size() - from)));
        if (!statement)
            return {};
        const auto read = connection.read(
            *statement,
            [this](const SqlRow &row) {
                if (!row.isNull(0) && !row.isNull(1))
                    add(row.bytes(0), row.bytes(1));
            },
            call);
        if (!read)
            return base::fail(read.error());
    }
    for (QStringList &providers : m_providers) {
        if (providers.size() > 1)
            providers.sort();
    }
    return {};
}

void UserProviders::add(QByteArrayView user, QByteArrayView provider)
{
    const auto found = m_places.find(viewOf(user));
    if (found == m_places.end())
        return;
    QStringList &providers = m_providers[found->second];
    const QStringList &alone = listOf(provider);
    if (providers.isEmpty())
        providers = alone;
    else if (!providers.contains(alone.first()))
        providers << alone.first();
}

const QStringList &UserProviders::listOf(QByteArrayView provider)
{
    const auto known = std::ranges::find_if(m_alone, [&](const auto &one) { return one.first == provider; });
    if (known != m_alone.end())
        return known->second;
    return m_alone.emplace_back(provider.toByteArray(), QStringList{QString::fromUtf8(provider)}).second;
}

} // namespace rollcall::store
