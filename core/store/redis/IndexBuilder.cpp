#include "core/store/redis/IndexBuilder.h"

#include <simdjson.h>

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

class Builder final
{
public:
    Builder(KeyReader &reader, const KeyLayout &layout, const QTimeZone &zone, const ScanPace &pace)
        : m_reader(reader), m_layout(layout), m_zone(zone), m_pace(pace)
    {}

    Status run(const Call &call)
    {
        KeyScan scan(m_reader, m_layout.scanPattern(), m_pace);
        // The values of one step's keys come with the next step's keys.
        std::vector<QByteArray> wanted;
        while (!scan.isDone() || !wanted.empty()) {
            auto step = scan.next(wanted, call);
            if (!step)
                return fail(std::move(step.error()));
            for (std::size_t i = 0; i < wanted.size(); ++i)
                addValue(wanted[i], step->values[i]);
            wipeAll(step->values);
            wipeAll(wanted);
            wanted.clear();
            for (QByteArray &key : step->keys)
                addKey(std::move(key), wanted);
            if (m_index->bytes() > m_pace.mostBytes)
                return fail(Error(ErrorCode::TooManyMatched)
                                .with(ErrorParam::Part, QStringLiteral("index"))
                                .with(ErrorParam::Count, qint64(m_index->entries().size()))
                                .with(ErrorParam::Limit, QStringLiteral("%1 MiB").arg(m_pace.mostBytes >> 20)));
        }
        return findMissingUsers(call);
    }

    std::unique_ptr<SessionIndex> take(bool cutShort)
    {
        // Whom the pass did not come to may well be there.
        if (cutShort) {
            for (const quint32 user : m_index->missingUsers())
                m_index->setKnown(user);
        }
        m_index->finish();
        return std::move(m_index);
    }

private:
    void addKey(QByteArray key, std::vector<QByteArray> &wanted)
    {
        switch (m_layout.holds(key)) {
        case KeyLayout::Holds::User:
            m_index->addUser(QByteArrayView(key).sliced(m_layout.users->size()));
            break;
        case KeyLayout::Holds::Session:
        case KeyLayout::Holds::Account:
            wanted.push_back(std::move(key));
            break;
        case KeyLayout::Holds::Other:
            break;
        }
    }

    void addValue(const QByteArray &key, const KeyReader::Value &value)
    {
        if (!value)
            return; // gone meanwhile, or no text
        if (m_layout.holds(key) == KeyLayout::Holds::Account)
            addAccount(*value);
        else
            addSession(QByteArrayView(key).sliced(m_layout.sessions.size()), *value);
    }

    void addSession(QByteArrayView token, const QByteArray &value)
    {
        const auto fields = SessionValue::readFields(m_layout.kind, token, value, m_zone);
        // A key under the adapters' prefix is a session, if a broken one; a key of any name is not.
        if (fields ? !fields->isOf : m_layout.kind == KeyLayout::Kind::BetterAuth)
            return;
        m_index->addSession(token, fields.value_or(SessionFields()));
        // Better Auth's users stand in the same values; where no users are known, nobody is missing.
        const bool isBetterAuth = m_layout.kind == KeyLayout::Kind::BetterAuth;
        if (fields && fields->userId && (isBetterAuth ? fields->hasUser : !m_layout.users))
            m_index->addUser(*fields->userId);
    }

    void addAccount(const QByteArray &value)
    {
        simdjson::dom::element account;
        std::string_view userId;
        std::string_view provider;
        if (m_parser.parse(value.constData(), static_cast<std::size_t>(value.size())).get(account) ||
            account.at_key("userId").get(userId) || account.at_key("provider").get(provider))
            return; // no account of an adapter
        m_index->addAccount(QByteArrayView(userId.data(), static_cast<qsizetype>(userId.size())),
                            QString::fromUtf8(provider.data(), static_cast<qsizetype>(provider.size())));
    }

    /// A user who came during the pass may not have been returned: only who is not there afterwards is missing.
    Status findMissingUsers(const Call &call)
    {
        if (!m_layout.users)
            return {};
        const std::vector<quint32> missing = m_index->missingUsers();
        std::vector<QByteArray> keys;
        keys.reserve(missing.size());
        for (const quint32 user : missing)
            keys.push_back(m_layout.userKey(m_index->users().at(user).toByteArray()));
        const auto exist = m_reader.exist(keys, call);
        if (!exist)
            return fail(exist.error());
        for (std::size_t i = 0; i < missing.size(); ++i) {
            if ((*exist)[i])
                m_index->setKnown(missing[i]);
        }
        return {};
    }

    KeyReader &m_reader;
    const KeyLayout &m_layout;
    const QTimeZone &m_zone;
    const ScanPace &m_pace;
    simdjson::dom::parser m_parser;
    std::unique_ptr<SessionIndex> m_index = std::make_unique<SessionIndex>();
};

} // namespace

Result<IndexPass> buildIndex(KeyReader &reader, const KeyLayout &layout, const QTimeZone &zone, const ScanPace &pace,
                             const Call &call)
{
    Builder builder(reader, layout, zone, pace);
    IndexPass pass;
    if (auto done = builder.run(call); !done) {
        if (done.error().code != ErrorCode::Timeout)
            return fail(std::move(done.error()));
        pass.cutShort = std::move(done.error());
    }
    pass.index = builder.take(pass.cutShort.has_value());
    return pass;
}

} // namespace rollcall::store
