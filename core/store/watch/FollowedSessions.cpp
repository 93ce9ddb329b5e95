#include "core/store/watch/FollowedSessions.h"

#include <algorithm>

using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::session::ListedSession;
using rollcall::session::SessionState;

namespace rollcall::store {

bool FollowedSessions::isDue(const Followed &followed, const Coverage &coverage) const
{
    const base::Instant end = endOf(followed.session);
    return coverage.covers(end) || end < coverage.at;
}

std::vector<ListedSession> FollowedSessions::toAsk(const SessionLook &look, const Seen &seen) const
{
    std::vector<ListedSession> asked;
    std::vector<const Followed *> others;
    for (const auto &[name, followed] : m_known) {
        if (seen.contains(name))
            continue;
        if (isDue(followed, look.coverage)) {
            // One that was to expire by now, and is not among all that are live, needs no question.
            if (!look.coverage.complete || endOf(followed.session) >= look.coverage.at)
                asked.push_back(followed.session);
        } else if (!followed.session.id) {
            continue; // without a key there is nothing to ask by
        } else if (m_inView.contains(name)) {
            asked.push_back(followed.session);
        } else {
            others.push_back(&followed);
        }
    }
    // The rest in turns, those first that were not looked at for the longest time.
    const std::size_t turn = std::min(askedPerLook, others.size());
    std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(turn), others.end(),
                      [](const Followed *left, const Followed *right) { return left->seen < right->seen; });
    for (std::size_t i = 0; i < turn; ++i)
        asked.push_back(others[i]->session);
    return asked;
}

Result<std::vector<SessionChange>> FollowedSessions::take(const SessionLook &look, const LookUp &lookUp)
{
    Seen seen;
    seen.reserve(look.rows.size());
    for (const ListedSession &row : look.rows)
        seen.emplace(followedName(row), &row);

    std::vector<SessionChange> changes;
    const auto asked = toAsk(look, seen);
    std::vector<ListedSession> found;
    if (!asked.empty()) {
        auto answer = lookUp(asked);
        if (!answer)
            return fail(std::move(answer.error()));
        found = std::move(*answer);
    }
    ++m_looks;
    addEnded(look, seen, asked, found, changes);
    addFound(look, seen, changes);
    m_coverage = look.coverage;
    forgetOldest();
    return changes;
}

void FollowedSessions::addEnded(const SessionLook &look, const Seen &seen, const std::vector<ListedSession> &asked,
                                const std::vector<ListedSession> &found, std::vector<SessionChange> &changes)
{
    const base::Instant at = look.coverage.at;
    std::unordered_map<QString, const ListedSession *> answers;
    for (const ListedSession &session : found)
        answers.emplace(followedName(session), &session);
    std::unordered_set<QString> questions;
    for (const ListedSession &session : asked)
        questions.insert(followedName(session));

    for (auto it = m_known.begin(); it != m_known.end();) {
        Followed &followed = it->second;
        const bool isAsked = questions.contains(it->first);
        if (seen.contains(it->first) || (!isAsked && !isDue(followed, look.coverage))) {
            ++it;
            continue;
        }
        const auto answer = answers.find(it->first);
        const base::Instant before = endOf(followed.session);
        if (answer != answers.end() && answer->second->state == SessionState::Live) {
            const base::Instant now = endOf(*answer->second);
            followed = {*answer->second, m_looks};
            if (now != before)
                changes.push_back(
                    {now > before ? ChangeKind::Extended : ChangeKind::Shortened, true, at, followed.session});
            ++it;
            continue;
        }
        SessionChange change{ChangeKind::Revoked, true, at, followed.session};
        if (answer != answers.end())
            change.session = *answer->second;
        if (change.session.state == SessionState::Live && before < at)
            change.session.state = SessionState::Expired; // as it last was, a moment ago
        if (change.session.state == SessionState::Expired)
            change.kind = ChangeKind::Expired;
        changes.push_back(std::move(change));
        m_inView.erase(it->first);
        it = m_known.erase(it);
    }
}

void FollowedSessions::addFound(const SessionLook &look, const Seen &seen, std::vector<SessionChange> &changes)
{
    const base::Instant at = look.coverage.at;
    std::optional<qint64> highest = m_highestId;
    for (const auto &[name, row] : seen) {
        const auto known = m_known.find(name);
        if (known == m_known.end()) {
            // Within what the last look covered it would have been found; elsewhere it only comes into sight.
            if (m_coverage && (m_coverage->covers(endOf(*row)) || isNewer(*row)))
                changes.push_back(appeared(*row, at));
            m_known.emplace(name, Followed{*row, m_looks});
        } else {
            const base::Instant before = endOf(known->second.session);
            known->second = {*row, m_looks};
            if (endOf(*row) != before)
                changes.push_back(
                    {endOf(*row) > before ? ChangeKind::Extended : ChangeKind::Shortened, true, at, *row});
        }
        if (const auto number = numberOf(row->id); number && highest)
            highest = std::max(*highest, *number);
    }
    m_highestId = highest;
}

SessionChange FollowedSessions::appeared(const ListedSession &session, base::Instant at) const
{
    SessionChange change{ChangeKind::SignedIn, true, at, session};
    if (m_coverage->complete || isNewer(session))
        return change;
    if (session.createdAt || (m_highestId && numberOf(session.id)))
        change.kind = ChangeKind::Extended;
    else
        change.certain = false;
    return change;
}

bool FollowedSessions::isNewer(const ListedSession &session) const
{
    if (session.createdAt)
        return *session.createdAt >= m_coverage->at - clockDifference;
    const auto number = numberOf(session.id);
    return number && m_highestId && *number > *m_highestId;
}

void FollowedSessions::setInView(const std::vector<ListedSession> &sessions)
{
    m_inView.clear();
    for (const ListedSession &session : sessions) {
        const QString name = followedName(session);
        m_inView.insert(name);
        // Not before there is something to compare with: the first look may know it better.
        if (m_coverage && session.state == SessionState::Live)
            m_known.emplace(name, Followed{session, m_looks});
    }
}

std::optional<base::Instant> FollowedSessions::nextExpiry() const
{
    std::optional<base::Instant> next;
    for (const auto &[name, followed] : m_known) {
        if (followed.session.expires && (!next || *followed.session.expires < *next))
            next = followed.session.expires;
    }
    return next;
}

void FollowedSessions::forgetOldest()
{
    if (m_known.size() <= mostFollowed)
        return;
    std::vector<Known::const_iterator> others;
    for (auto it = m_known.cbegin(); it != m_known.cend(); ++it) {
        if (!m_inView.contains(it->first))
            others.push_back(it);
    }
    const std::size_t surplus = std::min(m_known.size() - mostFollowed, others.size());
    std::nth_element(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(surplus), others.end(),
                     [](const auto &left, const auto &right) { return left->second.seen < right->second.seen; });
    for (std::size_t i = 0; i < surplus; ++i)
        m_known.erase(others[i]);
}

} // namespace rollcall::store
