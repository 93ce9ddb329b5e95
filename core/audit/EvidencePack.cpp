#include "core/audit/EvidencePack.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include "core/audit/AuditFormat.h"
#include "core/audit/AuditVerifier.h"
#include "core/audit/TarFile.h"

namespace rollcall::audit {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::fail;
using base::Result;

namespace {

constexpr char firstFile[] = "evidence.json";

QByteArray line(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

bool isOf(const EvidenceScope &scope, const AuditEntry &entry)
{
    if (!scope.operation.isEmpty())
        return entry.operation == scope.operation;
    return (!scope.from || entry.at >= *scope.from) && (!scope.to || entry.at < *scope.to);
}

/// The counts of @p entry; of one that is not to name people without what was typed to choose sessions (a user, a part
/// of a name) and without who approved.
QJsonObject countsOf(const AuditEntry &entry, bool whole)
{
    QJsonObject counts = entry.counts;
    if (!whole) {
        counts.remove(QStringLiteral("selection"));
        counts.remove(QStringLiteral("approver"));
    }
    return counts;
}

QJsonObject shown(const AuditEntry &entry, bool whole)
{
    QJsonObject json = entry.toJson();
    if (!whole) {
        json.remove(QStringLiteral("actor"));
        json.remove(QStringLiteral("reason"));
        json.insert(QStringLiteral("counts"), countsOf(entry, whole));
    }
    return json;
}

QJsonValue orNull(const std::optional<base::Instant> &instant)
{
    return instant ? QJsonValue(base::toIso(*instant)) : QJsonValue();
}

/// Intent and outcome of each operation, side by side.
QJsonArray operationsOf(const std::vector<AuditEntry> &entries, bool whole)
{
    QJsonArray operations;
    QStringList names;
    for (const AuditEntry &entry : entries) {
        if (!names.contains(entry.operation))
            names << entry.operation;
    }
    for (const QString &name : std::as_const(names)) {
        QJsonObject operation{{QStringLiteral("operation"), name}, {QStringLiteral("finished"), false}};
        for (const AuditEntry &entry : entries) {
            if (entry.operation != name)
                continue;
            operation.insert(QStringLiteral("action"), entry.action);
            operation.insert(QStringLiteral("connection"), entry.connection);
            operation.insert(QStringLiteral("planDigest"), entry.planDigest);
            const bool isIntent = entry.phase == Phase::Intent;
            operation.insert(isIntent ? QStringLiteral("begunAt") : QStringLiteral("endedAt"), base::toIso(entry.at));
            operation.insert(isIntent ? QStringLiteral("planned") : QStringLiteral("counts"), countsOf(entry, whole));
            if (isIntent)
                continue;
            operation.insert(QStringLiteral("finished"), true);
            operation.insert(QStringLiteral("verification"),
                             entry.verification ? QJsonValue(*entry.verification) : QJsonValue());
        }
        operations.append(operation);
    }
    return operations;
}

/// What vouches for the entries of a log in @p state, and nothing beyond.
QString proofText(const AuditState &state)
{
    if (!state.ok)
        return QStringLiteral("When this was packed the log was broken at entry %1: nothing vouches for what stands "
                              "there and after it. ")
            .arg(state.brokenAt.value_or(state.entries + 1));
    if (!state.sealed)
        return QStringLiteral("Entries are chained by SHA-256, which was checked when this was packed. Not all of "
                              "them, or not the log's seal, are signed by the key whose public half is in this "
                              "archive: of those that are not, the chain alone was checked. ");
    return QStringLiteral("Entries are chained by SHA-256 and signed by the key whose public half is in this archive; "
                          "all of that, and the log's seal, was checked when this was packed. ");
}

QString methodText(const AuditState &state)
{
    return QStringLiteral(
               "Each act was written to Rollcall's append-only audit log before it began (intent) and after it ended "
               "(outcome). ") +
           proofText(state) +
           QStringLiteral("Where a verification is given, the deployment itself was asked after the change was "
                          "committed, and answered as counted.");
}

/// The entries of @p scope. Errors: those of AuditLog::forEach(), NotFound.
Result<std::vector<AuditEntry>> entriesOf(const AuditLog &log, const EvidenceScope &scope, const Call &call)
{
    std::vector<AuditEntry> entries;
    const auto read = log.forEach(0, call, [&](AuditEntry &&entry) {
        if (isOf(scope, entry))
            entries.push_back(std::move(entry));
        return true;
    });
    if (!read)
        return fail(read.error());
    if (entries.empty())
        return fail(Error(ErrorCode::NotFound)
                        .with(ErrorParam::Name,
                              scope.operation.isEmpty() ? QStringLiteral("an entry of that time") : scope.operation)
                        .with(ErrorParam::Part,
                              scope.operation.isEmpty() ? QStringLiteral("entry") : QStringLiteral("operation")));
    return entries;
}

/// The links of the chain from @p first to @p last, a line each; @p links counts them.
Result<QByteArray> chainOf(const AuditLog &log, qint64 first, qint64 last, qint64 &links, const Call &call)
{
    QByteArray chain;
    const auto read = log.forEach(first - 1, call, [&](const AuditEntry &entry) {
        if (entry.seq > last)
            return true; // of a log that was tampered with numbers need not grow
        links += 1;
        chain += line({{QStringLiteral("seq"), entry.seq},
                       {QStringLiteral("hash"), entry.hash},
                       {QStringLiteral("previousHash"), entry.previousHash}});
        return true;
    });
    if (!read)
        return fail(read.error());
    return chain;
}

} // namespace

bool isEvidence(QByteArrayView begin)
{
    constexpr qsizetype magicAt = 257; // of a tar archive's first header, which begins with a file's name
    const QByteArrayView name(firstFile);
    return begin.startsWith(name) && begin.sliced(name.size()).startsWith('\0') && begin.size() > magicAt &&
           begin.sliced(magicAt).startsWith("ustar");
}

Result<Evidence> writeEvidence(const AuditLog &log, const EvidenceScope &scope, const QString &path, base::Instant now,
                               const Call &call, base::Onto onto)
{
    if (!log.vault())
        return fail(Error(ErrorCode::NoKeyStore));
    if (auto allowed = log.checkTarget(path); !allowed)
        return fail(std::move(allowed.error()));
    const auto state = log.verify(call);
    if (!state)
        return fail(state.error());
    const auto ours = entriesOf(log, scope, call);
    if (!ours)
        return fail(ours.error());
    // Never made here: two that make one at once would leave a log signed by a key that the vault no longer has.
    const auto found = base::SigningKey::find(*log.vault(), sealKeyName(), call);
    if (!found)
        return fail(found.error());
    if (!*found)
        return fail(Error(ErrorCode::NotFound)
                        .with(ErrorParam::Name, QStringLiteral("the key that signs the log"))
                        .with(ErrorParam::Part, QStringLiteral("signing key")));
    const base::SigningKey &key = **found;

    // One that was taken away is no reason to pack nothing: the state of the log says so.
    QFile seal(sealPath(log.path()));
    const QByteArray sealed = seal.open(QIODevice::ReadOnly) ? seal.readAll() : QByteArray();
    qint64 links = 0;
    const auto chain = chainOf(log, ours->front().seq, ours->back().seq, links, call);
    if (!chain)
        return fail(chain.error());
    QByteArray entries;
    for (const AuditEntry &entry : *ours)
        entries += line(shown(entry, scope.whole));
    const QJsonObject about{
        {QStringLiteral("schema"), QStringLiteral("rollcall-evidence/1")},
        {QStringLiteral("packedAt"), base::toIso(now)},
        {QStringLiteral("scope"), QJsonObject{{QStringLiteral("operation"),
                                               scope.operation.isEmpty() ? QJsonValue() : QJsonValue(scope.operation)},
                                              {QStringLiteral("from"), orNull(scope.from)},
                                              {QStringLiteral("to"), orNull(scope.to)},
                                              {QStringLiteral("wholeEntries"), scope.whole}}},
        {QStringLiteral("method"), methodText(*state)},
        {QStringLiteral("operations"), operationsOf(*ours, scope.whole)},
        {QStringLiteral("log"),
         QJsonObject{{QStringLiteral("entries"), state->entries},
                     {QStringLiteral("ok"), state->ok},
                     {QStringLiteral("brokenAt"), state->brokenAt ? QJsonValue(*state->brokenAt) : QJsonValue()},
                     {QStringLiteral("sealed"), state->sealed}}}};
    TarFile archive(now);
    QByteArray sums;
    const auto add = [&](const char *name, const QByteArray &content) {
        archive.add(name, content);
        sums += QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex() + "  " + name + '\n';
    };
    add(firstFile, QJsonDocument(about).toJson(QJsonDocument::Indented));
    add("chain.ndjson", *chain);
    add("entries.ndjson", entries);
    add("audit.seal", sealed);
    add("FORMAT.md", auditFormat().toByteArray());
    const auto signature = key.sign(sums);
    if (!signature)
        return fail(signature.error());
    archive.add("SHA256SUMS", sums);
    archive.add("SHA256SUMS.sig", *signature);
    archive.add("public-key.pem", key.publicPem());
    const auto bytes = archive.finish();
    if (!bytes)
        return fail(bytes.error());
    if (auto written = base::replaceFile(path, *bytes, ErrorCode::FileUnwritable, onto); !written)
        return fail(std::move(written.error()));
    return Evidence{static_cast<qint64>(ours->size()), links,
                    QString::fromLatin1(QCryptographicHash::hash(key.publicPem(), QCryptographicHash::Sha256).toHex()),
                    *state};
}

} // namespace rollcall::audit
