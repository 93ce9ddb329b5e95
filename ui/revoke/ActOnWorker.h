#pragma once

#include <QPointer>

#include <atomic>
#include <functional>
#include <memory>

#include "core/revoke/Revoker.h"
#include "ui/common/Activities.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::revoke {

/// An act with a store that may write, on a worker.
template <typename Report>
using Act = std::function<base::Result<Report>(store::SessionStore &store, const base::Call &call,
                                               const OnProgress &onProgress)>;

/// The same of one that needs no store, or does without where there is none.
template <typename Report>
using StorelessAct = std::function<base::Result<Report>(const base::Call &call, const OnProgress &onProgress)>;

namespace detail {

template <typename Report>
using ActOnWhatOpened = std::function<base::Result<Report>(const base::Result<store::SessionStore *> &store,
                                                           const base::Call &call, const OnProgress &onProgress)>;

/// As actOnWorker(); @p act is told as well where the store could not be opened.
template <typename Report>
common::Activity &runOnWorker(common::OpenConnection &connection, common::ActHead head, QObject *owner,
                              ActOnWhatOpened<Report> act,
                              std::function<common::ActEnd(const base::Result<Report> &)> summarize,
                              std::function<void(const base::Result<Report> &)> ended)
{
    /// All of it, with its rests: each operation inside has its own, shorter bound, and it can be paused and stopped.
    constexpr std::chrono::hours wholeAct{24};
    common::Activity &activity = connection.activities().begin(std::move(head));
    const auto end = [&connection, &activity, summarize = std::move(summarize), ended = std::move(ended),
                      owner = QPointer<QObject>(owner)](const base::Result<Report> &report) {
        activity.finish(summarize(report));
        if (owner)
            ended(report);
        if (report)
            Q_EMIT connection.sessionsChanged();
    };
    const auto submitted = connection.workers().write.submit(
        [act = std::move(act), &activity, end, sender = connection.activities().mailbox().sender()](
            const base::Result<store::SessionStore *> &store, const base::Call &call) {
            sender.post([&activity] { activity.beginRunning(); });
            // One message waits at most: thousands of steps must not crowd out the outcome.
            const auto waiting = std::make_shared<std::atomic_bool>(false);
            const auto progress = [&](const RevocationProgress &step) {
                if (waiting->exchange(true))
                    return;
                const bool posted = sender.post([&activity, waiting, step] {
                    waiting->store(false);
                    activity.advance(step);
                });
                if (!posted)
                    waiting->store(false);
            };
            auto report = act(store, call, progress);
            sender.post([end, report = std::move(report)] { end(report); });
        },
        activity.stopToken(), wholeAct);
    if (!submitted)
        end(base::fail(submitted.error()));
    return activity;
}

} // namespace detail

/// Runs @p act on the write worker of @p connection, which may not be closed meanwhile, as an activity that
/// @p connection keeps: it goes on and is shown whether or not @p owner lives. In the end @p summarize says how it
/// ended, and @p ended is called while @p owner lives, both on the GUI thread; at once where the worker's queue is
/// full. **Thread-safety:** GUI thread only; never blocks.
template <typename Report>
common::Activity &actOnWorker(common::OpenConnection &connection, common::ActHead head, QObject *owner, Act<Report> act,
                              std::function<common::ActEnd(const base::Result<Report> &)> summarize,
                              std::function<void(const base::Result<Report> &)> ended)
{
    return detail::runOnWorker<Report>(
        connection, std::move(head), owner,
        [act = std::move(act)](const base::Result<store::SessionStore *> &store, const base::Call &call,
                               const OnProgress &onProgress) -> base::Result<Report> {
            if (!store)
                return base::fail(store.error());
            return act(**store, call, onProgress);
        },
        std::move(summarize), std::move(ended));
}

/// The same of an act that needs no store: it is carried out also where sessions have no rows.
template <typename Report>
common::Activity &actWithoutStore(common::OpenConnection &connection, common::ActHead head, QObject *owner,
                                  StorelessAct<Report> act,
                                  std::function<common::ActEnd(const base::Result<Report> &)> summarize,
                                  std::function<void(const base::Result<Report> &)> ended)
{
    return detail::runOnWorker<Report>(
        connection, std::move(head), owner,
        [act = std::move(act)](const base::Result<store::SessionStore *> &, const base::Call &call,
                               const OnProgress &onProgress) { return act(call, onProgress); },
        std::move(summarize), std::move(ended));
}

} // namespace rollcall::revoke
