// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/gguf.h"

#include "engine/base/printable.h"
#include "engine/files/gguf_cursor.h"
#include "engine/files/gguf_metadata.h"
#include "engine/files/mapped_file.h"

#include <algorithm>
#include <bit>
#include <unordered_map>

namespace kvprism::files {

struct GgufFile::Impl {
    std::string path;
    MappedFile file;
    GgufMetadata metadata{};
    std::vector<Tensor> tensors{};
    std::unordered_map<std::string_view, std::size_t> tensorByName{}; // names lie in `tensors`

    Error wrong(std::string_view key, const std::string& what) const {
        return malformed(path + ": the metadata key " + printable(key) + " " + what +
                         "; the file is damaged or of another kind.");
    }
};

namespace {

constexpr std::uint64_t leastTensorBytes =
    8 + 4 + 8 + 4 + 8; // of one tensor's head: name, rank, one size, type, offset
constexpr std::uint64_t leastPairBytes = 8 + 4 + 1; // of one metadata pair: key, type, value
constexpr std::uint64_t longestTensorName = 65535;
constexpr std::uint64_t defaultAlignment = 32;
constexpr std::uint64_t largestAlignment = 1 << 20;

struct Counts {
    std::uint64_t tensors = 0;
    std::uint64_t pairs = 0;
};

Counts readHead(GgufCursor& cursor, const std::string& path) {
    Counts counts;
    const auto magic = cursor.skip(4, "the magic word");
    if (cursor.ok() && std::memcmp(magic.data(), "GGUF", 4) != 0) {
        cursor.refuse(malformed(
            path + ", offset 0: not a GGUF file (it does not begin with 'GGUF'); give a model in GGUF."));
        return counts;
    }
    const auto version = cursor.number<std::uint32_t>("the version");
    if (cursor.ok() && (version == 0x02000000 || version == 0x03000000))
        cursor.refuse(malformed(path + " is big-endian; convert it to little-endian."));
    else if (cursor.ok() && version != 2 && version != 3)
        cursor.refuse(malformed(path + ", offset 4: GGUF version " + std::to_string(version) +
                                " cannot be read, only 2 and 3; convert the model anew."));
    counts.tensors = cursor.number<std::uint64_t>("the number of tensors");
    counts.pairs = cursor.number<std::uint64_t>("the number of metadata pairs");
    if (cursor.ok() && counts.tensors > cursor.remaining() / leastTensorBytes)
        cursor.failAt(8, "the number of tensors is " + std::to_string(counts.tensors) +
                             ", more than the file can hold");
    if (cursor.ok() && counts.pairs > cursor.remaining() / leastPairBytes)
        cursor.failAt(16, "the number of metadata pairs is " + std::to_string(counts.pairs) +
                              ", more than the file can hold");
    return counts;
}

// Bytes of the tensor's data, with `elements` filled in; nothing (and the cursor failed) where shape and type
// cannot be.
std::uint64_t sizeOf(Tensor& tensor, GgufCursor& cursor, std::uint64_t begin) {
    const std::string name = printable(tensor.name);
    std::optional<std::uint64_t> elements = 1;
    for (const std::uint64_t size : tensor.shape) {
        if (size == 0)
            cursor.failAt(begin, "tensor " + name + " has a dimension of 0");
        if (elements)
            elements = checkedMultiply(*elements, size);
    }
    const TensorTypeInfo& layout = info(tensor.type);
    const auto bytes =
        elements ? checkedMultiply(*elements / layout.blockElements, layout.blockBytes) : std::nullopt;
    if (!bytes)
        cursor.failAt(begin, "the size of tensor " + name + " overflows");
    if (tensor.shape[0] % layout.blockElements != 0)
        cursor.failAt(begin, "tensor " + name + " of type " + std::string(layout.name) + " has rows of " +
                                 std::to_string(tensor.shape[0]) + " values, no multiple of " +
                                 std::to_string(layout.blockElements));
    tensor.elements = elements.value_or(0);
    return bytes.value_or(0);
}

struct TensorHead {
    Tensor tensor;
    std::uint64_t offset = 0; // of the data, from the beginning of the data section
    std::uint64_t bytes = 0;
};

TensorHead readTensorHead(GgufCursor& cursor, const std::string& path, std::uint64_t index) {
    TensorHead head;
    const std::uint64_t begin = cursor.offset();
    const std::string field = "tensor " + std::to_string(index);
    head.tensor.name = cursor.text("the name of " + field);
    if (cursor.ok() && (head.tensor.name.empty() || head.tensor.name.size() > longestTensorName))
        cursor.failAt(begin,
                      "the name of " + field + " has " + std::to_string(head.tensor.name.size()) + " bytes");
    const auto rank = cursor.number<std::uint32_t>("the rank of " + field);
    if (cursor.ok() && (rank < 1 || rank > 4))
        cursor.failAt(begin, field + " has " + std::to_string(rank) + " dimensions instead of 1 to 4");
    for (std::uint32_t i = 0; i < rank && cursor.ok(); ++i)
        head.tensor.shape.push_back(cursor.number<std::uint64_t>("the shape of " + field));
    const auto type = cursor.number<std::uint32_t>("the type of " + field);
    head.offset = cursor.number<std::uint64_t>("the data offset of " + field);
    if (!cursor.ok())
        return head;
    if (const auto known = tensorTypeFromGgml(type)) {
        head.tensor.type = *known;
        head.bytes = sizeOf(head.tensor, cursor, begin);
    } else {
        cursor.refuse(
            unavailable(path + ", offset " + std::to_string(begin) + ": tensor " +
                        printable(head.tensor.name) + " has the type number " + std::to_string(type) +
                        ", which is not supported; use a file of these types: " + tensorTypeNames() + "."));
    }
    return head;
}

std::uint64_t readAlignment(GgufCursor& cursor, const GgufMetadata& metadata) {
    const auto found = metadata.find("general.alignment");
    if (found == metadata.end())
        return defaultAlignment;
    const auto alignment = found->second.isArray ? std::nullopt : integerAt(found->second, 0);
    if (!alignment || *alignment < 8 || static_cast<std::uint64_t>(*alignment) > largestAlignment ||
        !std::has_single_bit(static_cast<std::uint64_t>(*alignment))) {
        cursor.fail("general.alignment is no power of two between 8 and " + std::to_string(largestAlignment));
        return defaultAlignment;
    }
    return static_cast<std::uint64_t>(*alignment);
}

// Gives the tensor its bytes in the data section, which begins at `dataBegin` of `all`.
void place(TensorHead& head, std::span<const std::byte> all, std::uint64_t dataBegin, std::uint64_t alignment,
           GgufCursor& cursor) {
    const std::string name = printable(head.tensor.name);
    const std::uint64_t dataBytes = dataBegin < all.size() ? all.size() - dataBegin : 0;
    if (head.offset % alignment != 0)
        cursor.failAt(dataBegin, "the data offset " + std::to_string(head.offset) + " of tensor " + name +
                                     " is no multiple of " + std::to_string(alignment));
    if (head.offset > dataBytes || head.bytes > dataBytes - head.offset)
        cursor.failAt(dataBegin, "tensor " + name + " needs " + std::to_string(head.bytes) + " bytes from " +
                                     std::to_string(head.offset) + ", but the data ends at " +
                                     std::to_string(dataBytes));
    if (cursor.ok())
        head.tensor.data = all.subspan(dataBegin + head.offset, head.bytes);
}

// No two tensors share bytes: a file in which they do was put together wrongly.
void refuseOverlaps(std::span<const Tensor> tensors, std::uint64_t dataBegin, GgufCursor& cursor) {
    std::vector<const Tensor*> inOrder;
    for (const Tensor& tensor : tensors)
        inOrder.push_back(&tensor);
    std::ranges::sort(inOrder, {}, [](const Tensor* tensor) { return tensor->data.data(); });
    for (std::size_t i = 1; i < inOrder.size() && cursor.ok(); ++i)
        if (inOrder[i - 1]->data.data() + inOrder[i - 1]->data.size() > inOrder[i]->data.data())
            cursor.failAt(dataBegin, "the data of tensor " + printable(inOrder[i]->name) +
                                         " lies within that of tensor " + printable(inOrder[i - 1]->name));
}

} // namespace

Result<std::unique_ptr<GgufFile>> GgufFile::open(const std::string& path) {
    auto mapped = MappedFile::open(path);
    if (!mapped)
        return mapped.error();
    auto impl = std::make_unique<Impl>(Impl{path, std::move(*mapped)});
    const std::span<const std::byte> all = impl->file.bytes();

    GgufCursor cursor(all, path);
    const Counts counts = readHead(cursor, path);
    if (!cursor.ok())
        return cursor.error();
    impl->metadata = readGgufMetadata(cursor, all, counts.pairs);
    std::vector<TensorHead> heads;
    for (std::uint64_t i = 0; i < counts.tensors && cursor.ok(); ++i)
        heads.push_back(readTensorHead(cursor, path, i));
    const std::uint64_t alignment = readAlignment(cursor, impl->metadata);
    const std::uint64_t dataBegin = (cursor.offset() + alignment - 1) / alignment * alignment;

    impl->tensors.reserve(heads.size()); // the names must not move: tensorByName looks at them
    for (TensorHead& head : heads) {
        if (!cursor.ok())
            break;
        place(head, all, dataBegin, alignment, cursor);
        impl->tensors.push_back(std::move(head.tensor));
        const std::string& name = impl->tensors.back().name;
        if (!impl->tensorByName.emplace(name, impl->tensors.size() - 1).second)
            cursor.fail("the tensor " + printable(name) + " is there twice");
    }
    if (cursor.ok())
        refuseOverlaps(impl->tensors, dataBegin, cursor);
    if (const Status whole = impl->file.intact(); !whole)
        return whole.error();
    if (!cursor.ok())
        return cursor.error();
    return std::unique_ptr<GgufFile>(new GgufFile(std::move(impl)));
}

GgufFile::GgufFile(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
GgufFile::~GgufFile() = default;

const std::string& GgufFile::path() const {
    return m_impl->path;
}
std::uint64_t GgufFile::fileBytes() const {
    return m_impl->file.bytes().size();
}
std::span<const Tensor> GgufFile::tensors() const {
    return m_impl->tensors;
}

const Tensor* GgufFile::findTensor(std::string_view name) const {
    const auto found = m_impl->tensorByName.find(name);
    return found == m_impl->tensorByName.end() ? nullptr : &m_impl->tensors[found->second];
}

Status GgufFile::intact() const {
    return m_impl->file.intact();
}

bool GgufFile::has(std::string_view key) const {
    return m_impl->metadata.contains(key);
}

Result<const GgufValue*> GgufFile::value(std::string_view key, bool isArray) const {
    const auto found = m_impl->metadata.find(key);
    if (found == m_impl->metadata.end())
        return m_impl->wrong(key, "is missing");
    if (found->second.isArray != isArray)
        return m_impl->wrong(key, isArray ? "is no list" : "is a list");
    return &found->second;
}

Result<std::uint64_t> GgufFile::count(std::string_view key) const {
    const auto list = value(key, true);
    if (!list)
        return list.error();
    return (*list)->count;
}

Result<std::int64_t> GgufFile::integer(std::string_view key) const {
    const auto scalar = value(key, false);
    if (!scalar)
        return scalar.error();
    if (const auto number = integerAt(**scalar, 0))
        return *number;
    return m_impl->wrong(key, "is no integer that fits");
}

Result<double> GgufFile::number(std::string_view key) const {
    const auto scalar = value(key, false);
    if (!scalar)
        return scalar.error();
    if (const auto number = numberAt(**scalar, 0))
        return *number;
    return m_impl->wrong(key, "is no number");
}

Result<std::string> GgufFile::text(std::string_view key) const {
    const auto scalar = value(key, false);
    if (!scalar)
        return scalar.error();
    if ((*scalar)->type != GgufType::string)
        return m_impl->wrong(key, "is no text");
    GgufCursor cursor((*scalar)->payload, m_impl->path);
    return std::string(cursor.text(key));
}

Result<std::vector<std::string>> GgufFile::texts(std::string_view key) const {
    const auto list = value(key, true);
    if (!list)
        return list.error();
    if ((*list)->type != GgufType::string)
        return m_impl->wrong(key, "is no list of texts");
    GgufCursor cursor((*list)->payload, m_impl->path);
    std::vector<std::string> texts;
    texts.reserve((*list)->count); // each took 8 bytes of the file at least
    for (std::uint64_t i = 0; i < (*list)->count; ++i)
        texts.emplace_back(cursor.text(key));
    return texts;
}

Result<std::vector<std::int64_t>> GgufFile::integers(std::string_view key) const {
    const auto list = value(key, true);
    if (!list)
        return list.error();
    std::vector<std::int64_t> numbers;
    for (std::uint64_t i = 0; i < (*list)->count; ++i) {
        const auto number = integerAt(**list, i);
        if (!number)
            return m_impl->wrong(key, "holds something that is no integer that fits");
        numbers.push_back(*number);
    }
    return numbers;
}

Result<std::vector<float>> GgufFile::numbers(std::string_view key) const {
    const auto list = value(key, true);
    if (!list)
        return list.error();
    std::vector<float> numbers;
    for (std::uint64_t i = 0; i < (*list)->count; ++i) {
        const auto number = numberAt(**list, i);
        if (!number)
            return m_impl->wrong(key, "holds something that is no number");
        numbers.push_back(static_cast<float>(*number));
    }
    return numbers;
}

} // namespace kvprism::files
