#include "core/revoke/PlanFile.h"

#include <QDataStream>
#include <QIODevice>

namespace rollcall::revoke {

namespace {

constexpr quint32 version = 5;

void setUp(QDataStream &stream)
{
    stream.setVersion(QDataStream::Qt_6_0);
}

base::SecretBytes readSecret(QDataStream &in)
{
    QByteArray bytes;
    in >> bytes;
    return base::SecretBytes::fromAndWipe(bytes);
}

void write(QDataStream &out, const base::SecretBytes &bytes)
{
    // As a QByteArray is written, without making one.
    out.writeBytes(bytes.view().data(), static_cast<uint>(bytes.size()));
}

std::optional<store::PlannedRow> readRow(QDataStream &in)
{
    store::PlannedRow row;
    row.key.key = readSecret(in);
    row.key.token = readSecret(in);
    bool hasUser = false;
    QString user;
    in >> hasUser >> user;
    if (in.status() != QDataStream::Ok)
        return std::nullopt;
    row.key.fingerprint = row.key.token.fingerprint();
    if (hasUser)
        row.key.userId = user;
    row.shown.fingerprint = row.key.fingerprint;
    row.shown.userId = row.key.userId;
    return row;
}

} // namespace

base::SecretBytes planBytes(const RevocationPlan &plan, const RevocationOptions &options)
{
    // Room for all of it at once: an array that grows leaves copies of tokens behind.
    constexpr qsizetype aroundRow = 32;
    qsizetype room =
        1024 + 4 * (plan.what.size() + plan.onRecord.size() + options.reason.size() + plan.statement.size());
    room += 4 * plan.whyNotLooked.size() + 64 * std::ssize(plan.heldByOthers);
    for (const store::PlannedRow &row : plan.rows)
        room += aroundRow + row.key.key.size() + row.key.token.size() + 2 * row.key.userId.value_or(QString()).size();
    QByteArray bytes;
    bytes.reserve(room);
    QDataStream out(&bytes, QIODevice::WriteOnly);
    setUp(out);
    out << version << plan.digest << qint64(plan.frozenAt.time_since_epoch().count()) << plan.what << plan.onRecord
        << plan.users << plan.statement << options.reason << options.verify << options.canary << options.recordsNames
        << qint64(options.batchSize) << qint64(options.verifyFor.count()) << qint64(options.undoFor.count())
        << (options.approval ? options.approval->approver() : QString()) << plan.sharing << plan.sharingLive
        << plan.whyNotLooked << quint64(plan.heldByOthers.size());
    for (const base::Fingerprint &held : plan.heldByOthers)
        out << held.text();
    out << quint64(plan.rows.size());
    for (const store::PlannedRow &row : plan.rows) {
        write(out, row.key.key);
        write(out, row.key.token);
        out << row.key.userId.has_value() << row.key.userId.value_or(QString());
    }
    return base::SecretBytes::fromAndWipe(bytes);
}

base::Result<StoredPlan> planOf(const base::SecretBytes &bytes)
{
    const auto refused = [] {
        return base::fail(base::Error(base::ErrorCode::FileFormatInvalid)
                              .with(base::ErrorParam::Detail, QStringLiteral("it is no plan of this version")));
    };
    const QByteArray content = QByteArray::fromRawData(bytes.view().data(), bytes.size());
    QDataStream in(content);
    setUp(in);
    StoredPlan stored;
    quint32 found = 0;
    qint64 frozenAt = 0;
    qint64 batchSize = 0;
    qint64 verifyFor = 0;
    qint64 undoFor = 0;
    QString approver;
    quint64 held = 0;
    quint64 rows = 0;
    in >> found;
    if (in.status() == QDataStream::Ok && found != version) {
        return base::fail(
            base::Error(base::ErrorCode::PlanStale)
                .with(base::ErrorParam::Detail,
                      QStringLiteral("another version of Rollcall wrote it (form %1, this one reads %2), and that one "
                                     "alone can go on with it; an operation that was begun stays as it is until it is "
                                     "discarded")
                          .arg(found)
                          .arg(version)));
    }
    in >> stored.plan.digest >> frozenAt >> stored.plan.what >> stored.plan.onRecord >> stored.plan.users >>
        stored.plan.statement >> stored.options.reason >> stored.options.verify >> stored.options.canary >>
        stored.options.recordsNames >> batchSize >> verifyFor >> undoFor >> approver >> stored.plan.sharing >>
        stored.plan.sharingLive >> stored.plan.whyNotLooked >> held;
    if (in.status() != QDataStream::Ok || held > static_cast<quint64>(largestPlan))
        return refused();
    for (quint64 i = 0; i < held; ++i) {
        QString fingerprint;
        in >> fingerprint;
        stored.plan.heldByOthers.push_back(base::Fingerprint::fromText(fingerprint));
    }
    in >> rows;
    if (in.status() != QDataStream::Ok || rows > static_cast<quint64>(largestPlan))
        return refused();
    stored.plan.frozenAt = base::Instant(std::chrono::milliseconds(frozenAt));
    stored.options.batchSize = static_cast<qsizetype>(batchSize);
    stored.options.verifyFor = std::chrono::milliseconds(verifyFor);
    if (!approver.isEmpty())
        stored.options.approval = Approval(approver, stored.plan.digest);
    stored.options.undoFor = std::chrono::milliseconds(undoFor);
    stored.plan.rows.reserve(static_cast<std::size_t>(rows));
    for (quint64 i = 0; i < rows; ++i) {
        auto row = readRow(in);
        if (!row)
            return refused();
        stored.plan.rows.push_back(std::move(*row));
    }
    if (!in.atEnd() || stored.plan.digest != stored.plan.computeDigest())
        return refused();
    return stored;
}

} // namespace rollcall::revoke
