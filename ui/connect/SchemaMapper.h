#pragma once

#include <QObject>

#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/deployment/ConnectionCheck.h"
#include "ui/common/Theme.h"

namespace rollcall::connect {

/// Lets a person correct which tables and columns hold the sessions: reads the catalogue on a worker of its own, then
/// opens a SchemaMappingEditor. **Thread-safety:** GUI thread only; never blocks (destruction waits for the worker's
/// next wait slice).
class SchemaMapper final : public QObject
{
    Q_OBJECT

public:
    /// @p theme outlives the object.
    explicit SchemaMapper(const common::Theme &theme, QObject *parent = nullptr);
    ~SchemaMapper() override;

    /// Opens the editor over @p origin, which outlives the object, as soon as the tables of @p config's database are
    /// read, beginning with its map, else with what @p detection (may be null) found. Ends in settled() or failed(), or
    /// in neither where the editor is dismissed. While one is being opened nothing happens.
    void open(QWidget &origin, const deployment::ConnectionConfig &config, const store::SchemaDetection *detection);

    /// The connection is another one now: an editor that is still to come would be of the old one's tables.
    void forget();

Q_SIGNALS:
    /// @p map is in the form of ConnectionProfile::schemaMap, empty: to be found by itself; @p timeZone as in the
    /// profile.
    void settled(const QString &map, const QString &timeZone);
    void failed(const rollcall::base::Error &error);

private:
    void edit(QWidget &origin, store::DatabaseKind kind, const std::vector<store::TableInfo> &tables,
              const store::SchemaProfile &begin, const QString &timeZone);

    const common::Theme &m_theme;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    bool m_busy = false;
    bool m_forgotten = false; ///< what is being read
    async::Worker m_worker; ///< last: it is joined before anything its jobs use is gone
};

} // namespace rollcall::connect
