#include <QtTest>

#include <cmath>

#include "core/engine/DefaultCallbacks.h"

using namespace rollcall;
using jose::JsonValue;

class DefaultCallbacksTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textsAsNumbers_data()
    {
        // Each as Node.js says of Number(text).
        QTest::addColumn<double>("number");
        const double none = std::nan("");
        QTest::newRow("") << 0.0;
        QTest::newRow("  ") << 0.0;
        QTest::newRow(" 12 ") << 12.0;
        QTest::newRow("-1.5e3") << -1500.0;
        QTest::newRow(".5") << 0.5;
        QTest::newRow("0x10") << 16.0;
        QTest::newRow("0XfF") << 255.0;
        QTest::newRow("0b101") << 5.0;
        QTest::newRow("0o17") << 15.0;
        QTest::newRow("0x") << none;
        QTest::newRow("0b2") << none;
        QTest::newRow("-0x10") << none;
        QTest::newRow("0") << 0.0;
        QTest::newRow("1e400") << HUGE_VAL;
        QTest::newRow("1e-400") << 0.0;
        QTest::newRow("-Infinity") << -HUGE_VAL;
        QTest::newRow("inf") << none;
        QTest::newRow("12px") << none;
    }
    void textsAsNumbers()
    {
        QFETCH(double, number);
        const double read = engine::toNumber(JsonValue(QString::fromLatin1(QTest::currentDataTag())));
        QVERIFY2(read == number || (std::isnan(read) && std::isnan(number)), qPrintable(QString::number(read)));
    }
};

QTEST_GUILESS_MAIN(DefaultCallbacksTest)

#include "tst_DefaultCallbacks.moc"
