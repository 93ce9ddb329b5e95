#include "core/workspace/KeychainVault.h"

#include <qt6keychain/keychain.h>

#include <QCoreApplication>
#include <QThread>

#include <condition_variable>
#include <functional>

#include "core/base/Mutex.h"

namespace rollcall::workspace {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::MutexLock;
using base::SecretBytes;

namespace {

constexpr std::chrono::milliseconds slice{50}; ///< how soon a cancel is noticed

QString service()
{
    return QStringLiteral("rollcall");
}

/// What a job ended with. Shared between the caller and the keychain thread: the caller may have gone by then.
struct Answer
{
    base::Mutex mutex;
    std::condition_variable_any done;
    bool finished ROLLCALL_GUARDED_BY(mutex) = false;
    QKeychain::Error error ROLLCALL_GUARDED_BY(mutex) = QKeychain::NoError;
    QString text ROLLCALL_GUARDED_BY(mutex);
    SecretBytes data ROLLCALL_GUARDED_BY(mutex);
};

/// The process's keychain thread. QtKeychain queues jobs in an object of the thread that ran the first one, so there
/// can be only one such thread, and it must live as long as the application: this is the process-wide state of that
/// library, not of ours.
QObject *keychainContext()
{
    static QThread *thread = nullptr;
    static QObject *context = nullptr;
    static std::once_flag once;
    std::call_once(once, [] {
        thread = new QThread;
        thread->setObjectName(QStringLiteral("keychain"));
        context = new QObject;
        context->moveToThread(thread);
        thread->start();
        qAddPostRoutine([] {
            // A job that waits for a prompt holds up no event loop, so this returns at once.
            thread->quit();
            thread->wait();
            delete std::exchange(context, nullptr);
            delete std::exchange(thread, nullptr);
        });
    });
    return context;
}

/// Runs a job on the keychain thread and waits for it within @p call.
template <typename Job>
base::Result<std::shared_ptr<Answer>> run(const QString &name, const Call &call,
                                          std::function<void(Job &)> prepare = {})
{
    const QString part = QStringLiteral("The OS keychain");
    if (const auto status = call.check(part); !status)
        return base::fail(status.error());
    QObject *context = QCoreApplication::instance() ? keychainContext() : nullptr;
    if (!context)
        return base::fail(
            Error(ErrorCode::KeychainFailed).with(ErrorParam::Detail, QStringLiteral("the program is ending")));

    auto answer = std::make_shared<Answer>();
    QMetaObject::invokeMethod(
        context,
        [answer, name, context, prepare = std::move(prepare)] {
            auto *job = new Job(service(), context);
            job->setInsecureFallback(false);
            job->setKey(name);
            if (prepare)
                prepare(*job);
            QObject::connect(job, &QKeychain::Job::finished, context, [answer](QKeychain::Job *finished) {
                const MutexLock lock(answer->mutex);
                answer->finished = true;
                answer->error = finished->error();
                answer->text = finished->errorString();
                if (auto *reading = qobject_cast<QKeychain::ReadPasswordJob *>(finished)) {
                    QByteArray data = reading->binaryData();
                    answer->data = SecretBytes::fromAndWipe(data);
                }
                answer->done.notify_all();
            });
            job->start();
        },
        Qt::QueuedConnection);

    MutexLock lock(answer->mutex);
    while (!answer->finished) {
        if (const auto status = call.check(part); !status)
            return base::fail(status.error());
        answer->done.wait_for(lock, std::min(slice, call.remaining()));
    }
    if (answer->error != QKeychain::NoError && answer->error != QKeychain::EntryNotFound)
        return base::fail(Error(ErrorCode::KeychainFailed).with(ErrorParam::Detail, answer->text));
    return answer;
}

} // namespace

base::Result<std::optional<SecretBytes>> KeychainVault::read(const QString &name, const Call &call)
{
    const auto answer = run<QKeychain::ReadPasswordJob>(name, call);
    if (!answer)
        return base::fail(answer.error());
    const MutexLock lock((*answer)->mutex);
    if ((*answer)->error == QKeychain::EntryNotFound)
        return std::optional<SecretBytes>();
    return std::optional<SecretBytes>(std::move((*answer)->data));
}

base::Status KeychainVault::write(const QString &name, const SecretBytes &secret, const Call &call)
{
    const auto shared = std::make_shared<const SecretBytes>(secret.clone());
    const auto answer = run<QKeychain::WritePasswordJob>(
        name, call, [shared](QKeychain::WritePasswordJob &job) { job.setBinaryData(shared->view().toByteArray()); });
    if (!answer)
        return base::fail(answer.error());
    return {};
}

base::Status KeychainVault::remove(const QString &name, const Call &call)
{
    const auto answer = run<QKeychain::DeletePasswordJob>(name, call);
    if (!answer)
        return base::fail(answer.error());
    return {};
}

QString KeychainVault::description() const
{
    return QStringLiteral("OS keychain");
}

} // namespace rollcall::workspace
