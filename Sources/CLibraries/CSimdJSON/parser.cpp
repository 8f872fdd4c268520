#include "CSimdJSON.h"

#include <simdjson.h>

#include <cstring>
#include <new>
#include <string>
#include <vector>

using namespace simdjson;

const size_t csj_padding = SIMDJSON_PADDING;

struct csj_parser {
  dom::parser parser;
  std::vector<std::string> names;
  size_t root_count, data_index, max_depth;
  std::vector<dom::element> elements;
  dom::element data;
  bool has_data = false;
  std::vector<char> copy;
  std::string text;

  size_t find(std::string_view key, size_t from, size_t to) const {
    for (size_t i = from; i < to; i++) {
      const std::string &name = names[i];
      if (name.size() == key.size() && memcmp(name.data(), key.data(), key.size()) == 0) return i;
    }
    return to;
  }
};

static csj_value value_of(dom::element element) {
  csj_value value{};
  switch (element.type()) {
    case dom::element_type::NULL_VALUE: value.kind = csj_null; break;
    case dom::element_type::BOOL:
      value.kind = csj_bool;
      value.integer = bool(element);
      break;
    case dom::element_type::INT64:
      value.kind = csj_int64;
      value.integer = int64_t(element);
      value.number = double(value.integer);
      break;
    case dom::element_type::UINT64:
      value.kind = csj_uint64;
      value.integer = int64_t(uint64_t(element));
      value.number = double(uint64_t(element));
      break;
    case dom::element_type::DOUBLE:
      value.kind = csj_double;
      value.number = double(element);
      break;
    case dom::element_type::STRING: {
      std::string_view text = element;
      value.kind = csj_string;
      value.text = text.data();
      value.length = text.size();
      break;
    }
    case dom::element_type::ARRAY: value.kind = csj_array; break;
    case dom::element_type::OBJECT: value.kind = csj_object; break;
  }
  return value;
}

extern "C" csj_parser *csj_parser_new(
    const char *const *names, const size_t *lengths, size_t root_count, size_t count, size_t data_index,
    size_t max_depth) {
  auto *parser = new (std::nothrow) csj_parser;
  if (!parser) return nullptr;
  for (size_t i = 0; i < count; i++) parser->names.emplace_back(names[i], lengths[i]);
  parser->root_count = root_count;
  parser->data_index = data_index;
  parser->max_depth = max_depth;
  parser->elements.resize(count);
  return parser;
}

extern "C" void csj_parser_free(csj_parser *parser) { delete parser; }

extern "C" int csj_parse(csj_parser *p, const char *bytes, size_t length, size_t capacity, csj_value *values) {
  if (capacity < length + SIMDJSON_PADDING) {
    if (p->copy.size() < length + SIMDJSON_PADDING) p->copy.resize(2 * length + SIMDJSON_PADDING);
    memcpy(p->copy.data(), bytes, length);
    bytes = p->copy.data();
  }
  if (p->parser.capacity() < length || p->parser.max_depth() != p->max_depth) {
    if (p->parser.allocate(2 * length + 1024, p->max_depth)) return csj_no_memory;
  }
  memset(values, 0, sizeof(csj_value) * p->names.size());
  p->has_data = false;
  dom::element root;
  if (auto error = p->parser.parse(reinterpret_cast<const uint8_t *>(bytes), length, false).get(root)) {
    return error == DEPTH_ERROR ? csj_too_deep : error == MEMALLOC ? csj_no_memory : csj_malformed;
  }
  dom::object object;
  if (root.get(object)) return csj_not_object;
  for (auto [key, element] : object) {
    size_t i = p->find(key, 0, p->root_count);
    if (i == p->root_count) continue;
    values[i] = value_of(element);
    p->elements[i] = element;
  }
  if (values[p->data_index].kind != csj_object) return csj_ok;
  p->data = p->elements[p->data_index];
  p->has_data = true;
  for (auto [key, element] : dom::object(p->data)) {
    size_t i = p->find(key, p->root_count, p->names.size());
    if (i == p->names.size()) continue;
    values[i] = value_of(element);
    p->elements[i] = element;
  }
  return csj_ok;
}

extern "C" const char *csj_minify(csj_parser *p, size_t index, size_t *length) {
  p->text = minify(p->elements[index]);
  *length = p->text.size();
  return p->text.data();
}

static void visit(dom::element element, csj_visitor visitor, void *context) {
  auto member = [&](const char *key, size_t key_length, dom::element child) {
    csj_value value = value_of(child);
    visitor(context, key, key_length, &value);
    if (value.kind == csj_array || value.kind == csj_object) {
      visit(child, visitor, context);
      csj_value end{};
      visitor(context, nullptr, 0, &end);
    }
  };
  if (element.is_object()) {
    for (auto [key, child] : dom::object(element)) member(key.data(), key.size(), child);
  } else {
    for (auto child : dom::array(element)) member(nullptr, 0, child);
  }
}

extern "C" void csj_visit_data(const csj_parser *p, csj_visitor visitor, void *context) {
  if (p->has_data) visit(p->data, visitor, context);
}
