#include <QFile>
#include <QJsonArray>

#include <algorithm>
#include <limits>

#include "app/ctl/Commands.h"
#include "app/ctl/OutFile.h"
#include "core/audit/AuditExport.h"
#include "core/audit/AuditVerifier.h"
#include "core/base/ErrorText.h"

namespace rollcall::ctl {

namespace {

/// The entries as `audit list` answers them.
Answer answerOf(const std::vector<audit::AuditEntry> &entries)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("entries");
    answer.list->columns = audit::exportedMembers();
    answer.list->tableColumns = {QStringLiteral("seq"),        QStringLiteral("at"),     QStringLiteral("operation"),
                                 QStringLiteral("phase"),      QStringLiteral("action"), QStringLiteral("actor"),
                                 QStringLiteral("connection"), QStringLiteral("reason"), QStringLiteral("counts")};
    for (const audit::AuditEntry &entry : entries) {
        const QJsonArray values = audit::exportedValues(entry);
        JsonRecord record;
        for (qsizetype i = 0; i < values.size(); ++i)
            record.add(answer.list->columns.at(i), values.at(i));
        answer.list->elements.push_back(std::move(record));
    }
    return answer;
}

/// Where other keys take over, for people: "from entry 3 on another key signs (… in the place of …)". Whether a key
/// that is not here has signed is not known.
QString changesText(const audit::KeyChanges &changes)
{
    constexpr std::size_t mostNamed = 4;
    QStringList said;
    for (std::size_t i = 0; i < std::min(changes.first.size(), mostNamed); ++i) {
        const audit::KeyChange &change = changes.first[i];
        said << QStringLiteral("from entry %1 on another key %2 (%3 in the place of %4)")
                    .arg(change.seq)
                    .arg(change.isOurs ? QStringLiteral("signs") : QStringLiteral("is named"), change.keyId,
                         change.before);
    }
    if (changes.count > std::ssize(said))
        said << QStringLiteral("and so on, %1 times in all").arg(changes.count);
    return said.join(QStringLiteral(", "));
}

/// What is amiss with the log at @p path (@p isCopy: not our own), found broken in @p state, in which @p changes are
/// where other keys take over: a line for people.
QString brokenText(const QString &path, const audit::AuditState &state, bool isCopy,
                   const audit::KeyChanges &changes = {})
{
    const qint64 at = state.brokenAt.value_or(state.entries + 1);
    QString detail; // empty: an entry that is there is wrong
    QString part = isCopy ? QStringLiteral("copy") : QString();
    if (std::ranges::any_of(changes.first, [at](const audit::KeyChange &change) { return change.seq == at; })) {
        part = isCopy ? part : QStringLiteral("keys");
        detail = changesText(changes);
    } else if (state.foundByAct) {
        detail =
            QStringLiteral("an act found it so. It was changed back: what was looked at now is whole, but what was "
                           "done to it before is not known");
    } else if (const auto atEnd = audit::isBrokenAtItsEnd(path, at); atEnd && *atEnd) {
        const QString seal = audit::sealPath(path);
        detail =
            (state.entries > 0 ? QStringLiteral("up to there all is whole, but what follows is missing, ")
                               : QStringLiteral("the log is gone, ")) +
            (QFile::exists(seal)
                 ? QStringLiteral("or its seal (%1) is of another state, or of another key than the one that is here")
                       .arg(seal)
                 : QStringLiteral("or its seal (%1) alone is missing, which shows whether something was cut off")
                       .arg(seal));
    }
    const base::ErrorText text = base::describe(base::Error(base::ErrorCode::AuditBroken)
                                                    .with(base::ErrorParam::Part, part)
                                                    .with(base::ErrorParam::Count, at)
                                                    .with(base::ErrorParam::Detail, detail));
    return text.message + QLatin1Char(' ') + text.remedy;
}

/// How a command ends that read @p log to answer @p answer: with a complaint where it is broken.
Outcome readOutcome(Context &context, const audit::AuditLog &log, const base::Result<audit::AuditState> &state,
                    Answer answer)
{
    if (!state && state.error().code == base::ErrorCode::Cancelled)
        return Outcome::failed(state.error());
    if (!state)
        context.output().warn(
            QStringLiteral("whether the log is whole could not be checked: %1").arg(base::oneLine(state.error())));
    if (!state || state->ok)
        return Outcome::done(std::move(answer));
    return Outcome::no(std::move(answer), brokenText(log.path(), *state, false));
}

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
        context.openVaultQuietly(); // a list needs no key
        const audit::AuditLog log = context.auditLog();
        const auto entries = log.list(*after, static_cast<int>(*limit));
        if (!entries)
            return Outcome::failed(entries.error());

        return readOutcome(context, log, audit::verifyEnd(log, context.call()), answerOf(*entries));
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
        const audit::AuditLog log = context.auditLog();
        const auto file = context.arguments().value(QStringLiteral("file"));
        audit::KeyChanges changes;
        const auto state = file ? audit::verifyCopy(*file, context.vault(), context.call(), &changes)
                                : audit::verifyOurs(log, 0, context.call(), &changes);
        if (!state)
            return Outcome::failed(state.error());
        const QString path = file.value_or(log.path());
        QJsonArray changedAt;
        for (const audit::KeyChange &change : changes.first)
            changedAt.append(change.seq);
        Answer answer;
        answer.members.add(QStringLiteral("entries"), state->entries)
            .add(QStringLiteral("ok"), state->ok)
            .add(QStringLiteral("brokenAt"),
                 state->brokenAt ? QJsonValue(*state->brokenAt) : QJsonValue(QJsonValue::Null))
            .add(QStringLiteral("sealed"), state->sealed)
            .add(QStringLiteral("keyChangedAt"), changedAt);
        if (!state->ok)
            return Outcome::no(std::move(answer), brokenText(path, *state, file.has_value(), changes));
        Outcome outcome = sound(context, std::move(answer), *state, file.has_value());
        if (changes.count > 0)
            outcome.complaint = QStringLiteral("In this log %1: two keychains or key files wrote it, or somebody "
                                               "else did. %2 `audit verify` with the other one looks at its entries%3.")
                                    .arg(changesText(changes), outcome.complaint,
                                         file ? QString() : QStringLiteral("; `audit renew` begins a log with one"));
        return outcome;
    }

private:
    /// A log in which no fault was found, and what that does not prove.
    static Outcome sound(Context &context, Answer answer, const audit::AuditState &state, bool isCopy)
    {
        Outcome outcome = Outcome::done(std::move(answer));
        if (state.sealed || (state.entries == 0 && !isCopy))
            return outcome;
        const auto key = audit::publicSealKey(context.vault(), context.call());
        if (!key)
            return Outcome::failed(key.error());
        outcome.complaint =
            *key
                ? QStringLiteral("Not every entry, or not the log's seal, is signed by the key that is here: of these "
                                 "the chain alone was checked, and that none was cut off at the end or written anew is "
                                 "not proven.")
                : QStringLiteral("The key that signs the log is not here, so the chain alone was checked: that nothing "
                                 "was cut off at its end, or all of it written anew, is not proven. Check it where its "
                                 "key is: the keychain or key file (--key-file) of who wrote it.");
        return outcome;
    }
};

class AuditExportCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags = outFlags(QStringLiteral("where it goes, with mode 0600"));
        flags.push_back({QStringLiteral("as"), QStringLiteral("json|csv"), QStringLiteral("its form (json)")});
        return {{QStringLiteral("audit"), QStringLiteral("export")},
                {},
                false,
                QStringLiteral("the whole log as JSON or CSV, for other programs"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto out = neededOutFile(context, audit::isExport);
        if (!out)
            return Outcome::failed(out.error());
        const auto form =
            context.arguments().choice(QStringLiteral("as"), {QStringLiteral("json"), QStringLiteral("csv")});
        if (!form)
            return Outcome::failed(form.error());
        const audit::AuditLog log = context.auditLog();
        const auto entries =
            audit::exportLog(log, *form == QStringLiteral("csv") ? audit::ExportForm::Csv : audit::ExportForm::Json,
                             out->path, context.call(), out->onto);
        if (!entries)
            return Outcome::failed(entries.error());
        Answer answer;
        answer.members.add(QStringLiteral("entries"), *entries);
        return readOutcome(context, log, log.verify(context.call()), std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeAuditExport()
{
    return std::make_unique<AuditExportCommand>();
}

std::unique_ptr<const Command> makeAuditList()
{
    return std::make_unique<AuditListCommand>();
}

std::unique_ptr<const Command> makeAuditVerify()
{
    return std::make_unique<AuditVerifyCommand>();
}

} // namespace rollcall::ctl
