#pragma once

#include <QHash>

#include "ui/common/Sheet.h"
#include "ui/latency/RunLibrary.h"

class QComboBox;

namespace rollcall::charts {
class ChartTableView;
}

namespace rollcall::common {
class Note;
}

namespace rollcall::latency {

/// Two runs, B against A: the verdict of each cell with its interval; another tool's run stands beside ours unjudged.
/// **Thread-safety:** GUI thread only; never blocks.
class CompareSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// All are borrowed; @p library outlives the sheet.
    CompareSheet(const common::Theme &theme, QWidget &origin, RunLibrary &library);

    /// Compares these two; an empty path leaves the choice as it is: the newest against the one before.
    void choose(const QString &pathA, const QString &pathB);
    /// Adds the file at @p path, ours or another tool's, and chooses it as B.
    void addFile(const QString &path);

private:
    void fill();
    void onLoaded(const LoadedRun &run);
    void want();
    void present();
    void chooseFile();
    [[nodiscard]] QWidget *makeSides();
    [[nodiscard]] const LoadedRun *loaded(const QComboBox *side) const;

    RunLibrary &m_library;
    QList<QPair<QString, QString>> m_files; ///< path and name of runs that are not in the library
    QHash<QString, LoadedRun> m_loaded;     ///< by path
    QComboBox *m_a;
    QComboBox *m_b;
    common::Label *m_sentence;
    common::Note *m_caveats;
    charts::ChartTableView *m_table;
};

} // namespace rollcall::latency
