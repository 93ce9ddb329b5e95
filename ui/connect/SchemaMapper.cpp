#include "ui/connect/SchemaMapper.h"

#include "ui/connect/SchemaMappingEditor.h"

namespace rollcall::connect {

SchemaMapper::SchemaMapper(const common::Theme &theme, QObject *parent)
    : QObject(parent), m_theme(theme), m_worker("rc-tables")
{}

SchemaMapper::~SchemaMapper()
{
    m_stop.request_stop();
}

void SchemaMapper::open(QWidget &origin, const deployment::ConnectionConfig &config,
                        const store::SchemaDetection *detection)
{
    if (m_busy || !config.database)
        return;
    store::SchemaProfile begin;
    if (config.schema)
        begin = *config.schema;
    else if (detection && detection->best)
        begin = *detection->best;
    else if (detection && !detection->candidates.empty())
        begin = detection->candidates.front();
    m_busy = true;
    m_forgotten = false;
    // A std::function must be copyable, an address is not: it holds a password.
    auto url = std::make_shared<const store::DatabaseUrl>(config.database->clone());
    const auto submitted =
        m_worker.submit([this, &origin, url, begin, options = config.storeOptions, zone = config.profile.timeZone,
                         stop = m_stop.get_token(), sender = m_mailbox.sender()](const std::stop_token &) {
            auto tables = store::readTables(*url, options, base::Call::within(options.timeout, stop));
            sender.post([this, &origin, kind = url->kind, begin, zone, tables = std::move(tables)] {
                m_busy = false;
                if (m_forgotten)
                    return;
                if (tables)
                    edit(origin, kind, *tables, begin, zone);
                else
                    Q_EMIT failed(tables.error());
            });
        });
    if (!submitted) {
        m_busy = false;
        Q_EMIT failed(submitted.error());
    }
}

void SchemaMapper::forget()
{
    m_forgotten = true;
}

void SchemaMapper::edit(QWidget &origin, store::DatabaseKind kind, const std::vector<store::TableInfo> &tables,
                        const store::SchemaProfile &begin, const QString &timeZone)
{
    auto *editor = new SchemaMappingEditor(m_theme, origin, kind, tables, begin, timeZone);
    connect(editor, &SchemaMappingEditor::settled, this, &SchemaMapper::settled);
    editor->open();
}

} // namespace rollcall::connect
