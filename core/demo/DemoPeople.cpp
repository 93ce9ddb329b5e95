#include "core/demo/DemoPeople.h"

#include <array>

namespace rollcall::demo {

namespace {

/// Given and family name, and how they look in an address.
struct Name
{
    const char *text;
    const char *ascii;
};

constexpr std::array givenNames{
    Name{"Ada", "ada"},       Name{"Amara", "amara"},    Name{"Anaïs", "anais"},     Name{"Arjun", "arjun"},
    Name{"Aylin", "aylin"},   Name{"Ben", "ben"},        Name{"Björn", "bjoern"},    Name{"Camila", "camila"},
    Name{"Chidi", "chidi"},   Name{"Chloe", "chloe"},    Name{"Daan", "daan"},       Name{"Dmitri", "dmitri"},
    Name{"Elena", "elena"},   Name{"Emre", "emre"},      Name{"Eszter", "eszter"},   Name{"Farid", "farid"},
    Name{"Fatima", "fatima"}, Name{"Finn", "finn"},      Name{"Freya", "freya"},     Name{"Giulia", "giulia"},
    Name{"Grace", "grace"},   Name{"Hana", "hana"},      Name{"Hugo", "hugo"},       Name{"Ines", "ines"},
    Name{"Isaac", "isaac"},   Name{"Ivana", "ivana"},    Name{"Jakub", "jakub"},     Name{"Jasmin", "jasmin"},
    Name{"João", "joao"},     Name{"Jonas", "jonas"},    Name{"Kaito", "kaito"},     Name{"Katarzyna", "kasia"},
    Name{"Kwame", "kwame"},   Name{"Lars", "lars"},      Name{"Leila", "leila"},     Name{"Linh", "linh"},
    Name{"Lucía", "lucia"},   Name{"Maja", "maja"},      Name{"Marek", "marek"},     Name{"Mateo", "mateo"},
    Name{"Mei", "mei"},       Name{"Milan", "milan"},    Name{"Nadia", "nadia"},     Name{"Niamh", "niamh"},
    Name{"Noor", "noor"},     Name{"Oluwaseun", "seun"}, Name{"Olivia", "olivia"},   Name{"Oskar", "oskar"},
    Name{"Paula", "paula"},   Name{"Priya", "priya"},    Name{"Quentin", "quentin"}, Name{"Rafael", "rafael"},
    Name{"Rosa", "rosa"},     Name{"Samuel", "samuel"},  Name{"Sanne", "sanne"},     Name{"Sigrún", "sigrun"},
    Name{"Sofia", "sofia"},   Name{"Søren", "soren"},    Name{"Tariq", "tariq"},     Name{"Theo", "theo"},
    Name{"Uma", "uma"},       Name{"Vera", "vera"},      Name{"Wanjiru", "wanjiru"}, Name{"Wiktor", "wiktor"},
    Name{"Yara", "yara"},     Name{"Yusuf", "yusuf"},    Name{"Zanele", "zanele"},   Name{"Zoë", "zoe"}};

constexpr std::array familyNames{
    Name{"Adeyemi", "adeyemi"},   Name{"Ångström", "angstrom"}, Name{"Bakker", "bakker"},
    Name{"Baptiste", "baptiste"}, Name{"Bianchi", "bianchi"},   Name{"Brown", "brown"},
    Name{"Castillo", "castillo"}, Name{"Chen", "chen"},         Name{"Çelik", "celik"},
    Name{"da Silva", "dasilva"},  Name{"Dubois", "dubois"},     Name{"Eriksen", "eriksen"},
    Name{"Fischer", "fischer"},   Name{"García", "garcia"},     Name{"Haddad", "haddad"},
    Name{"Hansen", "hansen"},     Name{"Horváth", "horvath"},   Name{"Ibrahim", "ibrahim"},
    Name{"Ito", "ito"},           Name{"Jansen", "jansen"},     Name{"Jóhannsdóttir", "johannsdottir"},
    Name{"Kamau", "kamau"},       Name{"Khan", "khan"},         Name{"Kim", "kim"},
    Name{"Kowalska", "kowalska"}, Name{"Laurent", "laurent"},   Name{"Lindqvist", "lindqvist"},
    Name{"Mbeki", "mbeki"},       Name{"Mehta", "mehta"},       Name{"Müller", "mueller"},
    Name{"Nakamura", "nakamura"}, Name{"Nguyen", "nguyen"},     Name{"Novák", "novak"},
    Name{"O'Brien", "obrien"},    Name{"Okafor", "okafor"},     Name{"Papadopoulou", "papadopoulou"},
    Name{"Patel", "patel"},       Name{"Petrov", "petrov"},     Name{"Popescu", "popescu"},
    Name{"Quispe", "quispe"},     Name{"Rossi", "rossi"},       Name{"Schmidt", "schmidt"},
    Name{"Singh", "singh"},       Name{"Smith", "smith"},       Name{"Sørensen", "sorensen"},
    Name{"Tanaka", "tanaka"},     Name{"Tremblay", "tremblay"}, Name{"van den Berg", "vandenberg"},
    Name{"Virtanen", "virtanen"}, Name{"Wójcik", "wojcik"},     Name{"Yılmaz", "yilmaz"},
    Name{"Zhang", "zhang"}};

/// Whole names as their owners write them.
constexpr std::array wholeNames{Name{"山田 太郎", "taro.yamada"},
                                Name{"佐藤 美咲", "misaki.sato"},
                                Name{"김민준", "minjun.kim"},
                                Name{"王小明", "xiaoming.wang"},
                                Name{"陳怡君", "yijun.chen"},
                                Name{"مريم الحسن", "maryam.alhasan"},
                                Name{"أحمد منصور", "ahmed.mansour"},
                                Name{"דנה לוי", "dana.levi"},
                                Name{"Ольга Иванова", "olga.ivanova"},
                                Name{"Тарас Шевчук", "taras.shevchuk"},
                                Name{"Ελένη Παππά", "eleni.pappa"},
                                Name{"अनन्या शर्मा", "ananya.sharma"},
                                Name{"ธนพล ศรีสุข", "thanapon.srisuk"},
                                Name{"Nguyễn Thị Minh Châu", "minhchau"},
                                Name{"José Ñíguez 🙂", "jose.niguez"}};

constexpr std::array domains{"example.com", "example.org", "example.net", "mail.example.com", "corp.example.org"};

constexpr std::array agents{
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile "
    "Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 "
    "Edg/131.0.0.0",
    "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 "
    "Safari/604.1"};

template <typename Array>
const auto &pick(DemoRandom &random, const Array &from)
{
    return from[random.below(from.size())];
}

QStringList makeProviders(DemoRandom &random)
{
    const double draw = random.unit();
    if (draw < 0.05)
        return {}; // invited by e-mail link: no account row
    if (draw < 0.45)
        return {QStringLiteral("google")};
    if (draw < 0.72)
        return {QStringLiteral("github")};
    if (draw < 0.82)
        return {QStringLiteral("microsoft-entra-id")};
    if (draw < 0.90)
        return {QStringLiteral("discord")};
    return {QStringLiteral("github"), QStringLiteral("google")};
}

} // namespace

QByteArray DemoRandom::uuid()
{
    std::array<unsigned char, 16> bytes{};
    for (unsigned char &byte : bytes)
        byte = static_cast<unsigned char>(below(256));
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    const QByteArray hex = QByteArray::fromRawData(reinterpret_cast<const char *>(bytes.data()), 16).toHex();
    return hex.left(8) + '-' + hex.mid(8, 4) + '-' + hex.mid(12, 4) + '-' + hex.mid(16, 4) + '-' + hex.mid(20);
}

QByteArray DemoRandom::cuid()
{
    constexpr char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    QByteArray id("cm");
    while (id.size() < 25)
        id += digits[below(36)];
    return id;
}

DemoPerson makePerson(DemoRandom &random, qint64 index)
{
    DemoPerson person;
    QString text;
    QString ascii;
    if (random.chance(0.06)) {
        const Name &name = pick(random, wholeNames);
        text = QString::fromUtf8(name.text);
        ascii = QString::fromLatin1(name.ascii);
    } else {
        const Name &given = pick(random, givenNames);
        const Name &family = pick(random, familyNames);
        text = QString::fromUtf8(given.text) + QLatin1Char(' ') + QString::fromUtf8(family.text);
        ascii = QString::fromLatin1(given.ascii) + QLatin1Char('.') + QString::fromLatin1(family.ascii);
    }
    if (!random.chance(0.03))
        person.name = text;
    if (!random.chance(0.01)) {
        // The index keeps addresses unique, as the adapters' tables demand.
        person.email = ascii + QString::number(index) + QLatin1Char('@') + QString::fromLatin1(pick(random, domains));
    }
    person.providers = makeProviders(random);
    return person;
}

QString makeUserAgent(DemoRandom &random)
{
    return QString::fromLatin1(pick(random, agents));
}

QString makeIpAddress(DemoRandom &random)
{
    if (random.chance(0.2)) {
        return QStringLiteral("2001:db8:%1:%2::%3")
            .arg(random.below(0xffff), 0, 16)
            .arg(random.below(0xffff), 0, 16)
            .arg(random.below(0xfffe) + 1, 0, 16);
    }
    constexpr std::array networks{"192.0.2", "198.51.100", "203.0.113"};
    return QStringLiteral("%1.%2").arg(QString::fromLatin1(pick(random, networks))).arg(random.below(254) + 1);
}

} // namespace rollcall::demo
