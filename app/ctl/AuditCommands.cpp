#include <limits>

#include "app/ctl/Commands.h"
#include "core/audit/AuditLog.h"

namespace rollcall::ctl {

namespace {

class AuditListCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("audit"), QStringLiteral("list")},
                {},
                false,
                QStringLiteral("everything done to deployments"),
                {{QStringLiteral("limit"), QStringLiteral("N"), QStringLiteral("entries at most (1000)")},
                 {QStringLiteral("after"), QStringLiteral("SEQ"), QStringLiteral("entries after this one")}},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto limit = context.arguments().integer(QStringLiteral("limit"), 1'000, 1, 1'000'000);
        if (!limit)
            return Outcome::failed(limit.error());
        const auto after =
            context.arguments().integer(QStringLiteral("after"), 0, 0, std::numeric_limits<qint64>::max());
        if (!after)
            return Outcome::failed(after.error());
        const audit::AuditLog log(context.workspace().folders().data, nullptr, context.clock());
        const auto entries = log.list(*after, static_cast<int>(*limit));
        if (!entries)
            return Outcome::failed(entries.error());

        Answer answer;
        answer.list.emplace();
        answer.list->key = QStringLiteral("entries");
        answer.list->columns = {
            QStringLiteral("seq"),        QStringLiteral("at"),           QStringLiteral("operation"),
            QStringLiteral("phase"),      QStringLiteral("action"),       QStringLiteral("actor"),
            QStringLiteral("connection"), QStringLiteral("reason"),       QStringLiteral("planDigest"),
            QStringLiteral("counts"),     QStringLiteral("verification"), QStringLiteral("hash")};
        answer.list->tableColumns = {
            QStringLiteral("seq"),        QStringLiteral("at"),     QStringLiteral("operation"),
            QStringLiteral("phase"),      QStringLiteral("action"), QStringLiteral("actor"),
            QStringLiteral("connection"), QStringLiteral("reason"), QStringLiteral("counts")};
        for (const audit::AuditEntry &entry : *entries) {
            const QJsonObject json = entry.toJson();
            JsonRecord record;
            for (const QString &key : answer.list->columns)
                record.add(key, json.value(key));
            answer.list->elements.push_back(std::move(record));
        }
        return Outcome::done(std::move(answer));
    }
};

class AuditVerifyCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("audit"), QStringLiteral("verify")},
                {},
                false,
                QStringLiteral("check the log's chain and seal"),
                {{QStringLiteral("file"), QStringLiteral("FILE"), QStringLiteral("a copy instead of our own log")}},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const audit::AuditLog log(context.workspace().folders().data, context.vault(), context.clock());
        const auto file = context.arguments().value(QStringLiteral("file"));
        const auto state =
            file ? audit::verifyFile(*file, context.vault(), context.call()) : log.verify(context.call());
        if (!state)
            return Outcome::failed(state.error());
        Answer answer;
        answer.members.add(QStringLiteral("entries"), state->entries)
            .add(QStringLiteral("ok"), state->ok)
            .add(QStringLiteral("brokenAt"),
                 state->brokenAt ? QJsonValue(*state->brokenAt) : QJsonValue(QJsonValue::Null))
            .add(QStringLiteral("sealed"), state->sealed);
        if (state->ok)
            return Outcome::done(std::move(answer));
        return Outcome::no(
            std::move(answer),
            QStringLiteral(
                "The audit log is broken at entry %1: keep a copy of it as it is and find out who changed it.")
                .arg(state->brokenAt.value_or(state->entries + 1)));
    }
};

} // namespace

std::unique_ptr<const Command> makeAuditList()
{
    return std::make_unique<AuditListCommand>();
}

std::unique_ptr<const Command> makeAuditVerify()
{
    return std::make_unique<AuditVerifyCommand>();
}

} // namespace rollcall::ctl
