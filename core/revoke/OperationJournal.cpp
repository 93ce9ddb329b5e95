#include "core/revoke/OperationJournal.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include <fcntl.h>

#include <array>

#include "core/base/DurableFile.h"
#include "core/base/FileError.h"
#include "core/revoke/RevocationPlan.h"

namespace rollcall::revoke {

namespace {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

constexpr int formatVersion = 1;
constexpr qint64 largestHead = 64 * 1024;
constexpr qint64 largestFile = qint64{1} << 30;
constexpr std::chrono::milliseconds lockWait{200}; ///< for one who only looks whether it is running

struct Letter
{
    RowOutcome outcome;
    char letter;
};
constexpr std::array letters{Letter{RowOutcome::Revoked, 'R'}, Letter{RowOutcome::AlreadyGone, 'G'},
                             Letter{RowOutcome::Changed, 'C'}, Letter{RowOutcome::Failed, 'F'},
                             Letter{RowOutcome::Unknown, 'U'}};

std::optional<RowOutcome> outcomeOf(QChar letter)
{
    for (const Letter &known : letters) {
        if (letter == QLatin1Char(known.letter))
            return known.outcome;
    }
    return std::nullopt;
}

char letterOf(RowOutcome outcome)
{
    for (const Letter &known : letters) {
        if (outcome == known.outcome)
            return known.letter;
    }
    return 'U';
}

Error invalid(const QString &path, qint64 line, const QString &detail)
{
    return Error(ErrorCode::FileFormatInvalid)
        .with(ErrorParam::Path, path)
        .with(ErrorParam::Line, line)
        .with(ErrorParam::Detail, detail);
}

base::Result<QByteArray> contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
    if (file.size() > largestFile)
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path, QStringLiteral("it is too large")));
    return file.readAll();
}

QString headPath(const QString &folder)
{
    return folder + QStringLiteral("/operation.json");
}

QString planPath(const QString &folder)
{
    return folder + QStringLiteral("/plan.sealed");
}

QString journalPath(const QString &folder)
{
    return folder + QStringLiteral("/journal.ndjson");
}

QString lockPath(const QString &folder)
{
    return folder + QStringLiteral("/lock");
}

QByteArray lineOf(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

QByteArray jsonOf(const OperationHead &head)
{
    return lineOf({{QStringLiteral("format"), QStringLiteral("rollcall-operation")},
                   {QStringLiteral("version"), formatVersion},
                   {QStringLiteral("id"), head.id},
                   {QStringLiteral("kind"), head.kind},
                   {QStringLiteral("connection"), head.connection},
                   {QStringLiteral("database"), head.database},
                   {QStringLiteral("planDigest"), head.planDigest},
                   {QStringLiteral("reason"), head.reason},
                   {QStringLiteral("startedAt"), qint64(head.startedAt.time_since_epoch().count())},
                   {QStringLiteral("planned"), head.planned}});
}

/// "0-99,105": ranges of rows that follow each other.
QString rangesOf(std::span<const std::size_t> rows)
{
    QString text;
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t last = i;
        while (last + 1 < rows.size() && rows[last + 1] == rows[last] + 1)
            ++last;
        if (!text.isEmpty())
            text += QLatin1Char(',');
        text += QString::number(rows[i]);
        if (last > i)
            text += QLatin1Char('-') + QString::number(rows[last]);
        i = last + 1;
    }
    return text;
}

/// The rows that @p text names; nullopt where it is none of ours, or names rows that the plan has not.
std::optional<std::vector<std::size_t>> rowsOf(const QString &text, std::size_t planned)
{
    std::vector<std::size_t> rows;
    for (const QString &range : text.split(QLatin1Char(','))) {
        bool isFirst = false;
        bool isLast = false;
        const qulonglong first = range.section(QLatin1Char('-'), 0, 0).toULongLong(&isFirst);
        const qulonglong last = range.section(QLatin1Char('-'), -1).toULongLong(&isLast);
        if (!isFirst || !isLast || first > last || last >= planned)
            return std::nullopt;
        for (qulonglong row = first; row <= last; ++row)
            rows.push_back(static_cast<std::size_t>(row));
    }
    return rows;
}

/// Rows whose outcome is noted one by one.
std::size_t plannedRows(const OperationHead &head)
{
    return head.kind == pruneKind() ? 0 : static_cast<std::size_t>(head.planned);
}

void addStep(StepNote step, JournalLines &lines)
{
    if (step.again && !lines.steps.empty()) {
        lines.deleted -= lines.steps.back().deleted;
        lines.steps.pop_back();
    }
    lines.deleted += step.deleted;
    lines.isLastKnown = false;
    lines.steps.push_back(std::move(step));
    if (lines.steps.size() > 2)
        lines.steps.erase(lines.steps.begin());
}

} // namespace

base::Error noOperation(const QString &id)
{
    return Error(ErrorCode::NotFound).with(ErrorParam::Part, QStringLiteral("operation")).with(ErrorParam::Name, id);
}

QString pausePath(const QString &folder)
{
    return folder + QStringLiteral("/pause");
}

base::Result<OperationHead> readHead(const QString &folder)
{
    const QString path = headPath(folder);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
    const QJsonObject json = QJsonDocument::fromJson(file.read(largestHead)).object();
    OperationHead head;
    head.id = json.value(QStringLiteral("id")).toString();
    head.planned = json.value(QStringLiteral("planned")).toInteger(-1);
    const bool isOurs = json.value(QStringLiteral("format")) == QStringLiteral("rollcall-operation") &&
                        json.value(QStringLiteral("version")) == formatVersion;
    if (!isOurs || head.id != QFileInfo(folder).fileName() || head.planned < 0)
        return base::fail(invalid(path, 1, QStringLiteral("no operation of this version")));
    head.kind = json.value(QStringLiteral("kind")).toString();
    if (head.kind != pruneKind() && head.planned > largestPlan)
        return base::fail(invalid(path, 1, QStringLiteral("more rows than a plan can have")));
    head.connection = json.value(QStringLiteral("connection")).toString();
    head.database = json.value(QStringLiteral("database")).toString();
    head.planDigest = json.value(QStringLiteral("planDigest")).toString();
    head.reason = json.value(QStringLiteral("reason")).toString();
    head.startedAt = base::Instant(std::chrono::milliseconds(json.value(QStringLiteral("startedAt")).toInteger()));
    return head;
}

base::Result<JournalLines> readJournal(const QString &folder, const OperationHead &head)
{
    const QString path = journalPath(folder);
    const auto content = contentOf(path);
    if (!content)
        return base::fail(content.error());
    JournalLines lines;
    lines.outcomes.assign(plannedRows(head), RowOutcome::NotTried);
    lines.bytes = content->lastIndexOf('\n') + 1; // what follows, a crash left half written
    qint64 number = 0;
    for (qsizetype from = 0; from < lines.bytes;) {
        ++number;
        const qsizetype end = content->indexOf('\n', from);
        const QJsonObject line = QJsonDocument::fromJson(content->mid(from, end - from)).object();
        from = end + 1;
        if (line.contains(QStringLiteral("deleted")) && head.kind == pruneKind()) {
            lines.batches = line.value(QStringLiteral("batch")).toInteger();
            addStep({line.value(QStringLiteral("deleted")).toInteger(),
                     QByteArray::fromBase64(line.value(QStringLiteral("next")).toString().toLatin1()),
                     line.value(QStringLiteral("again")).toBool()},
                    lines);
            continue;
        }
        if (line.contains(QStringLiteral("committed")) && head.kind == pruneKind()) {
            lines.isLastKnown = true;
            continue;
        }
        if (const QJsonValue canary = line.value(QStringLiteral("canary")); canary.isString()) {
            lines.canary = canary.toString();
            continue;
        }
        const QString outcomes = line.value(QStringLiteral("outcomes")).toString();
        if (const QJsonValue rows = line.value(QStringLiteral("rows")); rows.isString()) {
            auto named = rowsOf(rows.toString(), lines.outcomes.size());
            if (!named)
                return base::fail(invalid(path, number, QStringLiteral("rows that the plan has not")));
            lines.batch = std::move(*named);
            lines.batches = line.value(QStringLiteral("batch")).toInteger();
            for (const std::size_t row : lines.batch)
                lines.outcomes[row] = RowOutcome::Unknown;
            continue;
        }
        if (outcomes.isEmpty() || static_cast<std::size_t>(outcomes.size()) != lines.batch.size())
            return base::fail(invalid(path, number, QStringLiteral("no line of a journal")));
        for (std::size_t i = 0; i < lines.batch.size(); ++i) {
            const auto outcome = outcomeOf(outcomes.at(static_cast<qsizetype>(i)));
            if (!outcome)
                return base::fail(invalid(path, number, QStringLiteral("an outcome that is none")));
            lines.outcomes[lines.batch[i]] = *outcome;
        }
    }
    return lines;
}

base::Result<OperationJournal> OperationJournal::begin(const QString &operations, OperationHead head,
                                                       const QByteArray &sealedPlan, const Call &call)
{
    OperationJournal journal;
    journal.m_folder = operations + QLatin1Char('/') + head.id;
    journal.m_head = std::move(head);
    journal.m_sealedPlan = sealedPlan;
    journal.m_lines.outcomes.assign(plannedRows(journal.m_head), RowOutcome::NotTried);
    if (!QDir().mkpath(operations) ||
        !QDir().mkdir(journal.m_folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner)) {
        return base::fail(Error(ErrorCode::FileUnwritable)
                              .with(ErrorParam::Path, journal.m_folder)
                              .with(ErrorParam::Detail, QStringLiteral("the folder cannot be made")));
    }
    journal.m_lock = std::make_unique<base::FileLock>(lockPath(journal.m_folder), call);
    if (!journal.m_lock->isHeld()) {
        return base::fail(Error(ErrorCode::FileUnwritable)
                              .with(ErrorParam::Path, lockPath(journal.m_folder))
                              .with(ErrorParam::Detail, QStringLiteral("it cannot be locked")));
    }
    // The head comes last: a folder without one has not begun, and is nothing to resume.
    for (const auto &[path, content] :
         {std::pair(planPath(journal.m_folder), sealedPlan), std::pair(journalPath(journal.m_folder), QByteArray()),
          std::pair(headPath(journal.m_folder), jsonOf(journal.m_head))}) {
        if (const auto written = base::replaceFile(path, content, ErrorCode::FileUnwritable); !written)
            return base::fail(written.error());
    }
    if (const auto synced = base::syncFolder(operations, ErrorCode::FileUnwritable); !synced)
        return base::fail(synced.error());
    return journal;
}

base::Result<OperationJournal> OperationJournal::reopen(const QString &operations, const QString &id, const Call &call)
{
    OperationJournal journal;
    journal.m_folder = operations + QLatin1Char('/') + id;
    const bool isName = id.startsWith(QStringLiteral("op-")) && !id.contains(QLatin1Char('/'));
    if (!isName || !QFile::exists(headPath(journal.m_folder)))
        return base::fail(noOperation(id));
    journal.m_lock = std::make_unique<base::FileLock>(lockPath(journal.m_folder), call.atMost(lockWait));
    if (!journal.m_lock->isHeld()) {
        if (journal.m_lock->state() == base::FileLock::State::Busy)
            return base::fail(Error(ErrorCode::WriteRefused)
                                  .with(ErrorParam::Part, QStringLiteral("running operation"))
                                  .with(ErrorParam::Detail, QStringLiteral("another process runs this operation")));
        return base::fail(Error(ErrorCode::FileUnwritable)
                              .with(ErrorParam::Path, lockPath(journal.m_folder))
                              .with(ErrorParam::Detail, QStringLiteral("it cannot be locked")));
    }
    auto head = readHead(journal.m_folder);
    if (!head)
        return base::fail(head.error());
    journal.m_head = std::move(*head);
    auto plan = contentOf(planPath(journal.m_folder));
    if (!plan)
        return base::fail(plan.error());
    journal.m_sealedPlan = std::move(*plan);
    auto lines = readJournal(journal.m_folder, journal.m_head);
    if (!lines)
        return base::fail(lines.error());
    journal.m_lines = std::move(*lines);
    QFile::remove(pausePath(journal.m_folder)); // it was wanted of the run before; where it stays, this one pauses too
    return journal;
}

base::Status OperationJournal::append(const QByteArray &line)
{
    const QString path = journalPath(m_folder);
    const base::FileDescriptor file(path, O_WRONLY | O_APPEND);
    if (!file.isOpen())
        return base::fail(base::systemError(path, ErrorCode::FileUnwritable));
    if (const auto cut = base::cutBack(file, path, m_lines.bytes, ErrorCode::FileUnwritable); !cut)
        return base::fail(cut.error());
    if (const auto written = base::appendAndSync(file, path, line, m_lines.bytes, ErrorCode::FileUnwritable); !written)
        return base::fail(written.error());
    m_lines.bytes += line.size();
    return {};
}

base::Status OperationJournal::beginBatch(std::span<const std::size_t> rows)
{
    const auto noted =
        append(lineOf({{QStringLiteral("batch"), m_lines.batches + 1}, {QStringLiteral("rows"), rangesOf(rows)}}));
    if (!noted)
        return noted;
    m_lines.batches += 1;
    m_lines.batch.assign(rows.begin(), rows.end());
    for (const std::size_t row : rows)
        m_lines.outcomes[row] = RowOutcome::Unknown;
    return {};
}

base::Status OperationJournal::endBatch(std::span<const RowOutcome> outcomes)
{
    QString text;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        text += QLatin1Char(letterOf(outcomes[i]));
        m_lines.outcomes[m_lines.batch.at(i)] = outcomes[i];
    }
    return append(lineOf({{QStringLiteral("batch"), m_lines.batches}, {QStringLiteral("outcomes"), text}}));
}

base::Status OperationJournal::noteCanary(const QString &fingerprint)
{
    if (auto noted = append(lineOf({{QStringLiteral("canary"), fingerprint}})); !noted)
        return noted;
    m_lines.canary = fingerprint;
    return {};
}

base::Status OperationJournal::noteStep(const StepNote &step)
{
    const auto noted = append(lineOf({{QStringLiteral("batch"), m_lines.batches + 1},
                                      {QStringLiteral("deleted"), step.deleted},
                                      {QStringLiteral("next"), QString::fromLatin1(step.next.toBase64())},
                                      {QStringLiteral("again"), step.again}}));
    if (!noted)
        return noted;
    m_lines.batches += 1;
    addStep(step, m_lines);
    return {};
}

base::Status OperationJournal::keepEnd()
{
    if (m_lines.steps.empty() || !m_lines.isLastKnown)
        return {};
    return append(lineOf({{QStringLiteral("batch"), m_lines.batches}, {QStringLiteral("committed"), true}}));
}

bool OperationJournal::isPauseWanted() const
{
    return QFile::exists(pausePath(m_folder));
}

base::Status OperationJournal::remove()
{
    // The head goes first: without it the rest is nothing that could be resumed.
    const bool isGone = QFile::remove(headPath(m_folder)) && QDir(m_folder).removeRecursively();
    m_lock.reset();
    if (isGone)
        return {};
    return base::fail(Error(ErrorCode::FileUnwritable)
                          .with(ErrorParam::Path, m_folder)
                          .with(ErrorParam::Detail, QStringLiteral("the folder cannot be removed")));
}

} // namespace rollcall::revoke
