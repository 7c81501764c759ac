// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/memory_file.h"

#include "engine/base/printable.h"
#include "engine/base/real_place.h"
#include "engine/files/json_fields.h"
#include "engine/files/mapped_file.h"
#include "engine/files/safetensors_header.h"
#include "engine/files/saved_memory.h"
#include "engine/files/sha256.h"
#include "engine/select/options.h"

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace kvprism {

namespace {

using Json = nlohmann::json;

constexpr std::int32_t formatVersion = 1;

Json describe(const ReadMemory& memory, const MemoryOrigin& origin) {
    Json config = Json::object(), positions = Json::array(), tiers = Json::array();
    for (const trace::Setting& setting : select::settingsOf(memory.config))
        config[setting.name] = setting.value;
    for (const StreamPos position : memory.tokens.positions)
        positions.push_back(position.value);
    for (const trace::Tier tier : memory.tokens.tiers)
        tiers.push_back(static_cast<int>(tier));
    return {{"version", formatVersion},
            {"config", std::move(config)},
            {"model",
             {{"name", origin.model.name}, {"sha256", origin.model.sha256}, {"dtype", origin.model.dtype}}},
            {"document",
             {{"name", origin.document.name},
              {"path", origin.document.path},
              {"sha256", origin.document.sha256},
              {"bytes", origin.document.bytes}}},
            {"stream_tokens", memory.geometry.streamTokens},
            {"prefix_tokens", memory.geometry.prefixTokens},
            {"question", memory.question},
            {"peak_slots", memory.peakSlots},
            {"read_ms", memory.readMs},
            {"positions", std::move(positions)},
            {"tiers", std::move(tiers)}};
}

// Keys or values of all layers, heads close together.
template <class Take> void forEachPlane(const cache::KvStore& store, std::int32_t layers, const Take& take) {
    for (const bool keys : {true, false})
        for (std::int32_t layer = 0; layer < layers; ++layer) {
            const at::Tensor rows = keys ? store.keys(LayerIndex(layer), store.used())
                                         : store.values(LayerIndex(layer), store.used());
            const at::Tensor close = rows.contiguous().cpu();
            take(std::string_view(static_cast<const char*>(close.const_data_ptr()), close.nbytes()));
        }
}

std::string headerOf(const ReadMemory& memory, const MemoryOrigin& origin) {
    const at::Tensor keys = memory.store.keys(LayerIndex(0), memory.store.used());
    const std::int64_t layers = origin.model.layers;
    const std::uint64_t bytes = memory.store.bytesInUse() / 2;
    const Json shape{layers, keys.size(0), keys.size(1), keys.size(2)};
    const char* type = memory.store.dtype() == at::kFloat ? "F32" : "BF16";
    const std::string about = describe(memory, origin).dump(-1, ' ', false, Json::error_handler_t::replace);
    files::Sha256 hash;
    hash.add(about);
    forEachPlane(memory.store, origin.model.layers, [&](std::string_view plane) { hash.add(plane); });
    const Json header{
        {"__metadata__", {{files::memoryMetadata, about}, {files::memoryChecksum, hash.hexadecimal()}}},
        {"keys", {{"dtype", type}, {"shape", shape}, {"data_offsets", {0, bytes}}}},
        {"values", {{"dtype", type}, {"shape", shape}, {"data_offsets", {bytes, 2 * bytes}}}}};
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' '); // so that the data is aligned
    return text;
}

Error notWritten(const std::string& path, const std::string& why) {
    return ioError("The memory " + printable(path) + " was not saved: " + why + ".");
}

// What the metadata says, checked; the tensors are checked against it.
class Description {
  public:
    Description(const Json& json, const std::string& where) : m_fields(json, where), m_where(where) {}

    Result<OpenedMemory> read(const trace::ModelIdentity& model) {
        if (m_fields.integer("version", 1, 1 << 20) > formatVersion)
            m_fields.fail(unavailable(m_where + " was saved by a newer KVPrism: open it with that one."));
        readOrigin(model);
        const std::int32_t stream = m_fields.integer("stream_tokens", 0, 1 << 30);
        const std::int32_t prefix = m_fields.integer("prefix_tokens", 0, 1 << 30);
        m_question = m_fields.textOr("question", "");
        m_peakSlots = m_fields.integer("peak_slots", 0, 1 << 30);
        m_readMs = m_fields.number("read_ms", 0, 1e15);
        readTokens(stream);
        readConfig();
        if (m_fields.error())
            return *m_fields.error();
        const auto geometry = select::makeGeometry(m_config, stream, prefix);
        if (!geometry)
            return malformed(m_where + ": its configuration cannot have made it (" +
                             geometry.error().message + ")");
        return OpenedMemory{.memory = {.config = m_config,
                                       .geometry = *geometry,
                                       .store = cache::KvStore(),
                                       .tokens = m_tokens,
                                       .question = m_question,
                                       .peakSlots = m_peakSlots,
                                       .readMs = m_readMs},
                            .document = m_document};
    }

  private:
    void readOrigin(const trace::ModelIdentity& model) {
        if (const Json* object = m_fields.objectAt("model")) {
            files::JsonFields fields(*object, m_where + ", model");
            const std::string sha = fields.textOr("sha256", ""), dtype = fields.textOr("dtype", "");
            const std::string name = fields.textOr("name", "another model");
            if (fields.error())
                return m_fields.fail(*fields.error());
            if (dtype != "f32" && dtype != "bf16")
                return m_fields.refuse("its number type is none");
            if (sha != model.sha256)
                return m_fields.fail(
                    usageError(m_where + " was made by " + printable(name) +
                               ", whose file is another one: use that model (--model or --random)."));
            if (dtype != model.dtype)
                return m_fields.fail(usageError(m_where + " holds " + printable(dtype) +
                                                ", but the model runs in " + model.dtype + ": use it in " +
                                                printable(dtype) + " (--dtype)."));
        } else {
            m_fields.refuse("it names no model");
        }
        if (const Json* object = m_fields.objectAt("document")) {
            files::JsonFields fields(*object, m_where + ", document");
            m_document.name = fields.textOr("name", "");
            m_document.path = fields.textOr("path", "");
            m_document.sha256 = fields.textOr("sha256", "");
            m_document.bytes = static_cast<std::uint64_t>(fields.numberOr("bytes", 0, 9e15, 0));
            if (fields.error())
                m_fields.fail(*fields.error());
        }
    }

    void readTokens(std::int32_t stream) {
        const Json* positions = m_fields.listAt("positions");
        const Json* tiers = m_fields.listAt("tiers");
        if (!positions || !tiers || positions->size() != tiers->size())
            return m_fields.refuse("it has not one position and tier for each token");
        std::int32_t least = 0;
        for (std::size_t i = 0; i < positions->size(); ++i) {
            const Json& position = (*positions)[i];
            const Json& tier = (*tiers)[i];
            if (!position.is_number_integer() || position < least || position >= stream)
                return m_fields.refuse("its positions do not ascend inside the text");
            if (!tier.is_number_integer() || tier < 1 || tier >= static_cast<int>(trace::tierNames.size()))
                return m_fields.refuse("a tier of its tokens is none");
            least = position.get<std::int32_t>() + 1;
            m_tokens.positions.emplace_back(least - 1);
            m_tokens.tiers.push_back(static_cast<trace::Tier>(tier.get<int>()));
            m_tokens.reasons.push_back(trace::Reason::fits); // nothing asks for them any more
            m_tokens.selectors.push_back(trace::noSelector);
        }
    }

    void readConfig() {
        const Json* object = m_fields.objectAt("config");
        if (!object)
            return m_fields.refuse("it has no configuration");
        trace::Run run;
        for (const auto& [name, value] : object->items()) {
            if (!value.is_string())
                return m_fields.refuse("a setting of it is no text");
            run.config.push_back({name, value.get<std::string>()});
        }
        auto config = select::configOfRun(run);
        if (!config)
            return m_fields.refuse("a setting of it cannot be");
        m_config = *config;
        if (m_config.budget < 1 || m_config.blockSize < 1 ||
            m_config.positions == select::Positions::automatic)
            m_fields.refuse("its configuration was never resolved");
    }

    files::JsonFields m_fields;
    std::string m_where, m_question;
    trace::DocumentIdentity m_document;
    select::Config m_config;
    select::Memory m_tokens;
    std::int32_t m_peakSlots = 0;
    double m_readMs = 0;
};

// Copies one of the two tensors into the store.
Status fill(const std::vector<files::Tensor>& tensors, const trace::ModelIdentity& model, std::size_t kept,
            bool keys, cache::KvStore& store, const std::string& where) {
    const std::string name = keys ? "keys" : "values";
    const auto found =
        std::find_if(tensors.begin(), tensors.end(), [&](const auto& t) { return t.name == name; });
    const std::vector<std::uint64_t> shape{static_cast<std::uint64_t>(model.headDim), kept,
                                           static_cast<std::uint64_t>(model.kvHeads),
                                           static_cast<std::uint64_t>(model.layers)};
    const auto type = model.dtype == "f32" ? files::TensorType::f32 : files::TensorType::bf16;
    if (found == tensors.end() || found->shape != shape || found->type != type)
        return malformed(where + ": its " + name + " are not those of " + std::to_string(kept) +
                         " tokens of this model.");
    const std::byte* source = found->data.data();
    for (std::int32_t layer = 0; layer < model.layers; ++layer) {
        const auto count = static_cast<std::int32_t>(kept);
        const at::Tensor rows =
            keys ? store.keys(LayerIndex(layer), count) : store.values(LayerIndex(layer), count);
        const at::Tensor close = at::empty(rows.sizes(), rows.options());
        std::memcpy(close.mutable_data_ptr(), source, close.nbytes());
        if (!at::isfinite(close).all().item<bool>())
            return malformed(where + ": its " + name + " hold something that is no number.");
        rows.copy_(close);
        source += close.nbytes();
    }
    return {};
}

} // namespace

Status saveMemory(const ReadMemory& memory, const MemoryOrigin& origin, const std::string& path) {
    namespace fs = std::filesystem;
    if (const Status may = files::maySaveMemory(path); !may)
        return may;
    const std::string place = realPlace(path);
    const std::string beside = place + ".new-" + std::to_string(getpid());
    std::error_code failure;
    Status status;
    {
        std::ofstream file(beside, std::ios::binary | std::ios::trunc);
        if (!file)
            return notWritten(path, std::strerror(errno));
        const std::string header = headerOf(memory, origin);
        const std::uint64_t length = header.size();
        file.write(reinterpret_cast<const char*>(&length), sizeof length);
        file.write(header.data(), static_cast<std::streamsize>(header.size()));
        forEachPlane(memory.store, origin.model.layers, [&](std::string_view plane) {
            file.write(plane.data(), static_cast<std::streamsize>(plane.size()));
        });
        file.close();
        if (!file)
            status = ioError("it could not be written (is the disk full?)");
    }
    if (status)
        fs::rename(beside, place, failure);
    if (status && !failure)
        return {};
    const std::string why = status ? failure.message() : status.error().message;
    fs::remove(beside, failure);
    return notWritten(path, why);
}

Result<OpenedMemory> openMemory(const std::string& path, const trace::ModelIdentity& model) {
    const std::string where = "The memory " + printable(path);
    const auto file = files::MappedFile::open(path);
    if (!file)
        return file.error();
    const auto tensors = files::readSafetensors(file->bytes(), path);
    if (!tensors)
        return tensors.error();
    const auto text = files::aboutMemory(file->bytes(), path);
    if (!text)
        return text.error();
    const auto json = files::parseJsonObject(*text, where);
    if (!json)
        return json.error();
    auto opened = Description(*json, where).read(model);
    if (!opened)
        return opened;
    ReadMemory& memory = opened->memory;
    const std::size_t kept = memory.tokens.size(); // below 2³⁰: their positions ascend inside the stream
    files::ModelConfig shape;
    shape.layers = model.layers;
    shape.kvHeads = model.kvHeads;
    shape.headDim = model.headDim;
    memory.store = cache::KvStore(shape, model.dtype == "f32" ? at::kFloat : at::kBFloat16,
                                  static_cast<std::int32_t>(kept));
    memory.store.extend(static_cast<std::int32_t>(kept));
    for (const bool keys : {true, false})
        if (const Status filled = fill(*tensors, model, kept, keys, memory.store, where); !filled)
            return filled.error();
    if (const Status whole = file->intact(); !whole)
        return whole.error();
    return opened;
}

} // namespace kvprism
