#pragma once

#include <QtTest>

#include "core/audit/AuditLog.h"
#include "core/workspace/Workspace.h"

namespace rollcall::test {

/// An audit log of its own for each test, with its keys in a file. **Thread-safety:** one thread.
class AuditLogFixture
{
protected:
    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<base::SecretVault> m_vault;
    base::FixedClock m_clock{base::Instant(std::chrono::milliseconds(1'760'000'000'123))};
    base::Call m_call;

    /// To be called before each test.
    void begin()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_vault = workspace::openKeyFileVault(m_root->filePath(QStringLiteral("keys")));
        m_call = base::Call::within(std::chrono::minutes(5));
    }
    QString folder() const { return m_root->filePath(QStringLiteral("data")); }
    QString logFile() const { return folder() + QStringLiteral("/audit.ndjson"); }
    audit::AuditLog log() { return {folder(), m_vault.get(), m_clock}; }

    static audit::AuditEntry entry(int i)
    {
        audit::AuditEntry entry;
        entry.operation = QStringLiteral("op-%1").arg(i);
        entry.phase = i % 2 == 0 ? audit::Phase::Intent : audit::Phase::Outcome;
        entry.action = QStringLiteral("sessions.revoke");
        entry.actor = QStringLiteral("ada@host");
        entry.connection = QStringLiteral("shop");
        entry.reason = QStringLiteral("stolen laptop, \"ünïcode\"\nand a second line");
        entry.counts = QJsonObject{{QStringLiteral("matched"), i}};
        if (i % 2 == 1)
            entry.verification = QJsonObject{{QStringLiteral("checked"), i}};
        return entry;
    }
    void write(int count)
    {
        audit::AuditLog target = log();
        for (int i = 0; i < count; ++i)
            QVERIFY(target.append(entry(i), m_call));
    }
    QByteArray content() const
    {
        QFile file(logFile());
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void setContent(const QByteArray &text) const
    {
        QFile file(logFile());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(text), text.size());
    }
    audit::AuditState verified()
    {
        const auto state = log().verify(m_call);
        return state ? *state : audit::AuditState{-1, false, -1, false};
    }
    static QList<QByteArray> lines(const QByteArray &text)
    {
        QList<QByteArray> list = text.split('\n');
        list.removeLast();
        return list;
    }
    static QByteArray joined(const QList<QByteArray> &list)
    {
        return list.isEmpty() ? QByteArray() : list.join('\n') + '\n';
    }
    /// A log that takes a second or so to check: its chain is right, and nobody signed it.
    void writeLong()
    {
        QVERIFY(QDir().mkpath(folder()));
        QFile file(logFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        QString previous;
        for (int i = 1; i <= 20'000; ++i) {
            audit::AuditEntry one = entry(i);
            one.seq = i;
            one.at = m_clock.now();
            one.previousHash = previous;
            one.hash = previous = one.computeHash();
            file.write(one.toLine() + '\n');
        }
        QVERIFY(file.flush());
    }
};

} // namespace rollcall::test
