#pragma once

#include <QWidget>

#include "ui/common/Theme.h"

class QButtonGroup;

namespace rollcall::common {

/// One of a few values, all in sight: "p50 | p95 | p99". Arrow keys move, Tab leaves. **Thread-safety:** GUI thread
/// only.
class SegmentedControl final : public QWidget
{
    Q_OBJECT

public:
    /// The first of @p words is chosen; @p name is the accessible name of the whole.
    SegmentedControl(const QStringList &words, const QString &name, QWidget *parent = nullptr);

    [[nodiscard]] int current() const;
    /// Chooses the segment @p index (0 …); emits changed() where it was another.
    void setCurrent(int index);

Q_SIGNALS:
    void changed(int index);

private:
    QButtonGroup *m_group;
};

} // namespace rollcall::common
