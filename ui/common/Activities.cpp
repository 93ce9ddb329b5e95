#include "ui/common/Activities.h"

#include <algorithm>

#include "ui/common/OpenConnection.h"
#include "ui/common/ReturnWatches.h"

namespace rollcall::common {

namespace {

constexpr std::chrono::seconds watchEvery{2};

/// The running operation of that kind and plan; its id, or NotFound.
base::Result<QString> idOfRunning(const QString &folder, const ActHead &head, const base::Call &call)
{
    if (!head.operation.isEmpty())
        return head.operation;
    const auto operations = revoke::listOperations(folder, call);
    if (!operations)
        return base::fail(operations.error());
    for (const revoke::Operation &operation : *operations) {
        if (operation.state == revoke::OperationState::Running && operation.head.kind == head.kind &&
            operation.head.planDigest == head.planDigest)
            return operation.head.id;
    }
    return base::fail(base::Error(base::ErrorCode::NotFound)
                          .with(base::ErrorParam::Part, QStringLiteral("operation"))
                          .with(base::ErrorParam::Name, head.title));
}

bool isSame(const revoke::Operation &one, const revoke::Operation &other)
{
    return one.head.id == other.head.id && one.state == other.state && one.done == other.done;
}

} // namespace

Activities::Activities(OpenConnection &connection)
    : m_connection(connection), m_returns(std::make_unique<ReturnWatches>(connection))
{
    connect(m_returns.get(), &ReturnWatches::changed, this, &Activities::changed);
    m_watch.setInterval(watchEvery);
    connect(&m_watch, &QTimer::timeout, this, &Activities::refresh);
}

Activities::~Activities() = default;

const QList<Activity *> &Activities::acts() const
{
    return m_acts;
}

const std::vector<revoke::Operation> &Activities::unfinished() const
{
    return m_unfinished;
}

Activity &Activities::begin(ActHead head)
{
    if (!head.operation.isEmpty()) {
        // What an earlier run of it came to is said better by this one.
        const QList<Activity *> before = m_acts;
        for (Activity *activity : before) {
            if (activity->isEnded() && activity->end()->auditId == head.operation) {
                m_acts.removeOne(activity);
                activity->deleteLater();
            }
        }
        std::erase_if(m_unfinished, [&head](const revoke::Operation &one) { return one.head.id == head.operation; });
    }
    auto *activity = new Activity(std::move(head), this);
    m_acts.prepend(activity);
    forgetOld();
    connect(activity, &Activity::changed, this, [this, activity] { onChanged(*activity); });
    Q_EMIT changed();
    return *activity;
}

void Activities::forgetOld()
{
    qsizetype ended = std::ranges::count_if(m_acts, [](const Activity *activity) { return activity->isEnded(); });
    for (qsizetype i = m_acts.size() - 1; i >= 0 && ended > mostEnded; --i) {
        if (m_acts[i]->isEnded()) {
            m_acts.takeAt(i)->deleteLater();
            --ended;
        }
    }
}

bool Activities::isActing() const
{
    return std::ranges::any_of(
        m_acts, [](const Activity *activity) { return !activity->isEnded() && !activity->isMeasurement(); });
}

void Activities::onChanged(const Activity &activity)
{
    if (activity.isEnded() && !activity.isMeasurement()) {
        if (!isActing())
            Q_EMIT idle();
        refresh();
    }
    Q_EMIT changed();
}

bool Activities::isOurs(const revoke::OperationHead &head) const
{
    return std::ranges::any_of(m_acts, [&head](const Activity *activity) {
        const ActHead &own = activity->head();
        return !activity->isEnded() && own.kind == head.kind &&
               (own.operation.isEmpty() ? own.planDigest == head.planDigest : own.operation == head.id);
    });
}

void Activities::pause(Activity &activity)
{
    if (!activity.canPause())
        return;
    if (activity.isMeasurement()) {
        activity.wantPause(activity.state() != ActState::Paused);
        return;
    }
    activity.setPausing(true);
    const QPointer<Activity> paused(&activity);
    const auto submitted = m_connection.workers().engine.submit(
        [this, paused, head = activity.head(), folder = m_connection.operations().folder,
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            const auto id = idOfRunning(folder, head, call);
            const base::Status told = id ? revoke::pauseOperation(folder, *id) : base::fail(id.error());
            if (told)
                return;
            sender.post([this, paused, error = told.error()] {
                // It may have ended of itself meanwhile: then there was nothing to pause.
                if (!paused || paused->isEnded())
                    return;
                paused->setPausing(false);
                Q_EMIT failed(error);
            });
        },
        {}, m_connection.timeout());
    if (!submitted) {
        activity.setPausing(false);
        Q_EMIT failed(submitted.error());
    }
}

void Activities::pauseOperation(const QString &id)
{
    const auto submitted = m_connection.workers().engine.submit(
        [this, id, folder = m_connection.operations().folder,
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &) {
            const base::Status told = revoke::pauseOperation(folder, id);
            sender.post([this, told] {
                if (!told)
                    Q_EMIT failed(told.error());
                refresh();
            });
        },
        {}, m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void Activities::refresh()
{
    const auto submitted = m_connection.workers().engine.submit(
        [this, folder = m_connection.operations().folder, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            auto operations = revoke::listOperations(folder, call);
            if (operations)
                std::erase_if(*operations, [&deployment](const revoke::Operation &operation) {
                    return !revoke::isMadeFor(operation.head.database, *deployment);
                });
            sender.post([this, operations = std::move(operations)] {
                if (operations)
                    read(*operations);
                else
                    Q_EMIT failed(operations.error());
            });
        },
        {}, m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void Activities::read(const std::vector<revoke::Operation> &operations)
{
    std::vector<revoke::Operation> unfinished;
    std::ranges::copy_if(operations, std::back_inserter(unfinished),
                         [this](const revoke::Operation &operation) { return !isOurs(operation.head); });
    const bool isRunElsewhere = std::ranges::any_of(unfinished, [](const revoke::Operation &operation) {
        return operation.state == revoke::OperationState::Running;
    });
    if (isRunElsewhere)
        m_watch.start();
    else
        m_watch.stop();
    if (std::ranges::equal(unfinished, m_unfinished, isSame))
        return;
    m_unfinished = std::move(unfinished);
    Q_EMIT changed();
}

} // namespace rollcall::common
