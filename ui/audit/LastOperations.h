#pragma once

#include <QFrame>

#include "ui/audit/AuditReader.h"
#include "ui/common/Theme.h"

class QGridLayout;

namespace rollcall::common {
class Label;
}

namespace rollcall::audit {

/// A card with what was done to one deployment last and what came of it, from the audit log. It reads whenever it is
/// shown, and on refresh(). **Thread-safety:** GUI thread only; never blocks.
class LastOperations final : public QFrame
{
    Q_OBJECT

public:
    static constexpr int mostShown = 6;

    /// @p theme, @p log and @p clock are borrowed and outlive the card. @p connection: as acts name it (AuditEntry).
    LastOperations(const common::Theme &theme, const AuditLog &log, QString connection, const base::Clock &clock,
                   QWidget *parent = nullptr);

    /// Reads the log again.
    void refresh();

Q_SIGNALS:
    /// The whole log is wanted.
    void auditWanted();
    /// It was read, and an act would find nothing amiss with it.
    void logFoundSound();

protected:
    void showEvent(QShowEvent *event) override;

private:
    void display(const AuditReading &reading);
    void addRow(int row, const AuditEntry &entry);
    void clear();
    void say(const QString &words);

    const common::Theme &m_theme;
    QString m_connection;
    const base::Clock &m_clock;
    AuditReader m_reader;
    QGridLayout *m_rows;
    common::Label *m_words; ///< in place of rows, or about the log itself
};

} // namespace rollcall::audit
