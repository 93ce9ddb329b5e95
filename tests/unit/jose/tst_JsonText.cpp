#include <QtTest>

#include <limits>

#include "core/jose/JsonText.h"

using namespace rollcall::jose;

class JsonTextTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reprints_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("printed");
        const auto row = [](const char *name, const QString &text, const char *printed) {
            QTest::newRow(name) << text << QByteArray(printed);
        };
        // Expectations: JSON.stringify(JSON.parse(text)) of Node 20.
        row("order kept", QStringLiteral(R"({"b":1,"a":2})"), R"({"b":1,"a":2})");
        row("last duplicate, first place", QStringLiteral(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
        row("integer names first", QStringLiteral(R"({"b":1,"10":2,"9":3,"01":4,"4294967295":5,"4294967294":6})"),
            R"({"9":3,"10":2,"4294967294":6,"b":1,"01":4,"4294967295":5})");
        row("proto is data", QStringLiteral(R"({"__proto__":{"x":1}})"), R"({"__proto__":{"x":1}})");
        row("blanks", QStringLiteral(" \t\r\n[ 1 , true , null , false ] "), "[1,true,null,false]");
        row("escapes", QStringLiteral(R"("\"\\\/\b\f\n\r\t\u0001\u00e9")"),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\xc3\xa9\"");
        row("del and line separator stay", QString::fromUtf8("\"\x7f\xe2\x80\xa8\""), "\"\x7f\xe2\x80\xa8\"");
        row("surrogate pair", QStringLiteral(R"("\ud83d\ude00")"), "\"\xf0\x9f\x98\x80\"");
        row("lone surrogates", QStringLiteral(R"("\ude00\ud83d")"), R"("\ude00\ud83d")");
        row("minus zero", QStringLiteral("-0"), "0");
        row("fraction", QStringLiteral("1.50"), "1.5");
        row("big integer", QStringLiteral("9007199254740993"), "9007199254740992");
        row("1e21", QStringLiteral("1e21"), "1e+21");
        row("1e20", QStringLiteral("1E+20"), "100000000000000000000");
        row("123e19", QStringLiteral("123e19"), "1.23e+21");
        row("1e-6", QStringLiteral("1e-6"), "0.000001");
        row("1e-7", QStringLiteral("1.5e-7"), "1.5e-7");
        row("negative fraction", QStringLiteral("-0.125"), "-0.125");
        row("mixed", QStringLiteral("1234.5678"), "1234.5678");
        row("largest", QStringLiteral("1.7976931348623157e308"), "1.7976931348623157e+308");
        row("smallest", QStringLiteral("5e-324"), "5e-324");
        row("overflow", QStringLiteral("[1e400,-1e400]"), "[null,null]");
        row("underflow", QStringLiteral("[1e-400,-1e-400]"), "[0,0]");
        row("long overflow", QStringLiteral("1%1").arg(QString(400, u'0')), "null");
        row("long underflow", QStringLiteral("0.%11").arg(QString(400, u'0')), "0");
        row("zero times huge", QStringLiteral("0e999999999999999999999"), "0");
        row("huge exponent", QStringLiteral("1e99999999999999999999999"), "null");
        row("tiny exponent", QStringLiteral("1e-99999999999999999999999"), "0");
        row("largest exponent of 64 bits", QStringLiteral("1e9223372036854775807"), "null");
        row("the same after zeros", QStringLiteral("0.001e9223372036854775807"), "null");
        row("smallest exponent of 64 bits", QStringLiteral("0.01e-9223372036854775808"), "0");
        row("the same of a long number", QStringLiteral("100e-9223372036854775808"), "0");
    }
    void reprints()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, printed);
        const auto value = parseJson(text);
        QVERIFY(value.has_value());
        QCOMPARE(printJson(*value), printed);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"",
                                 " ",
                                 "{",
                                 "}",
                                 "[1,]",
                                 "[,1]",
                                 "{\"a\":1,}",
                                 "{\"a\"}",
                                 "{a:1}",
                                 "{'a':1}",
                                 "01",
                                 "+1",
                                 ".5",
                                 "1.",
                                 "1e",
                                 "1e+",
                                 "-",
                                 "nul",
                                 "truex",
                                 "\"",
                                 "\"\\x\"",
                                 "\"\\u12g4\"",
                                 "\"\\u12",
                                 "\"a\nb\"",
                                 "1 2",
                                 "NaN",
                                 "Infinity",
                                 "[1}",
                                 "\xc2\xa0"
                                 "1"})
            QTest::newRow(text) << QString::fromUtf8(text);
        QTest::newRow("nul") << QString(QChar(0));
        QTest::newRow("after nul") << QString(u'1' + QString(QChar(0)));
    }
    void refuses()
    {
        QFETCH(QString, text);
        QVERIFY(!parseJson(text).has_value());
    }

    void overflowIsInfinite()
    {
        QCOMPARE(*parseJson(u"1e400")->number(), std::numeric_limits<double>::infinity());
        QCOMPARE(*parseJson(u"-1e400")->number(), -std::numeric_limits<double>::infinity());
    }

    void nestingIsLimited()
    {
        const auto nested = [](qsizetype depth) { return QString(QString(depth, u'[') + QString(depth, u']')); };
        QVERIFY(parseJson(nested(maxJsonDepth)).has_value());
        QVERIFY(!parseJson(nested(maxJsonDepth + 1)).has_value());
        QVERIFY(!parseJson(QString(10'000'000, u'[')).has_value());
    }

    void manyMembers()
    {
        QString text = QStringLiteral("{");
        for (int i = 0; i < 5000; ++i)
            text += QStringLiteral("\"m%1\":%2,").arg(i % 2500).arg(i);
        text.chop(1);
        const auto value = parseJson(QString(text + u'}'));
        QVERIFY(value.has_value());
        QCOMPARE(value->object()->size(), std::size_t{2500});
        QCOMPARE(*value->find(u"m7")->number(), 2507.0);
        QCOMPARE(value->object()->front().name, QStringLiteral("m0"));
    }

    void setKeepsObjectOrder()
    {
        auto value = parseJson(uR"({"5":0,"b":1,"a":2})");
        value->set(QStringLiteral("b"), JsonValue(9.0));
        value->set(QStringLiteral("c"), JsonValue());
        value->set(QStringLiteral("7"), JsonValue(true));
        value->set(QStringLiteral("3"), JsonValue(QStringLiteral("x")));
        QCOMPARE(printJson(*value), QByteArray(R"({"3":"x","5":0,"7":true,"b":9,"a":2,"c":null})"));
    }
};

QTEST_GUILESS_MAIN(JsonTextTest)
#include "tst_JsonText.moc"
