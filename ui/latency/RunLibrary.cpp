#include "ui/latency/RunLibrary.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace rollcall::latency {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::Result;

namespace {

constexpr qint64 largestFile = 64 * 1024 * 1024;

/// The run in the file at @p path: ours where it says so, else what another tool wrote.
Result<LoadedRun> readAny(const QString &path)
{
    LoadedRun run;
    run.name = QFileInfo(path).fileName();
    run.path = path;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > largestFile) {
        return base::fail(
            Error(ErrorCode::FileUnreadable)
                .with(ErrorParam::Path, path)
                .with(ErrorParam::Detail, file.isOpen() ? RunLibrary::tr("larger than any run") : file.errorString()));
    }
    const QByteArray content = file.readAll();
    if (content.contains(probe::RunDocument::schemaName)) {
        auto own = probe::RunDocument::fromJson(content, path);
        if (!own)
            return base::fail(std::move(own.error()));
        const probe::SavedRun head = probe::summaryOf(*own, path);
        if (head.number > 0)
            run.name = RunLibrary::nameOf(head);
        run.own = std::make_shared<const probe::RunDocument>(std::move(*own));
        return run;
    }
    auto foreign = probe::readForeignRun(content, path);
    if (!foreign)
        return base::fail(std::move(foreign.error()));
    run.foreign = std::make_shared<const probe::ForeignRun>(std::move(*foreign));
    return run;
}

} // namespace

RunLibrary::RunLibrary(QObject *parent) : QObject(parent), m_worker("rc-runs") {}

RunLibrary::~RunLibrary() = default;

QString RunLibrary::nameOf(const probe::SavedRun &run)
{
    return run.number > 0 ? tr("Run %1").arg(run.number) : QFileInfo(run.path).fileName();
}

void RunLibrary::submit(async::Worker::Task task)
{
    if (auto queued = m_worker.submit(std::move(task)); !queued)
        Q_EMIT failed(queued.error(), tr("The saved runs are busy"));
}

void RunLibrary::setFolder(const QString &folder)
{
    m_folder = folder;
    refresh();
}

void RunLibrary::refresh()
{
    if (m_folder.isEmpty())
        return;
    submit([this, folder = m_folder, sender = m_mailbox.sender()](const std::stop_token &stop) {
        auto runs = std::make_shared<Result<std::vector<probe::SavedRun>>>(
            probe::listRuns(folder, base::Call{base::Call::Clock::time_point::max(), stop}));
        sender.post([this, runs] {
            if (!*runs) {
                Q_EMIT failed(runs->error(), tr("The saved runs cannot be listed"));
                return;
            }
            m_runs = std::move(**runs);
            Q_EMIT changed();
        });
    });
}

void RunLibrary::keep(std::shared_ptr<const probe::RunDocument> document)
{
    if (m_folder.isEmpty())
        return;
    submit([this, folder = m_folder, document = std::move(document), sender = m_mailbox.sender()](std::stop_token) {
        const Result<probe::SavedRun> saved = probe::saveRun(folder, *document);
        if (!saved) {
            sender.post([this, error = saved.error()] {
                Q_EMIT failed(error, tr("The run is shown, but could not be saved"));
            });
            return;
        }
        sender.post([this, run = *saved] {
            m_runs.push_back(run);
            std::rotate(m_runs.begin(), m_runs.end() - 1, m_runs.end()); // the newest first
            Q_EMIT changed();
            Q_EMIT kept(run);
        });
    });
}

void RunLibrary::load(const QString &path)
{
    submit([this, path, sender = m_mailbox.sender()](std::stop_token) {
        auto run = std::make_shared<Result<LoadedRun>>(readAny(path));
        sender.post([this, run] {
            if (*run)
                Q_EMIT loaded(**run);
            else
                Q_EMIT failed(run->error(), tr("The file cannot be read as a run"));
        });
    });
}

void RunLibrary::remove(const QString &path)
{
    submit([this, path, sender = m_mailbox.sender()](std::stop_token) {
        QFile file(path);
        const bool removed = file.moveToTrash(); // a click too many can be taken back
        sender.post([this, path, removed, detail = file.errorString()] {
            if (!removed) {
                Q_EMIT failed(
                    Error(ErrorCode::FileUnwritable).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail),
                    tr("The run cannot be removed"));
                return;
            }
            std::erase_if(m_runs, [&path](const probe::SavedRun &run) { return run.path == path; });
            Q_EMIT changed();
        });
    });
}

} // namespace rollcall::latency
