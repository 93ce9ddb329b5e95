#pragma once

#include <QWidget>

#include "core/base/Error.h"
#include "ui/common/Note.h"

namespace rollcall::main {

/// Says above every page of a connection what an act found amiss with the audit log as it put its intent on record;
/// hidden while there is nothing to say, and once the log was read again and found sound. **Thread-safety:** GUI thread
/// only.
class LogFaultBar final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the bar.
    explicit LogFaultBar(const common::Theme &theme, QWidget *parent = nullptr);

    /// Says @p fault in the place of what was said before.
    void showFault(const base::Error &fault);
    /// There is nothing to say.
    void clear();
    /// While false the bar stays hidden: the connection it is about is not in sight.
    void setInSight(bool inSight);

Q_SIGNALS:
    /// Somebody wants to see the log.
    void auditRequested();

private:
    common::Note *m_note;
    bool m_hasFault = false;
    bool m_inSight = false;
};

} // namespace rollcall::main
