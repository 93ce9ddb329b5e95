#include "core/revoke/Operations.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <limits>
#include <ranges>

#include "core/base/DurableFile.h"
#include "core/deployment/Demands.h"

namespace rollcall::revoke {

namespace {

bool isRunning(const QString &folder)
{
    const base::FileLock lock(folder + QStringLiteral("/lock"), base::Call::within(std::chrono::milliseconds(0)));
    return lock.state() == base::FileLock::State::Busy;
}

} // namespace

QString operationsBelow(const QString &state)
{
    return state + QStringLiteral("/operations");
}

QString operationStateName(OperationState state)
{
    switch (state) {
    case OperationState::Running:
        return QStringLiteral("running");
    case OperationState::Paused:
        return QStringLiteral("paused");
    case OperationState::Interrupted:
        return QStringLiteral("interrupted");
    }
    Q_UNREACHABLE();
}

QString databaseNameOf(const deployment::Deployment &deployment)
{
    const auto &database = deployment.config().database;
    return database ? database->withoutPassword() : QString();
}

base::Status isMadeFor(const QString &address, const deployment::Deployment &deployment)
{
    if (deployment::isDatabaseOf(deployment.config(), address))
        return {};
    return base::fail(base::Error(base::ErrorCode::PlanStale)
                          .with(base::ErrorParam::Part, QStringLiteral("connection"))
                          .with(base::ErrorParam::Detail, QStringLiteral("it was made for %1").arg(address)));
}

base::Result<std::vector<Operation>> listOperations(const QString &folder, const base::Call &call)
{
    std::vector<Operation> operations;
    for (const QString &name : QDir(folder).entryList({QStringLiteral("op-*")}, QDir::Dirs)) {
        if (const auto bounds = call.check(QStringLiteral("Reading the operations")); !bounds)
            return base::fail(bounds.error());
        const QString path = folder + QLatin1Char('/') + name;
        // Without a head it has not begun, or has just ended.
        if (!QFile::exists(path + QStringLiteral("/operation.json")))
            continue;
        Operation operation;
        auto head = readHead(path);
        if (!head)
            return base::fail(head.error());
        operation.head = std::move(*head);
        const auto lines = readJournal(path, operation.head);
        if (!lines)
            return base::fail(lines.error());
        operation.done = lines->deleted - lines->inDoubt() +
                         std::ranges::count_if(lines->outcomes, [](RowOutcome outcome) { return !isOpen(outcome); });
        operation.state = isRunning(path)                  ? OperationState::Running
                          : QFile::exists(pausePath(path)) ? OperationState::Paused
                                                           : OperationState::Interrupted;
        operations.push_back(std::move(operation));
    }
    std::ranges::sort(operations, {}, [](const Operation &operation) { return operation.head.startedAt; });
    return operations;
}

base::Result<OperationHead> operationHead(const QString &folder, const QString &id)
{
    const QString path = folder + QLatin1Char('/') + id;
    const bool isName = id.startsWith(QStringLiteral("op-")) && !id.contains(QLatin1Char('/'));
    if (!isName || !QFile::exists(path + QStringLiteral("/operation.json")))
        return base::fail(noOperation(id));
    return readHead(path);
}

namespace {

/// Whether the outcome @p entry says of an operation that there was more to do: it may rest elsewhere.
bool isCutShort(const audit::AuditEntry &entry)
{
    const auto count = [&entry](QLatin1StringView name) { return entry.counts.value(name).toInteger(); };
    if (entry.action == QStringLiteral("operations.discard"))
        return false;
    const qint64 done = count(QLatin1StringView("revoked")) + count(QLatin1StringView("restored")) +
                        count(QLatin1StringView("skipped"));
    return entry.counts.contains(QStringLiteral("error")) || done < count(QLatin1StringView("matched"));
}

} // namespace

base::Error whyNoOperation(const QString &id, const audit::AuditLog &log)
{
    const auto entries = log.list(0, std::numeric_limits<int>::max());
    if (!entries)
        return entries.error();
    const auto ended = std::ranges::find_if(std::views::reverse(*entries), [&id](const audit::AuditEntry &entry) {
        return entry.operation == id && entry.phase == audit::Phase::Outcome;
    });
    if (ended == entries->rend())
        return noOperation(id);
    return base::Error(base::ErrorCode::NotFound)
        .with(base::ErrorParam::Name, id)
        .with(base::ErrorParam::Part,
              isCutShort(*ended) ? QStringLiteral("operation elsewhere") : QStringLiteral("ended operation"))
        .with(base::ErrorParam::Detail, QStringLiteral("%1 at %2").arg(ended->action, base::toIso(ended->at)));
}

base::Status pauseOperation(const QString &folder, const QString &id)
{
    if (const auto kind = operationHead(folder, id); !kind)
        return base::fail(kind.error());
    const QString path = folder + QLatin1Char('/') + id;
    if (!isRunning(path)) {
        return base::fail(base::Error(base::ErrorCode::WriteRefused)
                              .with(base::ErrorParam::Part, QStringLiteral("operation"))
                              .with(base::ErrorParam::Detail, QStringLiteral("no process runs %1").arg(id)));
    }
    return base::replaceFile(pausePath(path), {}, base::ErrorCode::FileUnwritable);
}

base::Status discardOperation(const QString &id, const OperationPlace &place, audit::AuditLog &log,
                              const base::Call &call)
{
    auto journal = OperationJournal::reopen(place.folder, id, call);
    if (!journal)
        return base::fail(journal.error());
    const OperationHead &head = journal->head();
    const JournalLines &lines = journal->lines();
    const auto count = [&journal](RowOutcome which) { return qint64(std::ranges::count(journal->outcomes(), which)); };
    audit::AuditEntry entry;
    entry.operation = head.id;
    entry.phase = audit::Phase::Outcome;
    entry.action = QStringLiteral("operations.discard");
    entry.actor = audit::currentActor();
    entry.connection = head.connection;
    entry.reason = head.reason;
    entry.planDigest = head.planDigest;
    entry.counts = {{QStringLiteral("matched"), head.planned},
                    {head.kind == restoreKind() ? QStringLiteral("restored") : QStringLiteral("revoked"),
                     count(RowOutcome::Revoked) + lines.deleted - lines.inDoubt()},
                    {QStringLiteral("skipped"), count(RowOutcome::AlreadyGone) + count(RowOutcome::Changed)},
                    {QStringLiteral("failed"), count(RowOutcome::Failed)},
                    {QStringLiteral("unknown"), count(RowOutcome::Unknown) + lines.inDoubt()},
                    {QStringLiteral("notTried"), count(RowOutcome::NotTried)},
                    {QStringLiteral("batches"), journal->batches()}};
    // No database is opened to end an operation: whoever reads this finds the canary by `token remove`.
    if (!lines.canary.isEmpty())
        entry.counts.insert(QStringLiteral("canaryLeft"), lines.canary);
    if (const auto written = log.append(std::move(entry), call); !written)
        return base::fail(written.error());
    return journal->remove();
}

} // namespace rollcall::revoke
