#include "ui/audit/AuditExporter.h"

namespace rollcall::audit {

using base::Call;
using base::Result;

namespace {

/// The vault may have to be unlocked first; the log itself is read in much less.
constexpr std::chrono::seconds budget{30};

} // namespace

AuditExporter::AuditExporter(const AuditLog &log, const base::Clock &clock, QObject *parent)
    : QObject(parent), m_log(log), m_clock(clock), m_worker("rc-audit-export")
{}

AuditExporter::~AuditExporter()
{
    m_stop.request_stop();
}

void AuditExporter::submit(std::function<Result<Answer>(const Call &)> job)
{
    const auto submitted = m_worker.submit(
        [this, job = std::move(job), stop = m_stop.get_token(), sender = m_mailbox.sender()](const std::stop_token &) {
            auto answer = job(Call::within(budget, stop));
            if (answer)
                sender.post(*answer);
            else
                sender.post([this, error = answer.error()] { Q_EMIT failed(error); });
        });
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void AuditExporter::exportTo(ExportForm form, const QString &path)
{
    submit([this, form, path, &log = m_log](const Call &call) -> Result<Answer> {
        const auto entries = exportLog(log, form, path, call);
        if (!entries)
            return base::fail(entries.error());
        return Answer([this, path, count = *entries] { Q_EMIT exported(path, count); });
    });
}

void AuditExporter::pack(const EvidenceScope &scope, const QString &path)
{
    submit([this, scope, path, &log = m_log, now = m_clock.now()](const Call &call) -> Result<Answer> {
        const auto evidence = writeEvidence(log, scope, path, now, call);
        if (!evidence)
            return base::fail(evidence.error());
        return Answer([this, path, packed = *evidence] { Q_EMIT this->packed(path, packed); });
    });
}

} // namespace rollcall::audit
