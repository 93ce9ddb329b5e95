#include "core/engine/betterauth/StoredRemoval.h"

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"

namespace rollcall::engine::betterauth {

using base::Call;
using base::fail;
using base::Result;
using jose::JsonValue;

Result<StoredRemoval::State> StoredRemoval::step(const Call &call)
{
    if (!m_storage)
        return State::Done;
    switch (m_next) {
    case Next::ReadEntry:
        return readEntry(call);
    case Next::ReadList:
        return readList(call);
    case Next::WriteList:
        return writeList(call);
    case Next::DeleteEntry:
        break;
    }
    if (const auto removed = m_storage->remove(m_token, call); !removed)
        return fail(removed.error());
    return State::Done;
}

Result<StoredRemoval::State> StoredRemoval::readEntry(const Call &call)
{
    const auto text = m_storage->get(m_token, call);
    if (!text)
        return fail(text.error());
    m_next = Next::DeleteEntry;
    if (!*text || (*text)->isEmpty())
        return State::Going;
    const auto entry = parseReviving(**text);
    const JsonValue *session = entry ? entry->find(u"session") : nullptr;
    if (!session || !session->object())
        return State::GivenUp;
    m_listKey = ActiveSessions::keyOf(textOf(session->find(u"userId")));
    m_next = Next::ReadList;
    return State::Going;
}

Result<StoredRemoval::State> StoredRemoval::readList(const Call &call)
{
    const auto text = m_storage->get(m_listKey, call);
    if (!text)
        return fail(text.error());
    m_next = *text && !(*text)->isEmpty() ? Next::WriteList : Next::DeleteEntry;
    m_list = ActiveSessions::read(*text);
    m_list.keepLive(m_now, {m_token});
    m_list.sort();
    return State::Going;
}

Result<StoredRemoval::State> StoredRemoval::writeList(const Call &call)
{
    const auto written = m_list.isEmpty() ? m_storage->remove(m_listKey, call)
                                          : m_storage->set(m_listKey, m_list.text(), m_list.timeToLive(m_now), call);
    if (!written)
        return fail(written.error());
    m_next = Next::DeleteEntry;
    return State::Going;
}

} // namespace rollcall::engine::betterauth
