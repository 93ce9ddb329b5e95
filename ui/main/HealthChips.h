#pragma once

#include <QWidget>

#include <vector>

#include "core/deployment/ConnectionCheck.h"
#include "ui/common/Theme.h"

namespace rollcall::main {

class HealthChip;

/// Database, Deployment, Secret and Cache at a glance: icon and word, and where there is room how long it took. Each
/// opens what was checked and what to do. **Thread-safety:** GUI thread only.
class HealthChips final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the chips.
    explicit HealthChips(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows what a check found; legs of the schema count to the database, the clock to the deployment.
    void setLegs(const std::vector<deployment::Leg> &legs);
    /// Icons and words without values.
    void setNarrow(bool narrow);

Q_SIGNALS:
    /// A person asked in a popup to check again.
    void checkRequested();

private:
    struct Chip
    {
        QString word;
        std::vector<deployment::LegKind> kinds;
        HealthChip *button = nullptr;
    };

    void relabel();
    [[nodiscard]] std::vector<deployment::Leg> legsOf(const Chip &chip) const;
    void openPopup(const Chip &chip);

    const common::Theme &m_theme;
    std::vector<Chip> m_chips;
    std::vector<deployment::Leg> m_legs;
};

} // namespace rollcall::main
