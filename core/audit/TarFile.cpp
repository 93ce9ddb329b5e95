#include "core/audit/TarFile.h"

#include <memory>

#include <archive.h>
#include <archive_entry.h>

namespace rollcall::audit {

namespace {

struct FreeArchive
{
    void operator()(archive *written) const { archive_write_free(written); }
};
struct FreeEntry
{
    void operator()(archive_entry *entry) const { archive_entry_free(entry); }
};

la_ssize_t take(archive *, void *bytes, const void *buffer, std::size_t size)
{
    static_cast<QByteArray *>(bytes)->append(static_cast<const char *>(buffer), static_cast<qsizetype>(size));
    return static_cast<la_ssize_t>(size);
}

} // namespace

base::Result<QByteArray> TarFile::finish() const
{
    QByteArray bytes;
    const std::unique_ptr<archive, FreeArchive> tar(archive_write_new());
    const auto failed = [&tar] {
        return base::fail(base::Error(base::ErrorCode::Internal)
                              .with(base::ErrorParam::Detail, QString::fromUtf8(archive_error_string(tar.get()))));
    };
    if (archive_write_set_format_ustar(tar.get()) != ARCHIVE_OK ||
        archive_write_open(tar.get(), &bytes, nullptr, take, nullptr) != ARCHIVE_OK)
        return failed();
    for (const File &file : m_files) {
        const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
        archive_entry_set_pathname(entry.get(), file.name.constData());
        archive_entry_set_size(entry.get(), file.content.size());
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        archive_entry_set_mtime(entry.get(),
                                std::chrono::floor<std::chrono::seconds>(m_time.time_since_epoch()).count(), 0);
        if (archive_write_header(tar.get(), entry.get()) != ARCHIVE_OK ||
            archive_write_data(tar.get(), file.content.constData(), static_cast<std::size_t>(file.content.size())) !=
                file.content.size())
            return failed();
    }
    if (archive_write_close(tar.get()) != ARCHIVE_OK)
        return failed();
    return bytes;
}

} // namespace rollcall::audit
