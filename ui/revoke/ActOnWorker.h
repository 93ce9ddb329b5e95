#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "core/async/Mailbox.h"
#include "core/revoke/Revoker.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::revoke {

/// An act with a store that may write, on a worker.
template <typename Report>
using Act = std::function<base::Result<Report>(store::SessionStore &store, const base::Call &call,
                                               const OnProgress &onProgress)>;

/// Runs @p act on the write worker of @p connection, which may not be closed meanwhile. @p progressed and, in the end,
/// @p ended are called on the GUI thread while @p mailbox lives; @p ended at once where the worker's queue is full.
/// **Thread-safety:** GUI thread only; never blocks.
template <typename Report>
void actOnWorker(common::OpenConnection &connection, const async::Mailbox &mailbox, std::stop_token stop,
                 Act<Report> act, OnProgress progressed, std::function<void(const base::Result<Report> &)> ended)
{
    /// Its deletes, purges and proofs together: each operation inside has its own, shorter bound.
    constexpr std::chrono::minutes wholeAct{30};
    connection.beginAct();
    const auto submitted = connection.workers().write.submit(
        [&connection, act = std::move(act), progressed = std::move(progressed), ended,
         sender = mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            // One message waits at most: thousands of steps must not crowd out the outcome.
            const auto waiting = std::make_shared<std::atomic_bool>(false);
            const auto progress = [&](const RevocationProgress &step) {
                if (waiting->exchange(true))
                    return;
                const bool posted = sender.post([progressed, waiting, step] {
                    waiting->store(false);
                    progressed(step);
                });
                if (!posted)
                    waiting->store(false);
            };
            auto report = store ? act(**store, call, progress) : base::Result<Report>(base::fail(store.error()));
            sender.post([&connection, ended, report = std::move(report)] {
                connection.endAct();
                ended(report);
            });
        },
        std::move(stop), wholeAct);
    if (!submitted) {
        connection.endAct();
        ended(base::fail(submitted.error()));
    }
}

} // namespace rollcall::revoke
