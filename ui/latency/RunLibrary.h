#pragma once

#include <QObject>

#include <memory>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/probe/ForeignRun.h"
#include "core/probe/RunArchive.h"

namespace rollcall::latency {

/// A run that can be looked at: one of ours, or another tool's. One of the two is set.
struct LoadedRun
{
    QString name; ///< "Run 14", or the file's name
    QString path;
    std::shared_ptr<const probe::RunDocument> own;
    std::shared_ptr<const probe::ForeignRun> foreign;
};

/// The saved runs of a connection: lists, keeps, reads and removes them away from the GUI thread.
/// **Thread-safety:** GUI thread only; never blocks.
class RunLibrary final : public QObject
{
    Q_OBJECT

public:
    explicit RunLibrary(QObject *parent = nullptr);
    ~RunLibrary() override;

    /// Keeps runs in @p folder from now on, and lists it; empty: runs are not kept.
    void setFolder(const QString &folder);
    /// What was listed last, the newest first.
    [[nodiscard]] const std::vector<probe::SavedRun> &runs() const { return m_runs; }
    /// What people call @p run.
    [[nodiscard]] static QString nameOf(const probe::SavedRun &run);

    void refresh();
    /// Keeps @p document; kept() and changed() follow.
    void keep(std::shared_ptr<const probe::RunDocument> document);
    /// Reads the file at @p path, ours or another tool's; loaded() follows.
    void load(const QString &path);
    /// Puts the file of a saved run into the trash; changed() follows.
    void remove(const QString &path);

Q_SIGNALS:
    /// runs() is another list.
    void changed();
    void kept(const rollcall::probe::SavedRun &run);
    void loaded(const rollcall::latency::LoadedRun &run);
    void failed(const rollcall::base::Error &error, const QString &what);

private:
    void submit(async::Worker::Task task);

    QString m_folder;
    std::vector<probe::SavedRun> m_runs;
    async::Mailbox m_mailbox;
    async::Worker m_worker;
};

} // namespace rollcall::latency
