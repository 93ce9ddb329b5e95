#pragma once

#include <span>

#include "core/base/Clock.h"
#include "core/probe/LocalProbe.h"
#include "core/probe/RunDocument.h"
#include "core/probe/RunPlan.h"
#include "core/probe/RunRecord.h"
#include "core/probe/RunSetup.h"
#include "core/probe/SelfCalibration.h"

namespace rollcall::probe {

/// Turns the samples of a run into its document. **Thread-safety:** one thread at a time.
class DocumentBuilder final
{
public:
    /// Both are borrowed and outlive the builder.
    DocumentBuilder(const RunPlan &plan, const RunSetup &setup);

    /// Notes the machine as it is before the run, and what is measured.
    void begin(base::Instant startedAt, const QString &version, const QString &strategy);
    /// Notes how long the deployment's sessions live, and how old one is extended at the earliest.
    void setLifetime(std::chrono::seconds maxAge, std::chrono::seconds updateAge);
    /// Notes by which to tell that another run met the same addresses (addressDigest()).
    void setAddresses(const QString &digest) { m_meta.insert(QStringLiteral("addressDigest"), digest); }
    /// Notes what `cached` stands for: "memory", "redis", "upstash".
    void setCacheBackend(const QString &backend) { m_meta.insert(QStringLiteral("cacheBackend"), backend); }
    /// Notes what calibrating found; nullopt: it was not done.
    void setCalibration(const std::optional<SelfCalibration> &calibration);
    /// Takes over how many calls each local sample is the mean of, and what connecting to the database took.
    void setBatches(const LocalProbe &local);

    /// Plan and cells of what is measured so far, with the samples themselves where there are mostLiveSamples at most:
    /// charts over time and of paired blocks want them, and a copy of more would cost the machine that is measured.
    [[nodiscard]] RunDocument live(std::span<const Sample> samples) const;
    static constexpr std::size_t mostLiveSamples = 50'000;
    /// The whole document: cells, comparisons, verdicts, guards, and the samples themselves.
    [[nodiscard]] RunDocument finished(std::vector<Sample> samples, const RunRecord::State &state,
                                       base::Instant endedAt) const;

private:
    using ByCell = std::vector<std::vector<Sample>>;
    [[nodiscard]] RunDocument documentOf(const ByCell &measured) const;
    [[nodiscard]] std::vector<CellResult> cellsOf(const ByCell &samples) const;
    [[nodiscard]] std::vector<Comparison> comparisonsOf(const ByCell &samples) const;
    [[nodiscard]] std::vector<Sample> withoutControl(std::vector<Sample> samples) const;
    void noteChecks(RunDocument &document, const ByCell &measured, std::span<const Sample> samples,
                    const RunRecord::State &state) const;

    const RunPlan &m_plan;
    const RunSetup &m_setup;
    std::vector<int> m_batches;
    std::optional<qint64> m_connectNs;
    QJsonObject m_meta;
};

} // namespace rollcall::probe
