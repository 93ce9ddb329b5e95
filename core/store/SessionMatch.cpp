#include "core/store/SessionMatch.h"

namespace rollcall::store {

bool hasState(StateFilter filter, session::SessionState state)
{
    switch (filter) {
    case StateFilter::Live:
        return state == session::SessionState::Live;
    case StateFilter::Expired:
        return state == session::SessionState::Expired;
    case StateFilter::Orphan:
        return state == session::SessionState::Orphan;
    case StateFilter::All:
        break;
    }
    return true;
}

bool hasPart(const std::optional<QString> &name, const std::optional<QString> &email, const QString &text)
{
    const auto has = [&text](const std::optional<QString> &where) {
        return where && where->contains(text, Qt::CaseInsensitive);
    };
    return has(name) || has(email);
}

bool matches(const SessionQuery &query, const session::ListedSession &session)
{
    if (!hasState(query.state, session.state))
        return false;
    if ((query.expiresBefore && !(session.expires && *session.expires < *query.expiresBefore)) ||
        (query.expiresAfter && !(session.expires && *session.expires >= *query.expiresAfter)))
        return false;
    if (query.user && session.userId != query.user && session.email != query.user)
        return false;
    if (query.provider && !(session.providers.contains(*query.provider) ||
                            (session.providers.isEmpty() && *query.provider == QStringLiteral("none"))))
        return false;
    return !query.search || query.search->isEmpty() || hasPart(session.name, session.email, *query.search);
}

} // namespace rollcall::store
